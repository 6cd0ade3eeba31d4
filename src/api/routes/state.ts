/** The state of a run at a point of its record. */
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { assertDetails, readTarget } from '../runs/find-target.ts';
import { RunStateAt, StateQuery } from '../../contract/state.ts';
import { readState } from '../state/read-state.ts';
import { eventNotFound, runIdParams } from './run-params.ts';

const state = endpoint({
  method: 'get',
  path: '/runs/:id/state',
  operation: 'getRunState',
  tag: 'runs',
  summary: 'Get the state of a run as it was after one of its events',
  params: runIdParams,
  query: StateQuery,
  responses: { 200: { description: 'The state.', schema: RunStateAt } },
  problems: ['run_not_found', 'event_not_found', 'run_archived'],
  handle: async ({ params: { id }, query, services }) => {
    const { run } = await readTarget(services, id);
    assertDetails(run);
    const seq = query.at ?? run.last_seq;
    if (seq > run.last_seq) throw await eventNotFound(services, id, seq);
    const state = await readState(services.store, id, seq);
    if (state === undefined) throw await eventNotFound(services, id, seq);
    return reply(200, state);
  },
});

export const stateRoutes: readonly Endpoint[] = [state];
