/** A step of a run as JSON. */
import * as z from 'zod';
import { Assignment } from './nodes/assignment.ts';
import type { FailureCategory } from '../protocol/failure.ts';
import { ATTEMPT_STATUSES, SHOWN_STEP_STATUSES } from '../protocol/status.ts';
import { Cursor, JsonValue, Timestamp, consumption, heldBy, limit } from './shared/common.ts';

const count = z.number().int().min(0);

const FAILURE_CATEGORIES = ['TASK_ERROR', 'INFRA_ERROR'] as const satisfies readonly FailureCategory[];

const failure = {
  type: z.string(),
  message: z.string(),
  stdout_tail: z.string().optional(),
  stderr_tail: z.string().optional(),
};
const FAILURE_MEMBERS =
  'Of commands also `exit_code`, `signal`, `stdout_tail`, `stderr_tail`; of http answers `status`, `headers`, `body`; of agents `text`.';

const ErrorValue = z
  .looseObject({ ...failure, category: z.enum(FAILURE_CATEGORIES), attempt: count })
  .nullable()
  .meta({ description: `Null: none. ${FAILURE_MEMBERS}` });

const AttemptError = z
  .looseObject({ ...failure, category: z.enum(FAILURE_CATEGORIES).optional(), attempt: count.optional() })
  .nullable()
  .meta({
    description: `Null: none. Without \`category\` and \`attempt\`: it did not fail but was stopped (\`cancelled\`, \`interrupted\`). ${FAILURE_MEMBERS}`,
  });

export const Attempt = z
  .object({
    epoch: count,
    attempt: count,
    status: z.enum(ATTEMPT_STATUSES),
    category: z
      .enum(FAILURE_CATEGORIES)
      .nullable()
      .meta({ description: 'TASK_ERROR or INFRA_ERROR, of a failed attempt.' }),
    error: AttemptError,
    worker: z.string().nullable(),
    usage: z.object(consumption).nullable().meta({ description: 'Null while it has consumed nothing.' }),
    scheduled_at: Timestamp,
    started_at: Timestamp.nullable(),
    completed_at: Timestamp.nullable(),
  })
  .meta({ id: 'Attempt' });

export const Process = z
  .object({
    state: z.string(),
    attempt: count,
    queue: z.string().nullable(),
    worker: z.string().nullable(),
    last_heartbeat_at: Timestamp.nullable(),
    waiting_for: z.string().nullable(),
    observed_at: Timestamp,
    pause: z
      .object({
        ...heldBy,
        since: Timestamp.nullable(),
      })
      .nullable()
      .meta({ description: 'An operator has paused the activity in Temporal.' }),
    options: z
      .object({
        queue: z.string().nullable(),
        start_to_close_ms: count.nullable(),
        schedule_to_start_ms: count.nullable(),
        schedule_to_close_ms: count.nullable(),
        heartbeat_ms: count.nullable(),
        max_attempts: count.nullable(),
      })
      .nullable()
      .meta({ description: 'In force in Temporal, where operators may change them; null: no such limit.' }),
  })
  .meta({ id: 'Process', description: 'What was last observed of the step’s activity. Volatile.' });

const figure = z.number().nullable();

export const Segment = z
  .object({
    segment: count.meta({ description: 'From 1; each continuation begins another.' }),
    max_turns: figure,
    max_tokens: figure,
    max_cost_usd: figure,
    max_duration_ms: figure,
    turns: count,
    total_tokens: count,
    cost_estimate: figure,
    started_at: Timestamp.nullable(),
    completed_at: Timestamp.nullable(),
    terminal_reason: z.string().nullable(),
    message: z.string().nullable().meta({ description: 'What the agent was told when it began.' }),
    by: z.string().nullable(),
  })
  .meta({ id: 'Segment', description: 'A stretch of an agent’s turns under one set of limits.' });

export const Step = z
  .object({
    key: z.string(),
    position: count,
    title: z.string(),
    kind: z.string(),
    level: count,
    dependencies: z.array(z.string()),
    capability: z.string().nullable(),
    assignment: Assignment.nullable().meta({ description: 'Of a step for a node: the newest.' }),
    status: z.enum(SHOWN_STEP_STATUSES).meta({ description: '`running` means dispatched.' }),
    attempt: count.meta({ description: 'The last try; 0 = none yet.' }),
    revision: count.nullable().meta({
      description:
        'Of the run’s plan, when its last try began; null: none has. Edits of the plan count it up.',
    }),
    reason: z.string().nullable().meta({ description: 'Why it was skipped or cancelled.' }),
    waiting_for: z.string().nullable().meta({ description: 'Such as a worker for its capability.' }),
    retry_at: Timestamp.nullable().meta({
      description:
        'When its next attempt begins; null where none is waited for, and while a pause stops the clock.',
    }),
    held: z
      .object({ ...heldBy, at: Timestamp })
      .nullable()
      .meta({ description: 'Somebody keeps it from starting, until it is released.' }),
    error: ErrorValue,
    tolerated: z.boolean().meta({ description: 'It failed, and `onError` let the run go on.' }),
    output: JsonValue.meta({
      description: 'The value, or `{"$blob": hash, "bytes": n}`; whole at `/output`.',
    }),
    output_preview: z.string().nullable(),
    output_bytes: count.nullable(),
    agent: z.string().nullable(),
    model: z.string().nullable().meta({ description: 'Of an agent: the model that answered last.' }),
    session_id: z.string().nullable().meta({ description: 'Its transcript: `/sessions/:id/messages`.' }),
    segments: z.array(Segment),
    ...consumption,
    started_at: Timestamp.nullable(),
    completed_at: Timestamp.nullable(),
    attempts: z.array(Attempt),
    process: Process.nullable(),
  })
  .meta({ id: 'Step' });

const MAX_STEPS = 2_000;

export const StepFilter = z.strictObject({ limit: limit(MAX_STEPS, MAX_STEPS), cursor: Cursor });

export type Step = z.output<typeof Step>;
export type Attempt = z.output<typeof Attempt>;
export type Process = z.output<typeof Process>;
