/** What agents did: their model calls and their transcripts. */
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { CallFilter, CallPage, SessionFilter, SessionMessage } from '../../contract/call.ts';
import { pageSchema } from '../../contract/shared/common.ts';
import { RunParams, SessionParams } from '../../contract/shared/params.ts';

const calls = endpoint({
  method: 'get',
  path: '/runs/:id/calls',
  operation: 'listRunCalls',
  tag: 'agents',
  summary: 'List the model calls of a run, failed and lost ones too, with their sums',
  params: RunParams,
  query: CallFilter,
  responses: {
    200: {
      description: 'A page of calls in the order of their start.',
      schema: CallPage,
    },
  },
  problems: ['run_not_found', 'invalid_cursor'],
  handle: async ({ params, query, service }) => reply(200, await service.listRunCalls(params.id, query)),
});

const transcript = endpoint({
  method: 'get',
  path: '/sessions/:id/messages',
  operation: 'listSessionMessages',
  tag: 'agents',
  summary: 'List the transcript of a session, from its beginning to the head of a branch',
  params: SessionParams,
  query: SessionFilter,
  responses: { 200: { description: 'A page of entries.', schema: pageSchema(SessionMessage) } },
  problems: ['session_not_found', 'invalid_cursor'],
  handle: async ({ params, query, service }) =>
    reply(200, await service.listSessionMessages(params.id, query)),
});

export const callRoutes: readonly Endpoint[] = [calls, transcript];
