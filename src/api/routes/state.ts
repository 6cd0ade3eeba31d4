/** The state of a run at a point of its record, and why a step was where it was. */
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { RunStateAt, StateQuery } from '../../contract/past/state.ts';
import { RunParams, StepParams } from '../../contract/shared/params.ts';
import { StepWhy } from '../../contract/past/why.ts';

const state = endpoint({
  method: 'get',
  path: '/runs/:id/state',
  operation: 'getRunState',
  tag: 'runs',
  summary: 'Get the state of a run as it was after one of its events',
  params: RunParams,
  query: StateQuery,
  responses: { 200: { description: 'The state.', schema: RunStateAt } },
  problems: ['run_not_found', 'event_not_found', 'run_archived'],
  handle: async ({ params, query, service }) => reply(200, await service.getRunState(params.id, query.at)),
});

const why = endpoint({
  method: 'get',
  path: '/runs/:id/steps/:key/why',
  operation: 'getStepWhy',
  tag: 'runs',
  summary: 'Get why a step is where it is, or was after an event: each decision with the values that it saw',
  params: StepParams,
  query: StateQuery,
  responses: { 200: { description: 'The decisions, oldest first.', schema: StepWhy } },
  problems: ['run_not_found', 'step_not_found', 'event_not_found', 'run_archived'],
  handle: async ({ params, query, service }) =>
    reply(200, await service.getStepWhy(params.id, params.key, query.at)),
});

export const stateRoutes: readonly Endpoint[] = [state, why];
