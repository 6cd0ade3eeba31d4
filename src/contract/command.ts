/** What commands take and answer. */
import * as z from 'zod';
import { MAX_DURATION_MS, parseDuration } from '../plan/duration.ts';
import {
  DEFAULT_PAUSE_MODE,
  MAX_ID_CHARS,
  MAX_MESSAGE_CHARS,
  MAX_WAIT_MS,
  PAUSE_ENDS,
  PAUSE_MODES,
} from '../protocol/signals.ts';
import { storableText } from './shared/common.ts';
import { Run } from './run.ts';

export const MessageId = storableText(MAX_ID_CHARS).min(1);

/** Part of every command. */
export const commandFields = {
  reason: storableText(MAX_MESSAGE_CHARS).optional(),
  id: MessageId.optional().meta({
    description: 'Chosen by the caller: the same id counts once, so a retry is safe.',
  }),
  by: storableText(MAX_ID_CHARS).optional().meta({ description: 'Who says so, for people.' }),
};

export const Command = z.strictObject(commandFields).meta({ id: 'Command' });

export const Duration = z
  .union([z.string(), z.number()])
  .transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== null) return ms;
    context.addIssue(`is no duration: write "30m", "1h30m", or milliseconds up to ${MAX_DURATION_MS}`);
    return z.NEVER;
  })
  .meta({ type: ['string', 'number'], description: '`30m` or milliseconds.' });

/** How long a run may wait for something, in ms. */
export const WaitTime = Duration.refine((ms) => ms <= MAX_WAIT_MS, 'must be a year at most');

export const PauseCommand = z
  .strictObject({
    ...commandFields,
    mode: z
      .enum(PAUSE_MODES)
      .default(DEFAULT_PAUSE_MODE)
      .meta({
        description:
          '`after_turn`: agents at work stop between two turns, other steps come to their end; `after_step`: agents too ' +
          'come to the end of their step; `now`: what is under way is stopped.',
      }),
    timeout: WaitTime.optional().meta({
      type: ['string', 'number'],
      description: '`30m` or milliseconds; 0 = never. Default 30 minutes.',
    }),
    on_timeout: z.enum(PAUSE_ENDS).optional(),
  })
  .meta({ id: 'PauseCommand' });

export const CommandAnswer = Run.extend({
  message_id: z.string().meta({ description: 'The id under which the command stands in the thread.' }),
}).meta({ id: 'CommandAnswer' });

export type CommandAnswer = z.output<typeof CommandAnswer>;
