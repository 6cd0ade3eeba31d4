/** Checkpoints of a run as JSON, and what restoring one, forking from one and pruning them take and answer. */
import * as z from 'zod';
import { LEAST_DOLLARS, MAX_DOLLARS } from '../protocol/money.ts';
import { MAX_TOKENS } from '../protocol/new-limits.ts';
import { MAX_LABEL_CHARS, MAX_MESSAGE_CHARS, RESTORE_MODES } from '../protocol/signals.ts';
import { FILES_CHOICES } from '../protocol/snapshot.ts';
import { CHECKPOINT_REASONS } from '../protocol/status.ts';
import { CommandAnswer, Duration, commandFields } from './command.ts';
import { Labels, NewRunId, Run } from './run.ts';
import {
  Cursor,
  JsonValue,
  RunId,
  StepKey,
  Timestamp,
  limit,
  pageSchema,
  storable,
  storableText,
} from './shared/common.ts';

const count = z.number().int();
const figure = count.nullable();
const cost = figure.meta({ description: 'Micro-dollars; null when any price was unknown.' });
const addresses = z.array(z.string());

export const Checkpoint = z
  .object({
    run_id: z.string(),
    number: count.meta({ description: '1, 2, 3 … within the run: what people name, as `3` or `cp-3`.' }),
    epoch: count,
    reason: z.enum(CHECKPOINT_REASONS).meta({
      description:
        '`step`: a step had settled; `level`: a whole level had; `label`: a person asked for it; `close`: the run, or an execution of it, had ended.',
    }),
    label: z.string().nullable(),
    parent: figure.meta({ description: 'Number of the checkpoint that it comes after, in its branch.' }),
    at: Timestamp,
    seq: figure.meta({ description: 'The newest event as of then: `GET /runs/:id/state?at=` shows it.' }),
    settled: addresses.meta({ description: 'Steps that have settled since the parent.' }),
    steps_settled: figure.meta({ description: 'All that had settled.' }),
    turns: figure,
    total_tokens: figure,
    cost_estimate: cost,
    workspace_commit: z.string().nullable().meta({
      description: 'The snapshot of the files in the workspace that is brought back; null: there is none.',
    }),
    execution: z
      .object({ run_id: z.string(), event_id: count })
      .meta({ description: 'The event in Temporal’s history that it points at.' }),
  })
  .meta({ id: 'Checkpoint' });

export type Checkpoint = z.output<typeof Checkpoint>;

export const CheckpointDetail = Checkpoint.extend({
  changes: z
    .object({
      since: figure.meta({
        description:
          'Number of the parent, or where it was pruned of the next one before it; null: the beginning.',
      }),
      steps: z.array(
        z.object({
          key: z.string(),
          from: z.string().nullable().meta({ description: 'Its status then; null: there was none.' }),
          to: z.string(),
          attempt: count,
        }),
      ),
      turns: figure,
      total_tokens: figure,
      cost_estimate: cost,
      messages: z.array(count).meta({ description: 'Numbers of what people said meanwhile.' }),
    })
    .meta({ description: 'Since the checkpoint before.' }),
  takes_along: z
    .object({
      results: count.meta({ description: 'Steps whose results a fork from here would begin with.' }),
      result_bytes: count.meta({ description: 'Of these results, as JSON.' }),
      state_bytes: count.meta({
        description:
          'Of the state that is handed to the fork; large results stand in it by reference, and are not copied.',
      }),
    })
    .meta({ description: 'What would go along.' }),
}).meta({ id: 'CheckpointDetail' });

export type CheckpointDetail = z.output<typeof CheckpointDetail>;

export const CheckpointPage = pageSchema(Checkpoint);

export const CheckpointFilter = z.strictObject({ limit: limit(500, 100), cursor: Cursor });

export type CheckpointFilter = z.output<typeof CheckpointFilter>;

const CheckpointName = z
  .union([z.number().int().min(1), storableText(MAX_LABEL_CHARS).min(1)])
  .transform(String)
  .meta({ type: ['integer', 'string'], description: '`3`, `cp-3`, or a label.', example: 'cp-3' });

