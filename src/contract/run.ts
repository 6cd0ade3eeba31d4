/** A run as JSON, and what a start and a list take. */
import * as z from 'zod';
import { WAITING_KINDS } from '../protocol/filter/waiting-kinds.ts';
import { QUESTION_KINDS } from '../protocol/question.ts';
import { PAUSE_ENDS, PAUSE_MODES } from '../protocol/signals.ts';
import { RUN_STATUSES } from '../protocol/status.ts';
import { filterFields } from './runs/filter.ts';
import {
  Cursor,
  JsonValue,
  RunId,
  Timestamp,
  WorkflowName,
  consumption,
  heldBy,
  limit,
  listOf,
  repeatable,
  storableText,
} from './shared/common.ts';

const count = z.number().int().min(0);

const Limits = z
  .object({
    max_turns: z.number().nullable(),
    max_tokens: z.number().nullable(),
    max_cost_usd: z.number().nullable(),
    max_duration_ms: z.number().nullable(),
    on_limit: z.enum(['fail', 'ask']),
  })
  .partial()
  .meta({ description: 'Of all agents together; null: none. Empty until the run has its plan.' });

const Need = z.object({
  step: z.string().nullable().meta({ description: 'Null: it concerns the run.' }),
  kind: z.enum(QUESTION_KINDS),
  message: z.string(),
});

const Lineage = z.object({
  redirected_to: z.string().optional().meta({ description: 'The run that took its place.' }),
  redirected_from: z.string().optional().meta({ description: 'The run whose place it took.' }),
  message: z.string().nullable().optional().meta({ description: 'Id of the message that asked for that.' }),
  taken_over: z.array(z.string()).optional().meta({ description: 'Steps whose results are of that run.' }),
  rerun_of: z.string().optional().meta({ description: 'The run that it repeats.' }),
  forked_from: z
    .object({ run: z.string(), checkpoint: z.number().int() })
    .optional()
    .meta({ description: 'The run, and its checkpoint, with whose state it began.' }),
  promoted_from: z
    .string()
    .optional()
    .meta({ description: 'The fork whose results it has made its own last.' }),
});

const Metadata = z
  .looseObject({
    started_by: z.string().nullable().optional(),
    ended_by: z.looseObject({ action: z.string(), by: z.string().nullable().optional() }).optional(),
  })
  .meta({
    description:
      'Who did what: `started_by` (null: nobody is known), `ended_by`, and who continued or restarted it.',
  });

const Divergence = z.object({
  event_id: z.number().int(),
  expected: z.string(),
  found: z.string(),
  execution_id: z.string(),
});

