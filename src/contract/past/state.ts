/** A run's state as it was after one of its events, as JSON. */
import * as z from 'zod';
import { Timestamp, consumption } from '../shared/common.ts';
import { Run } from '../run.ts';

const count = z.number().int();
const StepStateAt = z
  .object({ key: z.string(), status: z.string(), attempt: count, ...consumption })
  .meta({ id: 'StepStateAt' });

export const RunStateAt = z
  .object({
    run_id: z.string(),
    seq: count.meta({ description: 'The event after which it was so.' }),
    at: Timestamp.nullable(),
    status: Run.shape.status,
    terminal_reason: z.string().nullable(),
    is_paused: z.boolean(),
    ...consumption,
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