export const CheckpointParams = z.object({
  id: RunId,
  checkpoint: storableText(MAX_LABEL_CHARS)
    .min(1)
    .meta({ description: '`3`, `cp-3`, or a label.', example: 'cp-3' }),
});

export const LabelRun = z
  .strictObject({
    label: z.string().trim().pipe(storableText(MAX_LABEL_CHARS).min(1)),
    id: commandFields.id,
    by: commandFields.by,
  })
  .meta({ id: 'LabelRun' });

export const CheckpointTaken = CommandAnswer.extend({
  checkpoint: Checkpoint.nullable().meta({ description: 'Null while the run has not come to it.' }),
}).meta({ id: 'CheckpointTaken' });

export type CheckpointTaken = z.output<typeof CheckpointTaken>;

const reason = storableText(MAX_MESSAGE_CHARS).optional().meta({ description: 'Why, for the record.' });

const prompt = storable.min(1);
const model = storableText(400).min(1);

const StepSet = z.strictObject({
  prompt: prompt.optional().meta({ description: 'Of an agent’s step: what it is told.' }),
  model: model.optional().meta({ description: '`provider/model`, of an agent’s step.' }),
  result: JsonValue.optional().meta({
    description: 'The step counts as completed with this result, at most 32 KB as JSON.',
  }),
});

const settings = {
  inputs: z
    .record(z.string(), JsonValue)
    .default({})
    .meta({ description: 'Values by name that are other than those of the run.' }),
  prompt: prompt.optional().meta({
    description: 'Of the step of `from`, else of the one agent’s step that is still to be done.',
  }),
  model: model.optional().meta({ description: 'Of the same step: `provider/model`.' }),
  steps: z.record(StepKey, StepSet).default({}).meta({ description: 'By step.' }),
  definition: z
    .string()
    .min(1)
    .max(800)
    .optional()
    .meta({ description: '`name@version` of another published definition of the same name.' }),
};

/** What is to be other than it was at the checkpoint. */
export const Settings = z
  .strictObject(settings)
  .meta({ id: 'Settings', description: 'What is to be other than it was at the checkpoint.' });

export type Settings = z.output<typeof Settings>;

const NOTHING_SET = { inputs: {}, steps: {} };
const set = Settings.default(NOTHING_SET);

const from = StepKey.optional().meta({
  description: 'A step that is done anew, with all that depends on it, though it had settled.',
});

const DEFAULT_REST_MS = 30_000;
const MAX_REST_MS = 300_000;

const files = z
  .enum(FILES_CHOICES)
  .default('restore')
  .meta({
    description:
      'Of the workspace. `restore`: they become those of the checkpoint before a step works there; `keep`: they stay as they are, and a ' +
      'fork begins with a workspace as every run does.',
  });

export const RestoreRun = z
  .strictObject({
    checkpoint: CheckpointName,
    from,
    set,
    mode: z
      .enum(RESTORE_MODES)
      .default('drain')
      .meta({
        description:
          'Of an open run, which comes to rest first. `drain`: nothing new starts, steps that are under way come to their end, agents to ' +
          'that of their turn; `abort`: what is under way is stopped.',
      }),
    files,
    timeout: Duration.pipe(z.number().max(MAX_REST_MS, 'must be five minutes at most'))
      .default(DEFAULT_REST_MS)
      .meta({
        type: ['string', 'number'],
        description: 'How long an open run may take to come to rest: `30s` or milliseconds, at most `5m`.',
      }),
    reason,
    by: commandFields.by,
    drop_messages: z
      .array(count.min(1))
      .max(1_000)
      .default([])
      .meta({ description: 'Numbers of messages that nobody has read and that may be dropped.' }),
    dry_run: z.boolean().default(false).meta({ description: 'Only tell what would become of it.' }),
  })
  .meta({ id: 'RestoreRun' });

export type RestoreRun = z.output<typeof RestoreRun>;

