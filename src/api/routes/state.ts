/** The state of a run at a point of its record. */
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { RunStateAt, StateQuery } from '../../contract/state.ts';
import { RunParams } from '../../contract/shared/params.ts';

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

export const stateRoutes: readonly Endpoint[] = [state];