export const Run = z
  .object({
    id: RunId,
    workflow: z.string(),
    version: z
      .string()
      .nullable()
      .meta({ description: 'Null until an operator’s start has loaded its plan.' }),
    plan_hash: z.string().nullable(),
    status: z.enum(RUN_STATUSES),
    terminal_reason: z.string().nullable(),
    is_paused: z.boolean(),
    pause_requested_at: Timestamp.nullable(),
    pause_reason: z.string().nullable(),
    pause_drained_at: Timestamp.nullable().meta({ description: 'Since when nothing is open any more.' }),
    pause: z
      .object({
        mode: z.enum(PAUSE_MODES),
        by: z.string().nullable(),
        busy: count.meta({ description: 'Steps that something was under way of when it was asked for.' }),
        drained: count.meta({ description: 'How many of them have come to rest.' }),
        ends_at: Timestamp.nullable().meta({ description: 'Null: when somebody resumes the run.' }),
        on_timeout: z.enum(PAUSE_ENDS),
      })
      .nullable()
      .meta({ description: 'Null unless the run is paused.' }),
    temporal_pause: z
      .object({ ...heldBy, since: Timestamp })
      .nullable()
      .meta({
        description:
          'An operator has paused the run in Temporal: it decides nothing and reads nothing until that is taken back, ' +
          'by a resume or in Temporal. `status` and `is_paused` speak of the run’s own state.',
      }),
    cancel_requested_at: Timestamp.nullable(),
    inputs: JsonValue.meta({ description: 'By name; large values as `{"$blob": hash, "bytes": n}`.' }),
    output: JsonValue.meta({
      description: 'The value, or `{"$blob": hash, "bytes": n}`; whole at `/output`.',
    }),
    error: z.object({ type: z.string(), message: z.string(), step: z.string().nullable() }).nullable(),
    error_message: z.string().nullable(),
    labels: z.record(z.string(), z.string()),
    metadata: Metadata,
    session_id: z.string().nullable(),
    session_name: z.string().nullable(),
    workspace_path: z
      .string()
      .nullable()
      .meta({ description: 'The directory of its steps, on the worker that holds it.' }),
    limits: Limits,
    needs: z.array(Need).meta({ description: 'What somebody has to do so that it goes on.' }),
    ...consumption,
    cache_read_tokens: count,
    cache_write_tokens: count,
    reasoning_tokens: count,
    duration_seconds: z
      .number()
      .nullable()
      .meta({ description: 'From start to end, whatever it waited for; null until it has ended.' }),
    active_seconds: z
      .number()
      .min(0)
      .nullable()
      .meta({
        description:
          'How long something of it was dispatched to workers, over all epochs; it moves while something is. Null: not ' +
          'measured yet, as with runs of older versions until `baton rebuild`.',
      }),
    revision: count,
    epoch: count,
    execution: z
      .object({ workflow_id: z.string(), run_id: z.string() })
      .meta({ description: 'The newest Temporal execution.' }),
    lineage: Lineage,
    diverged: Divergence.nullable().meta({
      description: 'Null, or where history shows other actions than the plan foretells.',
    }),
    last_seq: count.meta({ description: 'The newest event.' }),
    created_at: Timestamp,
    started_at: Timestamp.nullable(),
    completed_at: Timestamp.nullable(),
    updated_at: Timestamp,
    archived_at: Timestamp.nullable().meta({
      description: 'Since when its details are not here: in an archive, unless they were discarded.',
    }),
    discarded_at: Timestamp.nullable().meta({
      description: 'Since when its details are nowhere, as the retention of its definition says.',
    }),
    imported: z
      .object({
        from: z.string().meta({ description: 'Fingerprint of the key that signed its bundle.' }),
        at: Timestamp,
      })
      .nullable()
      .meta({ description: 'A run of another installation, brought here to be read: it takes no commands.' }),
  })
  .meta({ id: 'Run' });

export type Run = z.output<typeof Run>;

export const Waiting = z
  .object({
    kind: z.enum(WAITING_KINDS).meta({
      description:
        '`question`: somebody is asked (`question`, `asks`, `call`, `who` may answer); `limit`: somebody may raise one; ' +
        '`pause`: until somebody resumes it, or `until`; `temporal_pause`: an operator has paused it in Temporal; `retry`: the next attempt begins at `until`; `worker`: nobody ' +
        'takes the step’s work; `hang`: evaluating it has stopped a worker, `times` within the hour; `held`: a step ' +
        'does not start until somebody releases it, `who` holds it.',
    }),
    step: z.string().nullable(),
    text: z.string().nullable().meta({ description: 'What is asked, missing or wrong, in words.' }),
    question: z.string().nullable(),
    asks: z.string().nullable().meta({ description: 'Of a question: its kind.' }),
    call: z.string().nullable().meta({ description: 'Of an approval: the tool.' }),
    who: z.array(z.string()).meta({ description: 'Who may answer (empty: everybody), or who paused it.' }),
    attempt: count.nullable().meta({ description: 'Of a retry: the attempt that failed last.' }),
    times: count.nullable(),
    since: Timestamp.nullable(),
    until: Timestamp.nullable(),
  })
  .meta({ id: 'Waiting', description: 'Whom or what a run waits for.' });

export type Waiting = z.output<typeof Waiting>;

