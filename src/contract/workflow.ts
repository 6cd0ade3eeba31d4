/** Published workflows as JSON, and what publishing takes and answers. */
import * as z from 'zod';
import type { Plan } from '../plan/plan.ts';
import { Cursor, Timestamp, flag, WorkflowName, jsonOf, limit, storableText } from './shared/common.ts';
import { ErrorDetail } from './problem.ts';
import { WorkflowFigures } from './statistics.ts';

export const Workflow = z
  .object({
    name: z.string(),
    latest_version: z.string().meta({ description: 'The version that was published last.' }),
    title: z.string().nullable(),
    description: z.string().nullable(),
    archived_at: Timestamp.nullable().meta({ description: 'Archived workflows take no new runs.' }),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Workflow' });

export type Workflow = z.output<typeof Workflow>;

export const ListedWorkflow = Workflow.extend({
  statistics: WorkflowFigures.optional().meta({
    description: 'With `?statistics=true`: of its last 50 runs.',
  }),
}).meta({ id: 'ListedWorkflow' });

export type ListedWorkflow = z.output<typeof ListedWorkflow>;

const WorkflowStep = z
  .object({
    key: z.string(),
    position: z.number().int(),
    level: z.number().int(),
    title: z.string(),
    kind: z.string(),
    capability: z.string().nullable(),
    parallel: z.boolean(),
    dependencies: z.array(z.string()),
  })
  .meta({ id: 'WorkflowStep' });

export type WorkflowStep = z.output<typeof WorkflowStep>;

export const WorkflowVersion = z
  .object({
    workflow: z.string(),
    version: z.string(),
    ordinal: z.number().int().meta({ description: 'Order of publication, from 1.' }),
    hash: z.string().meta({ description: '`sha256:…` of the compiled plan.' }),
    format: z.enum(['yaml', 'json']),
    title: z.string().nullable(),
    description: z.string().nullable(),
    published_by: z.string().nullable(),
    created_at: Timestamp,
  })
  .meta({ id: 'WorkflowVersion' });

export type WorkflowVersion = z.output<typeof WorkflowVersion>;

export const WorkflowDetail = Workflow.extend({
  selected: WorkflowVersion.extend({
    inputs: jsonOf<Plan['inputs']>('By name.'),
    steps: z.array(WorkflowStep),
  }).meta({
    description: 'The version asked for, else the newest.',
  }),
}).meta({ id: 'WorkflowDetail' });

export type WorkflowDetail = z.output<typeof WorkflowDetail>;

export const VersionDetail = WorkflowVersion.extend({
  source: z.string().meta({ description: 'The text as it was published.' }),
  plan: jsonOf<Plan>('The compiled form.'),
}).meta({ id: 'VersionDetail' });

export type VersionDetail = z.output<typeof VersionDetail>;

export const Validation = z
  .object({
    valid: z.boolean(),
    errors: z.array(ErrorDetail).readonly(),
    warnings: z.array(ErrorDetail).readonly(),
  })
  .meta({ id: 'Validation' });

export type Validation = z.output<typeof Validation>;

export const Published = WorkflowVersion.extend({ warnings: z.array(ErrorDetail).readonly() }).meta({
  id: 'Published',
});

export type Published = z.output<typeof Published>;

export const WorkflowFilter = z.strictObject({
  archived: z
    .enum(['true', 'false', 'all'])
    .default('false')
    .meta({ description: '`all`: archived ones as well; `true`: only these.' }),
  search: storableText(200).optional().meta({ description: 'Only those with this text in name or title.' }),
  statistics: flag.meta({ description: 'With the figures of its last 50 runs.' }),
  limit: limit(200, 50),
  cursor: Cursor,
});

export type WorkflowFilter = z.output<typeof WorkflowFilter>;

export const VersionFilter = z.strictObject({ limit: limit(200, 50), cursor: Cursor });

/** What is published. */
export const DefinitionText = z.string().meta({ description: 'The definition itself.' });

export const PublishOptions = z.strictObject({
  workflow: WorkflowName.optional().meta({
    description:
      'The workflow that this is a version of: it has to be there, and to have the name that the definition has.',
  }),
  file: storableText(1_000).optional().meta({ description: 'Named in errors.' }),
  by: storableText(200).optional().meta({ description: 'Who publishes, for people.' }),
});
