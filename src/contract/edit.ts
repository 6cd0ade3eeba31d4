/** What the edit of a run's plan takes and answers. */
import * as z from 'zod';
import type { StepEdit as Edit } from '../protocol/editing/step-edit.ts';
import { MAX_RERUN } from '../protocol/editing/rerun.ts';
import { EDIT_CODES } from '../protocol/plan-edit.ts';
import { commandFields } from './command.ts';
import { JsonValue, StepKey, storable, Timestamp } from './shared/common.ts';

/** Most edits in one request. */
const MAX_EDITS = 5_000;

const Keys = z.union([StepKey, z.array(StepKey).max(MAX_EDITS)]);
const StepText = z
  .record(z.string(), JsonValue)
  .refine(({ key }) => typeof key === 'string' && key !== '', 'needs a `key`')
  .meta({ description: 'A step as a definition writes it.' });

const Insert = z.strictObject({
  op: z.literal('INSERT'),
  step: StepText,
  after: Keys.optional().meta({ description: 'Steps that it waits for.' }),
  before: Keys.optional().meta({ description: 'Steps that wait for it.' }),
  rewire: z.boolean().default(false).meta({
    description:
      'Those of `before` wait no longer for those of `after`; without `before`, all that waited for `after` wait for the new step instead.',
  }),
});
const Update = z.strictObject({
  op: z.literal('UPDATE'),
  step: StepText.meta({ description: 'The key, and the members that change; null takes one away.' }),
});
const Delete = z.strictObject({
  op: z.literal('DELETE'),
  step: StepKey,
  rewire: z
    .boolean()
    .default(false)
    .meta({ description: 'What waited for it waits for what it waited for.' }),
});

const StepEdit: z.ZodType<Edit> = z
  .discriminatedUnion('op', [Insert, Update, Delete])
  .meta({ id: 'StepEdit' });

const Revision = z.number().int().min(0);

export const EditRun = z
  .strictObject({
    ...commandFields,
    edits: z.array(StepEdit).max(MAX_EDITS).optional(),
    definition: z
      .union([storable.min(1), z.record(z.string(), JsonValue)])
      .optional()
      .meta({ description: 'The whole definition anew, as a text or as JSON; Baton works out the edits.' }),
    revert_to: Revision.optional().meta({ description: 'The plan as it was at that revision.' }),
    rerun: z
      .array(StepKey)
      .min(1)
      .max(MAX_RERUN)
      .optional()
      .meta({ description: 'Steps that have begun and run anew, with all that depends on them.' }),
    expected_revision: Revision.optional().meta({
      description: 'The revision that this was made of; another one is refused.',
    }),
    dry_run: z.boolean().default(false).meta({ description: 'Only say what would happen.' }),
  })
  .refine(({ edits, definition, revert_to, rerun }) => {
    const given = [edits, definition, revert_to].filter((one) => one !== undefined).length;
    const says = given === 1 && edits?.length !== 0;
    return says || (given <= 1 && rerun !== undefined && (edits ?? []).length === 0);
  }, 'needs one of `edits`, `definition` and `revert_to`, or none of them and `rerun`')
  .meta({ id: 'EditRun' });
export type EditRun = z.output<typeof EditRun>;

const Names = z.array(z.string());

export const EditPreview = z
  .strictObject({
    run_id: z.string(),
    revision: Revision.meta({ description: 'Of the plan that the run has now.' }),
    plan_hash: z.string().meta({ description: 'Of the edited plan.' }),
    added: Names,
    removed: Names,
    changed: z.array(z.strictObject({ step: z.string(), members: Names })),
    rewired: Names.meta({ description: 'Only what they wait for changes.' }),
    steps: z
      .array(z.strictObject({ step: z.string(), title: z.string(), kind: z.string(), dependencies: Names }))
      .meta({ description: 'Those that come or wait for others than before, as they would stand.' }),
    members: Names.meta({ description: 'Members of the definition beside its steps.' }),
    kept: Names.meta({ description: 'Steps that have begun or ended, and stay as they are.' }),
    runs_again: Names.meta({
      description: 'Steps that have begun and run anew: those of `rerun`, and all that depends on them.',
    }),
    may_repeat: Names.meta({
      description: 'Of those that run again: whose effects in the world could happen twice.',
    }),
    faults: z
      .array(
        z.strictObject({
          code: z.enum(EDIT_CODES),
          step: z.string().nullable(),
          message: z.string(),
        }),
      )
      .meta({ description: 'Why the run would refuse it now; empty when it would not.' }),
    expected: z
      .strictObject({
        steps: z.number().int(),
        known: z.number().int().meta({ description: 'Of these, steps with past runs to go by.' }),
        cost_usd: z.number(),
        total_tokens: z.number(),
      })
      .meta({ description: 'What the steps that have not begun are expected to take, from past runs.' }),
    definition: z.string().meta({ description: 'The edited definition.' }),
  })
  .meta({ id: 'EditPreview' });
export type EditPreview = z.output<typeof EditPreview>;

export const EditAnswer = z
  .strictObject({
    ...EditPreview.shape,
    applied: z.boolean().meta({ description: 'The run has taken it; `revision` is the new one.' }),
    message_id: z.string().nullable().meta({ description: 'Under which it stands in the thread.' }),
  })
  .meta({ id: 'EditAnswer' });
export type EditAnswer = z.output<typeof EditAnswer>;

export const RunRevision = z
  .strictObject({
    revision: Revision,
    plan_hash: z.string(),
    version: z.string(),
    by: z.string().nullable(),
    reason: z.string().nullable(),
    proposed_by: z
      .string()
      .nullable()
      .meta({ description: 'The step that has proposed it; null: people did it.' }),
    at: Timestamp,
    seq: z.number().int().meta({ description: 'Of the event that tells of it.' }),
    added: Names,
    removed: Names,
    changed: z.array(z.strictObject({ step: z.string(), members: Names })),
    rewired: Names,
    members: Names,
    rerun: Names.meta({ description: 'Steps that were to run anew …' }),
    runs_again: Names.meta({ description: '… and all that did for it; of very many the first 200.' }),
  })
  .meta({ id: 'RunRevision' });
export type RunRevision = z.output<typeof RunRevision>;

export const RunDefinition = z
  .strictObject({
    run_id: z.string(),
    revision: Revision,
    plan_hash: z.string(),
    format: z.enum(['yaml', 'json']),
    source: z.string(),
  })
  .meta({ id: 'RunDefinition' });
export type RunDefinition = z.output<typeof RunDefinition>;
