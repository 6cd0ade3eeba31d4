/** A run's state as it was after one of its events, as JSON. */
import { z } from 'zod';
import { Timestamp } from './common.ts';
import { Run } from './run.ts';

const count = z.number().int();
const figures = {
  turns: count,
  input_tokens: count,
  output_tokens: count,
  total_tokens: count,
  cost_estimate: count.nullable().meta({ description: 'Micro-dollars; null when any price is unknown.' }),
};

const StepStateAt = z
  .object({ key: z.string(), status: z.string(), attempt: count, ...figures })
  .meta({ id: 'StepStateAt' });

export const RunStateAt = z
  .object({
    run_id: z.string(),
    seq: count.meta({ description: 'The event after which it was so.' }),
    at: Timestamp.nullable(),
    status: Run.shape.status,
    terminal_reason: z.string().nullable(),
    is_paused: z.boolean(),
    ...figures,
    steps: z.array(StepStateAt).meta({ description: 'In the plan’s order.' }),
    open_questions: z.array(
      z.object({ id: z.string(), kind: z.string(), step: z.string(), preview: z.string() }),
    ),
  })
  .meta({ id: 'RunStateAt' });

export type RunStateAt = z.output<typeof RunStateAt>;

export const StateQuery = z.strictObject({
  at: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .meta({ description: '`seq` of an event; default: the newest.' }),
});
