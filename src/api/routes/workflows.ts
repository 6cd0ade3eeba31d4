/** Publishing and reading workflows. */
import { z } from 'zod';
import { DEFINITION_TYPES, formatOf } from '../http/definition-body.ts';
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { pageSchema } from '../../contract/shared/common.ts';
import { VersionParams, WorkflowParams } from '../../contract/shared/params.ts';
import {
  DefinitionText,
  ListedWorkflow,
  PublishOptions,
  Published,
  Validation,
  VersionDetail,
  VersionFilter,
  Workflow,
  WorkflowDetail,
  WorkflowFilter,
  WorkflowVersion,
} from '../../contract/workflow.ts';
import { StatisticsFilter, WorkflowStatistics } from '../../contract/statistics.ts';

const definition = {
  kind: 'text',
  types: DEFINITION_TYPES,
  schema: DefinitionText,
} as const;

/** What any compilation may be refused for. */
const COMPILING = ['agents_unreadable', 'definition_too_costly', 'compiler_busy'] as const;

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
  problems: [...COMPILING, 'definition_invalid', 'workflow_not_found', 'version_exists', 'workflow_archived'],
  handle: async ({ body: source, query, request, service }) => {
    const format = formatOf(request.get('content-type'));
    const { version, created } = await service.publishWorkflow({ source, format, ...query });
    const location = `/api/v1/workflows/${encodeURIComponent(version.workflow)}/versions/${encodeURIComponent(version.version)}`;
    return reply(created ? 201 : 200, version, { Location: location });
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
  handle: async ({ body: source, query, request, service }) => {
    const format = formatOf(request.get('content-type'));
    return reply(200, await service.validateWorkflow({ source, format, ...query }));
  },
});

const list = endpoint({
  method: 'get',
  path: '/workflows',
  operation: 'listWorkflows',
  tag: 'workflows',
  summary: 'List workflows by name',
  query: WorkflowFilter,
  responses: { 200: { description: 'A page of workflows.', schema: pageSchema(ListedWorkflow) } },
  problems: ['invalid_cursor'],
  handle: async ({ query, service }) => reply(200, await service.listWorkflows(query)),
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
  handle: async ({ params, service }) => reply(200, await service.getWorkflow(params.name)),
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
  handle: async ({ params, query, service }) =>
    reply(200, await service.listWorkflowVersions(params.name, query)),
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
  handle: async ({ params, service }) =>
    reply(200, await service.getWorkflowVersion(params.name, params.version)),
});

const statistics = endpoint({
  method: 'get',
  path: '/workflows/:name/statistics',
  operation: 'getWorkflowStatistics',
  tag: 'workflows',
  summary: 'Get how the last runs of a workflow went, and each of its steps in them',
  params: WorkflowParams,
  query: StatisticsFilter,
  responses: { 200: { description: 'Counts, times and costs.', schema: WorkflowStatistics } },
  problems: ['workflow_not_found', 'version_not_found'],
  handle: async ({ params, query, service }) =>
    reply(200, await service.getWorkflowStatistics(params.name, query)),
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
    query: z.strictObject({ by: PublishOptions.shape.by }),
    responses: { 200: { description: 'The workflow as it is now.', schema: Workflow } },
    problems: ['workflow_not_found'],
    handle: async ({ params, service }) =>
      reply(200, await service.setWorkflowArchived(params.name, verb === 'archive')),
  });

export const workflowRoutes: readonly Endpoint[] = [
  publishRoute,
  list,
  validate,
  get,
  versions,
  version,
  statistics,
  archiving('archive', 'Take a workflow out of use: it takes no new runs, open ones go on'),
  archiving('unarchive', 'Put an archived workflow back into use'),
];