export const PromoteRun = z
  .strictObject({
    branch: RunId.meta({ description: 'The run, forked from this one, whose results become its own.' }),
    ...RestoreRun.omit({ checkpoint: true, from: true, set: true }).shape,
    files: z.enum(FILES_CHOICES).default('restore').meta({
      description:
        'Of the workspace. `restore`: they become those of the branch; `keep`: they stay as they are.',
    }),
  })
  .meta({ id: 'PromoteRun' });

export type PromoteRun = z.output<typeof PromoteRun>;

export const RestorePreview = z
  .object({
    checkpoint: Checkpoint,
    kept: addresses.meta({ description: 'Steps that stay as they had settled.' }),
    runs_again: addresses.meta({ description: 'Steps that had begun, and begin again or go on.' }),
    dropped: addresses.meta({
      description: 'Steps that have settled since, whose results do not count any more.',
    }),
    may_repeat: addresses.meta({
      description:
        'Whose effects in the world could happen twice: of those that run again, and of a fork those too that its parent has ' +
        'begun since. Not those that are marked `idempotent: true`.',
    }),
    given: addresses.meta({ description: 'Steps whose result is given.' }),
    inputs: addresses.meta({ description: 'Names of inputs that are other than they were.' }),
    plan: z
      .object({
        hash: z.string(),
        added: addresses,
        removed: addresses,
        changed: z.array(z.object({ step: z.string(), members: addresses })),
        rewired: addresses,
        members: addresses,
      })
      .nullable()
      .meta({ description: 'How the plan differs from that of the checkpoint; null: it does not.' }),
    files: z
      .object({
        what: z.enum(['back', 'stay', 'anew']).meta({
          description:
            '`back`: those of the snapshot; `stay`: as they are now; `anew`: a workspace is made as for a new run, once a step needs it.',
        }),
        commit: z.string().nullable().meta({ description: 'The snapshot.' }),
        kept: z.boolean().meta({ description: 'It is kept where every worker can have it.' }),
        run: z
          .string()
          .nullable()
          .meta({ description: 'Whose files they were, of a promotion; null: the run’s own.' }),
        why_not: z
          .string()
          .nullable()
          .meta({ description: 'Of a promotion: why they do not become those of the branch.' }),
      })
      .nullable()
      .meta({ description: 'What becomes of the files in the workspace; null: the plan has none.' }),
    messages: z
      .array(
        z.object({
          seq: count,
          action: z.string().nullable(),
          author: z.string().nullable(),
          content: z.string().nullable(),
          unread: z.boolean().meta({ description: 'Nobody has read it: it has to be named to be dropped.' }),
        }),
      )
      .meta({ description: 'What people said since.' }),
  })
  .meta({ id: 'RestorePreview' });

export type RestorePreview = z.output<typeof RestorePreview>;

export const RestoreAnswer = z
  .object({
    dry_run: z.boolean(),
    run: Run,
    preview: RestorePreview,
  })
  .meta({ id: 'RestoreAnswer' });

export type RestoreAnswer = z.output<typeof RestoreAnswer>;

/** Most branches of one request. */
const MAX_VARIANTS = 20;
const MAX_VARIANT_LABEL = 100;

const Variant = z
  .strictObject({
    ...settings,
    label: storableText(MAX_VARIANT_LABEL).min(1).optional().meta({
      description: 'Its name, also as the label `variant` of the run; default: its number.',
    }),
  })
  .meta({ id: 'Variant', description: 'What is other in this branch, on top of `set`.' });

