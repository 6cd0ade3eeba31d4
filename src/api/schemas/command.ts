/** What commands take and answer. */
import { z } from 'zod';
import { MAX_DURATION_MS, parseDuration } from '../../plan/duration.ts';
import { MAX_MESSAGE_CHARS } from '../../protocol/signals.ts';
import { storableText } from './common.ts';
import { Run } from './run.ts';

/** Part of every command. */
const fields = {
  reason: storableText(MAX_MESSAGE_CHARS).optional(),
  id: storableText(200)
    .min(1)
    .optional()
    .meta({ description: 'Chosen by the caller: the same id counts once, so a retry is safe.' }),
  by: storableText(200).optional().meta({ description: 'Who says so, for people.' }),
};

export const Command = z.strictObject(fields).meta({ id: 'Command' });

const timeout = z
  .union([z.string(), z.number()])
  .transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== null) return ms;
    context.addIssue(
      `is no duration: write "30m", "1h30m", or milliseconds up to ${MAX_DURATION_MS}; 0 = never`,
    );
    return z.NEVER;
  })
  .meta({ type: ['string', 'number'], description: '`30m` or milliseconds; 0 = never. Default 30 minutes.' });

export const PauseCommand = z
  .strictObject({
    ...fields,
    mode: z.enum(['after_step']).default('after_step'),
    timeout: timeout.optional(),
    on_timeout: z.enum(['resume', 'cancel']).optional(),
  })
  .meta({ id: 'PauseCommand' });

export const CommandAnswer = Run.extend({
  message_id: z.string().meta({ description: 'The id under which the command stands in the thread.' }),
}).meta({ id: 'CommandAnswer' });
