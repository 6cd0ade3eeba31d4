/** A run's state as it was after one of its events, as JSON. */
import * as z from 'zod';
import { Timestamp, consumption, heldBy } from '../shared/common.ts';
import { RunMessage } from '../message.ts';
import { Run } from '../run.ts';

const count = z.number().int();
const StepStateAt = z
  .object({
    key: z.string(),
    kind: z.string(),
    level: count,
    dependencies: z.array(z.string()),
    status: z.string().meta({ description: '`superseded`: the plan had it no more.' }),
    attempt: count,
    revision: count.nullable().meta({ description: 'Of the plan, when its last try began.' }),
    reason: z.string().nullable(),
    held: z.object(heldBy).nullable(),
    ...consumption,
  })
  .meta({ id: 'StepStateAt' });

export const RunStateAt = z
  .object({
    run_id: z.string(),
    seq: count.meta({ description: 'The event after which it was so.' }),
    at: Timestamp.nullable(),
    status: Run.shape.status,
    terminal_reason: z.string().nullable(),
    is_paused: z.boolean(),
    epoch: count,
    plan: z
      .object({
        workflow: z.string(),
        version: z.string().nullable(),
        hash: z.string().nullable().meta({ description: '`/workflows/:name/versions/:hash` has its text.' }),
        revision: count.meta({ description: 'How often it had been edited.' }),
      })
      .meta({ description: 'As of then.' }),
    ...consumption,
    steps: z.array(StepStateAt).meta({ description: 'In the plan’s order.' }),
    open_questions: z.array(
      z.object({
        id: z.string(),
        kind: z.string(),
        step: z.string(),
        attempt: count,
        turn: count.nullable(),
        preview: z.string(),
        approvers: z.array(z.string()),
        needed: count,
        asked_at: Timestamp,
        expires_at: Timestamp.nullable(),
        answers: count.meta({ description: 'How many had come.' }),
      }),
    ),
    thread: z.array(RunMessage).meta({
      description: 'What had been said, oldest first, each with what had become of it: the newest 200.',
    }),
    thread_length: count,
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
