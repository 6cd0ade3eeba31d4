/** Publishing and reading workflows. */
import { NotFoundError } from '../../errors/errors.ts';
import { decodeCursor, pageOf } from '../cursor.ts';
import type { CompileOptions } from '../../definition/index.ts';
import { DEFINITION_TYPES, compileOrRefuse, formatOf, type Format } from '../definitions.ts';
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { publish } from '../publish.ts';
import { findWorkflow } from '../queries/find-workflow.ts';
import { listVersionSteps } from '../queries/list-version-steps.ts';
import { listVersions } from '../queries/list-versions.ts';
import { listWorkflows } from '../queries/list-workflows.ts';
import { setArchived } from '../queries/set-archived.ts';
import { chooseVersion, splitName } from '../runs/choose-version.ts';
import { pageSchema } from '../../contract/common.ts';
import { VersionParams, WorkflowParams } from '../../contract/params.ts';
import {
  DefinitionText,
  PublishOptions,
  Published,
  Validation,
  VersionDetail,
  VersionFilter,
  Workflow,
  WorkflowDetail,
  WorkflowFilter,
  type WorkflowStep,
  WorkflowVersion,
} from '../../contract/workflow.ts';
import type { Services } from '../services.ts';
import type { Rows } from '../store.ts';
import { versionJson, workflowJson, type VersionRow, type WorkflowRow } from '../views/workflow.ts';

const definition = {
  kind: 'text',
  types: DEFINITION_TYPES,
  schema: DefinitionText,
} as const;

/** What any compilation may be refused for. */
const COMPILING = ['agents_unreadable', 'definition_too_costly', 'compiler_busy'] as const;

async function optionsOf(
  format: Format,
  { file }: { readonly file?: string | undefined },
  services: Pick<Services, 'agentFiles'>,
): Promise<CompileOptions> {
  return { format, agents: await services.agentFiles(), ...(file !== undefined && { file }) };
}

const publishRoute = endpoint({
  method: 'post',
  path: '/workflows',
  operation: 'publishWorkflow',
  action: 'publish',
  tag: 'workflows',
  summary: 'Publish a definition',
  query: PublishOptions,
  body: definition,
  responses: {
    201: { description: 'A new version.', schema: Published },
    200: { description: 'Exactly this was published before.', schema: Published },
  },
  problems: [...COMPILING, 'definition_invalid', 'version_exists', 'workflow_archived'],
  handle: async ({ body: source, query, request, services, note }) => {
    const format = formatOf(request.get('content-type'));
    const options = await optionsOf(format, query, services);
    const { plan, warnings } = await compileOrRefuse(services.compiler, source, options);
    note({ workflow: plan.name, detail: { version: plan.version, hash: plan.hash } });
    const version = { plan, source, format, publishedBy: query.by ?? null };
    const { row, created } = await publish(services.store, version);
    const location = `/api/v1/workflows/${encodeURIComponent(row.workflow)}/versions/${encodeURIComponent(row.version)}`;
    return reply(created ? 201 : 200, { ...versionJson(row), warnings }, { Location: location });
  },
});

const validate = endpoint({
  method: 'post',
  path: '/workflows/validate',
  operation: 'validateWorkflow',
  action: null,
  tag: 'workflows',
  summary: 'Say everything that is wrong with a definition',
  query: PublishOptions.pick({ file: true }),
  body: definition,
  responses: { 200: { description: 'Valid or not.', schema: Validation } },
  problems: COMPILING,
  handle: async ({ body, query, request, services }) => {
    const format = formatOf(request.get('content-type'));
    return reply(200, await services.compiler.validate(body, await optionsOf(format, query, services)));
  },
});