export const RunNow = Run.extend({
  waiting_for: z
    .array(Waiting)
    .meta({ description: 'Whom or what it waits for at the moment; at most 20 of a kind. Empty: it works.' }),
  progress: z
    .object({
      total: count,
      settled: count.meta({ description: 'Nothing more will happen to them.' }),
      active: count.meta({ description: 'Running, waiting or between two attempts.' }),
      current: z.array(z.string()).meta({ description: 'Keys of the active ones, at most 20.' }),
    })
    .nullable()
    .meta({ description: 'Its steps, in figures; null once the run has ended.' }),
  forks: z.array(z.object({ run: z.string(), checkpoint: count })).meta({
    description: 'Runs that began with the state of one of its checkpoints, oldest first; at most 20.',
  }),
}).meta({ id: 'RunNow' });

export type RunNow = z.output<typeof RunNow>;

export const NewRunId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/, 'must be 1 to 200 letters, digits, ".", "_" or "-"');

export const Labels = z
  .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/, 'is no label name'), storableText(255))
  .refine((labels) => Object.keys(labels).length <= 32, 'at most 32 labels')
  .meta({ description: 'Short texts by name, for filters.', example: { team: 'payments' } });

export const StartRun = z
  .strictObject({
    workflow: z.string().min(1).max(800).meta({
      description: 'A name, or `name@version` (also `name@sha256:…`). Without a version: the newest.',
      example: 'code-review-workflow',
    }),
    version: z.string().min(1).max(400).optional().meta({ description: 'A version or a plan hash.' }),
    inputs: JsonValue.optional().meta({ description: 'Values by name.', example: { git_diff: '…' } }),
    labels: Labels.default({}),
    id: NewRunId.optional(),
    by: storableText(200).optional().meta({ description: 'Who starts it, for people.' }),
  })
  .meta({ id: 'StartRun' });

export type StartRun = z.output<typeof StartRun>;

export const RerunRun = z
  .strictObject({
    newest: z
      .boolean()
      .default(false)
      .meta({ description: 'With the version that was published last, not the one that the run had.' }),
    inputs: z
      .record(z.string(), JsonValue)
      .default({})
      .meta({ description: 'Values by name that are other than those of the run.' }),
    labels: Labels.default({}).meta({ description: 'On top of those of the run.' }),
    id: NewRunId.optional(),
    by: storableText(200).optional().meta({ description: 'Who starts it, for people.' }),
  })
  .meta({ id: 'RerunRun' });

export type RerunRun = z.output<typeof RerunRun>;

const SORTED_BY = ['created', 'updated', 'duration', 'cost', 'tokens'] as const;
const RUN_SORTS = SORTED_BY.flatMap((field) => [field, `-${field}`] as const);
export type RunSort = (typeof RUN_SORTS)[number];

/** `any` stands for all of them. */
const waitingList = z
  .string()
  .transform((text) =>
    (text === 'any' ? WAITING_KINDS.join(',') : text).split(',').map((kind) => kind.trim()),
  )
  .pipe(z.array(z.enum(WAITING_KINDS)));

export const RunFilter = z.strictObject({
  status: listOf(RUN_STATUSES).optional().meta({ description: 'Comma list of statuses.', type: 'string' }),
  workflow: WorkflowName.optional(),
  temporal_paused: z.stringbool().optional().meta({
    description: 'Those that are paused in Temporal, or those that are not.',
    type: 'boolean',
  }),
  imported: z.stringbool().optional().meta({
    description: 'Those that were imported from bundles, or those that were not.',
    type: 'boolean',
  }),
  label: repeatable(z.string().regex(/^[^:]+:/, 'must be key:value'))
    .optional()
    .meta({ description: '`key:value`; may be repeated, all must fit.' }),
  id_prefix: RunId.optional().meta({ description: 'Whose ids begin so.' }),
  waiting: waitingList.optional().meta({
    description: 'Comma list of kinds of `waiting_for`; `any`: whatever it is that a run waits for.',
    type: 'string',
  }),
  created_after: z.coerce.date().optional().meta({ type: 'string', format: 'date-time' }),
  created_before: z.coerce.date().optional().meta({ type: 'string', format: 'date-time' }),
  ...filterFields,
  sort: z
    .enum(RUN_SORTS)
    .default('-created')
    .meta({ description: 'A minus: the greatest first. Without a duration or a price: least of all.' }),
  limit: limit(200, 50),
  cursor: Cursor,
});

export type RunFilter = z.output<typeof RunFilter>;
