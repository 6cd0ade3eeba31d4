/**
 * Four routes under `/api/workflows`, where `:id` is a run's: for pages that know the conversation by these. The
 * handlers are those of `/api/v1`; only the list has a form of its own.
 */
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { MessageFilter, Thread } from '../schemas/message.ts';
import { threadMessageJson } from '../views/message.ts';
import { pauseRoute, resumeRoute } from './commands.ts';
import { postMessage, readThread } from './messages.ts';
import { runIdParams } from './run-params.ts';

const list = endpoint({
  method: 'get',
  path: '/workflows/:id/messages',
  operation: 'listWorkflowMessages',
  tag: 'conversation',
  summary: 'List the conversation of a run',
  params: runIdParams,
  query: MessageFilter,
  responses: { 200: { description: 'A page of messages, oldest first.', schema: Thread } },
  problems: ['run_not_found'],
  handle: async ({ params, query, services }) => {
    const { rows, next_cursor } = await readThread(services, params.id, query);
    return reply(200, { messages: rows.map(threadMessageJson), next_cursor });
  },
});

export const threadRoutes: readonly Endpoint[] = [
  list,
  postMessage('/workflows/:id/messages', 'postWorkflowMessage'),
  pauseRoute('/workflows/:id/pause', 'pauseWorkflow'),
  resumeRoute('/workflows/:id/unpause', 'unpauseWorkflow'),
];