const list = endpoint({
  method: 'get',
  path: '/workflows',
  operation: 'listWorkflows',
  tag: 'workflows',
  summary: 'List workflows by name',
  query: WorkflowFilter,
  responses: { 200: { description: 'A page of workflows.', schema: pageSchema(Workflow) } },
  problems: ['invalid_cursor'],
  handle: async ({ query, services }) => {
    const after = query.cursor === undefined ? undefined : decodeCursor('workflows', query.cursor);
    const rows = await services.store.all<WorkflowRow>(listWorkflows(query, after));
    return reply(
      200,
      pageOf('workflows', rows, query.limit, workflowJson, (row) => [row.name]),
    );
  },
});

const get = endpoint({
  method: 'get',
  path: '/workflows/:name',
  operation: 'getWorkflow',
  tag: 'workflows',
  summary: 'Get a workflow by name or name@version',
  params: WorkflowParams,
  responses: { 200: { description: 'The workflow with one version of it.', schema: WorkflowDetail } },
  problems: ['workflow_not_found', 'version_not_found'],
  handle: async ({ params, services: { store } }) => {
    const { plan, source: _, archived_at: __, ...version } = await chooseVersion(store, params.name);
    const workflow = await findOrThrow(store, version.workflow);
    const steps = await store.all<WorkflowStep>(listVersionSteps(version.workflow, version.version));
    const selected = { ...versionJson(version), inputs: plan.inputs, steps };
    return reply(200, { ...workflowJson(workflow), selected });
  },
});

const versions = endpoint({
  method: 'get',
  path: '/workflows/:name/versions',
  operation: 'listWorkflowVersions',
  tag: 'workflows',
  summary: 'List the versions of a workflow, newest first',
  params: WorkflowParams,
  query: VersionFilter,
  responses: { 200: { description: 'A page of versions.', schema: pageSchema(WorkflowVersion) } },
  problems: ['workflow_not_found', 'invalid_cursor'],
  handle: async ({ params, query, services: { store } }) => {
    const [before] = query.cursor === undefined ? [] : decodeCursor('versions', query.cursor);
    await findOrThrow(store, params.name);
    const ordinal = before === undefined ? undefined : Number(before);
    const rows = await store.all<VersionRow>(listVersions(params.name, query.limit, ordinal));
    return reply(
      200,
      pageOf('versions', rows, query.limit, versionJson, (row) => [String(row.ordinal)]),
    );
  },
});

const version = endpoint({
  method: 'get',
  path: '/workflows/:name/versions/:version',
  operation: 'getWorkflowVersion',
  tag: 'workflows',
  summary: 'Get a version, by its number or plan hash, with text and plan',
  params: VersionParams,
  responses: { 200: { description: 'The version.', schema: VersionDetail } },
  problems: ['workflow_not_found', 'version_not_found'],
  handle: async ({ params, services: { store } }) => {
    const { archived_at: _, ...found } = await chooseVersion(store, params.name, params.version);
    return reply(200, versionJson(found));
  },
});

const archiving = (verb: 'archive' | 'unarchive', summary: string) =>
  endpoint({
    method: 'post',
    path: `/workflows/:name/${verb}`,
    operation: `${verb}Workflow`,
    action: verb,
    tag: 'workflows',
    summary,
    params: WorkflowParams,
    query: PublishOptions.pick({ by: true }),
    responses: { 200: { description: 'The workflow as it is now.', schema: Workflow } },
    problems: ['workflow_not_found'],
    handle: async ({ params, services: { store } }) => {
      await store.all(setArchived(params.name, verb === 'archive'));
      return reply(200, workflowJson(await findOrThrow(store, params.name)));
    },
  });

async function findOrThrow(rows: Rows, text: string): Promise<WorkflowRow> {
  const row = await rows.first<WorkflowRow>(findWorkflow(splitName(text).name));
  if (row !== undefined) return row;
  throw new NotFoundError(
    'workflow_not_found',
    `There is no workflow "${text}". Publish a definition of that name.`,
  );
}

export const workflowRoutes: readonly Endpoint[] = [
  publishRoute,
  list,
  validate,
  get,
  versions,
  version,
  archiving('archive', 'Take a workflow out of use: it takes no new runs, open ones go on'),
  archiving('unarchive', 'Put an archived workflow back into use'),
];
