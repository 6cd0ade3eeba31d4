/** Checkpoints of a run as JSON, and what restoring one, forking from one and pruning them take and answer. */
import * as z from 'zod';
import { MAX_LABEL_CHARS, MAX_MESSAGE_CHARS } from '../protocol/signals.ts';
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

export const RestoreRun = z
  .strictObject({
    checkpoint: CheckpointName,
    from: StepKey.optional().meta({
      description: 'A step that is done anew, with all that depends on it, though it had settled.',
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

export const RestorePreview = z
  .object({
    checkpoint: Checkpoint,
    kept: addresses.meta({ description: 'Steps that stay as they had settled.' }),
    runs_again: addresses.meta({ description: 'Steps that had begun, and begin again or go on.' }),
    dropped: addresses.meta({
      description: 'Steps that have settled since, whose results do not count any more.',
    }),
    may_repeat: addresses.meta({
      description: 'Of those that run again: whose effects in the world could happen twice.',
    }),
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

export const ForkRun = z
  .strictObject({
    checkpoint: CheckpointName,
    inputs: z
      .record(z.string(), JsonValue)
      .default({})
      .meta({ description: 'Values by name that are other than those of the run.' }),
    labels: Labels.default({}).meta({ description: 'On top of those of the run.' }),
    reason,
    id: NewRunId.optional(),
    by: commandFields.by,
  })
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
