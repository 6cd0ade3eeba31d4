/** What an attempt of a step was given, as JSON. */
import * as z from 'zod';
import { JsonValue, Timestamp } from '../shared/common.ts';

const count = z.number().int();

export const StepInputQuery = z.object({
  attempt: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .meta({ type: 'integer', description: 'The newest unless told.' }),
  epoch: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .meta({ type: 'integer', description: 'The newest in which there is the attempt, unless told.' }),
});

export type StepInputQuery = z.output<typeof StepInputQuery>;

const GivenValue = z
  .object({
    name: z.string().meta({ description: 'Such as `inputs.task` or `steps.plan.result`.' }),
    bytes: count.meta({ description: 'Of it as JSON.' }),
    preview: z.string().meta({ description: 'Its beginning; empty where it stands under `hash`.' }),
    hash: z.string().nullable().meta({ description: 'Of a large one: `GET /blobs/:hash` has it whole.' }),
  })
  .meta({ id: 'GivenValue' });

export type GivenValue = z.output<typeof GivenValue>;

export const StepInput = z
  .object({
    run_id: z.string(),
    step: z.string(),
    epoch: count,
    attempt: count,
    kind: z.string(),
    at: Timestamp.meta({ description: 'When it was decided.' }),
    given: JsonValue.meta({
      description:
        'What the step is to do, its templates filled in: prompt, command, address and so on; of a `transform` its value. Secrets stand as `***`. Null with `fault`.',
    }),
    system: z.string().nullable().meta({ description: 'Of agents: what the model is told before all else.' }),
    fault: z
      .object({ code: z.string(), message: z.string() })
      .nullable()
      .meta({ description: 'Why it cannot be shown.' }),
    values: z.array(GivenValue).meta({ description: 'What the templates read.' }),
    queue: z.string().nullable().meta({ description: 'The task queue, and so the capability.' }),
    workspace: z.string().nullable().meta({ description: 'The directory on its worker.' }),
    idempotency_key: z.string().meta({ description: 'It goes along with every effect that can carry one.' }),
    timeout_seconds: z.number(),
  })
  .meta({ id: 'StepInput' });

export type StepInput = z.output<typeof StepInput>;