export const ForkRun = z
  .strictObject({
    checkpoint: CheckpointName.optional().meta({ description: 'Default: the newest.' }),
    from,
    set,
    files,
    variants: z
      .array(Variant)
      .min(1)
      .max(MAX_VARIANTS)
      .optional()
      .meta({ description: 'One branch each. All of them are checked before the first one starts.' }),
    budget: z
      .strictObject({
        tokens: z.number().int().min(1).max(MAX_TOKENS).optional(),
        cost_usd: z.number().min(LEAST_DOLLARS).max(MAX_DOLLARS).optional(),
      })
      .refine(
        ({ tokens, cost_usd }) => tokens !== undefined || cost_usd !== undefined,
        'needs tokens or cost_usd',
      )
      .optional()
      .meta({
        description: 'What all branches together may use on top of what was used: each has an even share.',
      }),
    labels: Labels.default({}).meta({ description: 'On top of those of the run.' }),
    reason,
    id: NewRunId.optional(),
    by: commandFields.by,
    dry_run: z.boolean().default(false).meta({ description: 'Only tell what each branch would do.' }),
  })
  .refine(({ variants, id }) => variants === undefined || id === undefined, '`id` is for one branch alone')
  .refine(({ variants = [] }) => {
    const labels = variants.map(({ label }, at) => label ?? String(at + 1));
    return new Set(labels).size === labels.length;
  }, 'each variant needs a label of its own')
  .meta({ id: 'ForkRun' });

export type ForkRun = z.output<typeof ForkRun>;

/** Why a checkpoint stays that could go by its place and age. */
const KEPT_REASONS = ['end', 'branch', 'restored', 'forked', 'labelled'] as const;

export const PruneCheckpoints = z
  .strictObject({
    keep: count.min(1).max(1_000_000).optional().meta({ description: 'So many of the newest stay (1).' }),
    older_than: Duration.optional().meta({
      type: ['string', 'integer'],
      description: 'Younger ones stay: `30d`, or ms as a number.',
    }),
    keep_labelled: z.boolean().default(true).meta({ description: 'Those that somebody has named stay.' }),
    by: commandFields.by,
    dry_run: z.boolean().default(false).meta({ description: 'Only tell which would go.' }),
  })
  .refine(({ keep, older_than }) => keep !== undefined || older_than !== undefined, {
    path: ['keep'],
    message: 'say how many are kept (`keep`), or from which age on they go (`older_than`)',
  })
  .meta({ id: 'PruneCheckpoints' });

export type PruneCheckpoints = z.output<typeof PruneCheckpoints>;

export const CheckpointsPruned = z
  .object({
    run_id: z.string(),
    dry_run: z.boolean(),
    pruned: z.object({
      checkpoints: count,
      numbers: z.array(count).meta({ description: 'The oldest first.' }),
      bytes: count.meta({
        description:
          'What their rows take, less what it takes to remember that they were pruned. Postgres uses the room for other ' +
          'rows. Stored events and blobs stay: the run is made of them.',
      }),
    }),
    kept: z.object({
      checkpoints: count.meta({ description: 'All that stay.' }),
      needed: z
        .array(
          z.object({
            number: count,
            label: z.string().nullable(),
            reason: z.enum(KEPT_REASONS).meta({
              description:
                '`end`: the run can be continued from it; `branch`: the present epoch began at it; `restored`: the run ' +
                'was set back to it; `forked`: another run began at it; `labelled`: somebody has named it.',
            }),
          }),
        )
        .meta({ description: 'Those that stay although they are neither among the newest nor young.' }),
    }),
  })
  .meta({ id: 'CheckpointsPruned' });

export type CheckpointsPruned = z.output<typeof CheckpointsPruned>;
export type KeptReason = (typeof KEPT_REASONS)[number];
const label = z.string().nullable().meta({ description: 'Of the variant; null where there are none.' });

export const ForkedRuns = z
  .object({ items: z.array(z.object({ label: z.string(), run: Run })) })
  .meta({ id: 'ForkedRuns', description: 'With `variants`: the branches, in their order.' });

export type ForkedRuns = z.output<typeof ForkedRuns>;

export const ForkPreview = z
  .object({ dry_run: z.literal(true), forks: z.array(z.object({ label, preview: RestorePreview })) })
  .meta({ id: 'ForkPreview', description: 'With `dry_run`: what each branch would do.' });

export type ForkPreview = z.output<typeof ForkPreview>;

export const ForkAnswer = z.union([Run, ForkedRuns, ForkPreview]).meta({ id: 'ForkAnswer' });
