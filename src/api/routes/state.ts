/** The state of a run at a point of its record. */
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { assertDetails, readTarget } from '../runs/find-target.ts';
import { RunStateAt, StateQuery } from '../../contract/state.ts';
import { RunParams } from '../../contract/params.ts';
import { readState } from '../state/read-state.ts';
import { eventNotFound } from './not-found.ts';

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
  handle: async ({ params: { id }, query, services }) => {
    const { run } = await readTarget(services, id);
    assertDetails(run);
    const seq = query.at ?? run.last_seq;
    if (seq > run.last_seq) throw await eventNotFound(services, id, seq);
    return reply(200, await readState(services.store, id, seq));
  },
});

export const stateRoutes: readonly Endpoint[] = [state];
