/** What the continuation of a closed run takes. */
import * as z from 'zod';
import { LEAST_DOLLARS, MAX_DOLLARS } from '../protocol/money.ts';
import { MAX_TOKENS, MAX_TURNS } from '../protocol/new-limits.ts';
import { MAX_MESSAGE_CHARS } from '../protocol/signals.ts';
import { Duration } from './command.ts';
import { StepKey, storableText } from './shared/common.ts';

const Budget = z
  .strictObject({
    tokens: z.number().int().min(1).max(MAX_TOKENS).optional(),
    cost_usd: z.number().min(LEAST_DOLLARS).max(MAX_DOLLARS).optional(),
    duration: Duration.refine((ms) => ms > 0, 'must be longer than nothing').optional(),
  })
  .meta({ description: 'On top of what was used; what is left out stays as the definition says.' });

export const SessionId = storableText(400).min(1).meta({ description: 'The transcript to go on with.' });

const fields = {
  additional_turns: z
    .number()
    .int()
    .min(1)
    .max(MAX_TURNS)
    .optional()
    .meta({ description: 'Turns of the new segment; default: as many as the definition gives one.' }),
  additional_budget: Budget.optional(),
  message: storableText(MAX_MESSAGE_CHARS)
    .min(1)
    .optional()
    .meta({ description: 'What the agent is told; default: to go on.' }),
  by: storableText(200).optional().meta({ description: 'Who says so, for people.' }),
};

export const ContinueRun = z
  .strictObject({
    ...fields,
    step: StepKey.optional().meta({
      description: 'The step to go on with; default: all that failed, were cancelled or reached a limit.',
    }),
    session_id: SessionId.optional(),
  })
  .meta({ id: 'ContinueRun' });

export type ContinueRun = z.output<typeof ContinueRun>;

export const ContinueSession = z
  .strictObject({ ...fields, session_id: SessionId })
  .meta({ id: 'ContinueSession' });
