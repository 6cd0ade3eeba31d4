/**
 * Routes under `/api/workflows`, where `:id` is a run's: for pages that know the conversation by these. The handlers are
 * those of `/api/v1`; the messages have a form of their own.
 */
import type { z } from 'zod';
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { Thread, ThreadAnswer, ThreadFilter, type MessageAnswer } from '../../contract/message.ts';
import { Run } from '../../contract/run.ts';
import { threadMessageJson } from '../../service/index.ts';
import { cancelRoute, pauseRoute, resumeRoute } from './steering/commands.ts';
import { postMessage } from './messages.ts';
import { RunParams } from '../../contract/shared/params.ts';

const get = endpoint({
  method: 'get',
  path: '/workflows/:id',
  operation: 'getWorkflowRun',
  tag: 'conversation',
  summary: 'Get a run',
  params: RunParams,
  responses: { 200: { description: 'The run.', schema: Run } },
  problems: ['run_not_found'],
  handle: async ({ params, service }) => reply(200, await service.getRunAlone(params.id)),
});

const list = endpoint({
  method: 'get',
  path: '/workflows/:id/messages',
  operation: 'listWorkflowMessages',
  tag: 'conversation',
  summary: 'List the conversation of a run',
  params: RunParams,
  query: ThreadFilter,
  responses: { 200: { description: 'The messages, oldest first.', schema: Thread } },
  problems: ['run_not_found'],
  handle: async ({ params, query, service }) => {
    const { items, next_cursor } = await service.listRunMessages(params.id, query);
    return reply(200, { messages: items.map(threadMessageJson), next_cursor });
  },
});

/** The answer to a message, in the form of these routes. */
function threadAnswer(answer: z.output<typeof MessageAnswer>): z.output<typeof ThreadAnswer> {
  const { message } = answer;
  return {
    ...answer,
    messageId: message && message.seq,
    message_id: answer.messageId,
    message: message && threadMessageJson(message),
    workflow_id: answer.run_id,
  };
}

export const threadRoutes: readonly Endpoint[] = [
  get,
  cancelRoute('delete', '/workflows/:id', 'cancelWorkflow'),
  list,
  postMessage({
    path: '/workflows/:id/messages',
    operation: 'postWorkflowMessage',
    schema: ThreadAnswer,
    json: threadAnswer,
  }),
  pauseRoute('/workflows/:id/pause', 'pauseWorkflow'),
  resumeRoute('/workflows/:id/unpause', 'unpauseWorkflow'),
];
