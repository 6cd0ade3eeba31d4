/** Definitions: what there is to run, what is wrong with a text, publishing it. */
import * as z from 'zod';
import { ErrorDetail } from '../../contract/problem.ts';
import type { Page } from '../../contract/shared/common.ts';
import { WorkflowName, storableText } from '../../contract/shared/common.ts';
import type {
  ListedWorkflow,
  Published,
  Validation,
  VersionDetail,
  Workflow,
  WorkflowDetail,
  WorkflowVersion,
} from '../../contract/workflow.ts';
import { tool, type Tool } from '../tool.ts';
import { acting, asQuery, cursor, limit } from './arguments.ts';

const name = WorkflowName.meta({
  description: 'Name of the definition, or `name@version`.',
});
const definition = z.string().min(1).meta({ description: 'The whole definition, YAML or JSON.' });
const details = z.array(z.looseObject(ErrorDetail.partial().shape));

const list = tool({
  name: 'list_workflows',
  title: 'List definitions',
  description:
    'The definitions that can be run, by name, with what each is for. Use it to find the name that run_workflow takes.',
  scope: 'read',
  operations: ['listWorkflows'],
  input: z.strictObject({
    search: storableText(200).optional().meta({ description: 'Only those with this text in name or title.' }),
    archived: z
      .enum(['true', 'false', 'all'])
      .default('false')
      .meta({ description: 'Archived ones take no new runs.' }),
    limit: limit(100, 30),
    cursor,
  }),
  output: z.object({
    items: z.array(
      z.object({
        name: z.string(),
        version: z.string(),
        title: z.string().nullable(),
        description: z.string().nullable(),
        archived: z.boolean(),
      }),
    ),
    next_cursor: z.string().nullable(),
  }),
  run: async (args, { ask }) => {
    const page = await ask<Page<ListedWorkflow>>('listWorkflows', { query: asQuery(args) });
    const items = page.items.map((one) => ({
      ...{ name: one.name, version: one.latest_version, title: one.title, description: one.description },
      archived: one.archived_at !== null,
    }));
    return {
      data: { items, next_cursor: page.next_cursor },
      rest: 'Narrow it by `search`, or take a smaller `limit`.',
    };
  },
});

const get = tool({
  name: 'get_workflow',
  title: 'Look at a definition',
  description:
    'One definition: the inputs that a run of it takes, its steps and what they depend on, its newest versions; with `source` its text. Look at the inputs before run_workflow.',
  scope: 'read',
  operations: ['getWorkflow', 'getWorkflowVersion', 'listWorkflowVersions'],
  input: z.strictObject({ name, source: z.boolean().default(false).meta({ description: 'With its text.' }) }),
  run: async (args, { ask }) => {
    const { selected, ...workflow } = await ask<WorkflowDetail>('getWorkflow', {
      params: { name: args.name },
    });
    const of = { name: workflow.name };
    const versions = await ask<Page<WorkflowVersion>>('listWorkflowVersions', {
      params: of,
      query: { limit: '10' },
    });
    const text = args.source
      ? await ask<VersionDetail>('getWorkflowVersion', { params: { ...of, version: selected.version } })
      : undefined;
    const newest = versions.items.map(({ version, created_at: at }) => ({ version, created_at: at }));
    return {
      data: { ...workflow, selected, versions: newest, ...(text !== undefined && { source: text.source }) },
      rest: 'The resource baton://definitions/NAME has the text whole.',
    };
  },
});

const validate = tool({
  name: 'validate_workflow',
  title: 'Check a definition',
  description:
    'Everything that is wrong with the text of a definition, with line, column and what to do. Changes nothing. Use it before publish_workflow, and again until there are no errors.',
  scope: 'read',
  operations: ['validateWorkflow'],
  input: z.strictObject({ definition }),
  output: z.object({ valid: z.boolean(), errors: details, warnings: details }),
  run: async ({ definition: body }, { ask }) => ({
    data: await ask<Validation>('validateWorkflow', { body }),
    rest: 'Mend these first, then check again.',
  }),
});

const publish = tool({
  name: 'publish_workflow',
  title: 'Publish a definition',
  description:
    'Publishes the text of a definition as a version of its own that can be run from then on; versions are never changed, so another text needs another `version`. Exactly the same text again changes nothing.',
  scope: 'author',
  idempotent: true,
  operations: ['publishWorkflow'],
  input: z.strictObject({ definition, by: acting.by }),
  run: async ({ definition: body, by }, call) => ({
    data: await call.ask<Published>('publishWorkflow', { body, query: { by: by ?? call.by } }),
  }),
});

const archive = tool({
  name: 'archive_workflow',
  title: 'Archive a definition, or take it back',
  description:
    'Takes a definition out of use: no new runs start, open ones go on. With `archived: false` it is in use again.',
  scope: 'author',
  destructive: true,
  idempotent: true,
  operations: ['archiveWorkflow', 'unarchiveWorkflow'],
  input: z.strictObject({ name: WorkflowName, archived: z.boolean().default(true), by: acting.by }),
  run: async ({ name: workflow, archived, by }, call) => ({
    data: await call.ask<Workflow>(archived ? 'archiveWorkflow' : 'unarchiveWorkflow', {
      params: { name: workflow },
      query: { by: by ?? call.by },
    }),
  }),
});

export const definitionTools: readonly Tool[] = [list, get, validate, publish, archive];
