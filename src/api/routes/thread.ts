/**
 * Routes under `/api/workflows`, where `:id` is a run's: for pages that know the conversation by these. The handlers are
 * those of `/api/v1`; the messages have a form of their own.
 */
import type { z } from 'zod';
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { readTarget } from '../runs/find-target.ts';
import { Thread, ThreadAnswer, ThreadFilter } from '../../contract/message.ts';
import { Run } from '../../contract/run.ts';
import { RunParams } from '../../contract/params.ts';
import { threadMessageJson } from '../views/message.ts';
import { cancelRoute, pauseRoute, resumeRoute } from './commands.ts';
import { answerJson, postMessage, readThread, type Said } from './messages.ts';

const get = endpoint({
  method: 'get',
  path: '/workflows/:id',
  operation: 'getWorkflowRun',
  tag: 'conversation',
  summary: 'Get a run',
  params: RunParams,
  responses: { 200: { description: 'The run.', schema: Run } },
  problems: ['run_not_found'],
  handle: async ({ params, services }) => reply(200, (await readTarget(services, params.id)).run),
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
  handle: async ({ params, query, services }) => {
    const { rows, next_cursor } = await readThread(services, params.id, query);
    return reply(200, { messages: rows.map(threadMessageJson), next_cursor });
  },
});

/** The answer to a message, in the form of these routes. */
function threadAnswer(said: Said): z.output<typeof ThreadAnswer> {
  const { runId, id, receipt } = said;
  return {
    ...answerJson(said),
    messageId: receipt && receipt.seq,
    message_id: id,
    message: receipt && threadMessageJson(receipt),
    workflow_id: runId,
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
