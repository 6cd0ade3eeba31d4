/** What differs between two runs, as JSON. */
import * as z from 'zod';
import { RUN_STATUSES } from '../../protocol/status.ts';
import { JsonValue, RunId, consumption } from '../shared/common.ts';

const seconds = z.number().nullable();

const RunSide = z.object({
  run: z.string(),
  seq: z
    .number()
    .int()
    .nullable()
    .meta({ description: 'The event after which it is meant; null: as it is now.' }),
  workflow: z.string(),
  version: z.string().nullable(),
  plan_hash: z.string().nullable(),
  revision: z.number().int(),
  status: z.enum(RUN_STATUSES),
  error_message: z.string().nullable(),
  ...consumption,
  duration_seconds: seconds,
});

const StepSide = z.object({
  status: z.string(),
  ran: z.boolean().nullable().meta({
    description:
      'This run has tried it; otherwise its end was taken over or given. Null: of an earlier moment.',
  }),
  attempt: z.number().int(),
  reason: z.string().nullable(),
  error: z.string().nullable(),
  output: JsonValue.meta({ description: 'The value, or `{"$blob": hash, "bytes": n}`.' }),
  output_preview: z.string().nullable(),
  prompt: z.string().nullable().meta({ description: 'As its definition writes it; null: none is known.' }),
  model: z.string().nullable().meta({ description: 'That answered last, else the first that is asked.' }),
  ...consumption,
  duration_seconds: seconds,
});

/** In the order in which they are told. */
export const STEP_DIFFERENCES = [
  'presence',
  'kind',
  'dependencies',
  'status',
  'error',
  'prompt',
  'model',
  'output',
] as const;

const StepDifference = z.object({
  key: z.string(),
  differs: z.array(z.enum(STEP_DIFFERENCES)).meta({
    description: 'Empty: the same, whatever it took. `presence`: only one of the runs has it.',
  }),
  a: StepSide.nullable(),
  b: StepSide.nullable(),
});

const Pair = z.object({ a: JsonValue, b: JsonValue });

export const RunDifference = z
  .object({
    a: RunSide,
    b: RunSide,
    first_difference: z
      .object({ what: z.enum(['inputs', 'step', 'status', 'output']), step: z.string().nullable() })
      .nullable()
      .meta({ description: 'Null: they are the same, whatever they took.' }),
    inputs: z
      .array(Pair.extend({ name: z.string() }))
      .meta({ description: 'Those that differ; null where one has none of that name.' }),
    steps: z
      .array(StepDifference)
      .meta({ description: 'In the order of the plan of `a`, then what only `b` has.' }),
    output: Pair.extend({ differs: z.boolean() }),
  })
  .meta({ id: 'RunDifference' });

export type RunDifference = z.output<typeof RunDifference>;

export const DifferenceParams = z.object({ id: RunId, other: RunId });

const seq = z.coerce.number().int().min(1).optional();

export const DifferenceQuery = z.strictObject({
  at: seq.meta({ description: '`seq` of an event of the first run; default: as it is now.' }),
  other_at: seq.meta({ description: 'The same of the other.' }),
});

export type DifferenceQuery = z.output<typeof DifferenceQuery>;
