/** Graphs of runs and of versions, with where each step is drawn. */
import { endpoint, reply, type Endpoint } from '../../http/endpoint.ts';
import { Graph } from '../../../contract/runs/graph.ts';
import { RunParams, VersionParams } from '../../../contract/shared/params.ts';

const responses = {
  200: { description: 'The graph, drawn at the first look and kept.', schema: Graph },
} as const;

const ofRun = endpoint({
  method: 'get',
  path: '/runs/:id/graph',
  operation: 'getRunGraph',
  tag: 'runs',
  summary: 'Get the steps of a run as a graph, with where each is drawn',
  params: RunParams,
  responses,
  problems: ['run_not_found', 'run_archived'],
  handle: async ({ params, service }) => reply(200, await service.getRunGraph(params.id)),
});

const ofVersion = endpoint({
  method: 'get',
  path: '/workflows/:name/versions/:version/graph',
  operation: 'getVersionGraph',
  tag: 'workflows',
  summary: 'Get the steps of a version as a graph, with where each is drawn',
  params: VersionParams,
  responses,
  problems: ['workflow_not_found', 'version_not_found'],
  handle: async ({ params, service }) =>
    reply(200, await service.getVersionGraph(params.name, params.version)),
});

export const graphRoutes: readonly Endpoint[] = [ofRun, ofVersion];
