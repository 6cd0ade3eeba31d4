/** The conversation of a run: reading it, and taking part in it. */
import type { z } from 'zod';
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import type { ProblemCode } from '../../contract/problem-codes.ts';
import { listMessages } from '../queries/list-messages.ts';
import { actionTaken } from '../runs/action-taken.ts';
import { answerByMessage } from '../runs/answer-by-message.ts';
import { composeMessage, composeRedirect } from '../runs/compose-message.ts';
import { findThreadMessage } from '../runs/find-thread-message.ts';
import { readTarget } from '../runs/find-target.ts';
import { redirectRun } from '../runs/redirect-run.ts';
import type { Command } from '../runs/command.ts';
import { sendCommand, type Commanded } from '../runs/send-command.ts';
import { withdrawMessage } from '../runs/withdraw-message.ts';
import { pageSchema } from '../../contract/common.ts';
import {
  MessageAnswer,
  MessageFilter,
  PostMessage,
  RedirectCommand,
  RunMessage,
  WithdrawOptions,
  type PostMessage as Posted,
} from '../../contract/message.ts';
import { MessageParams, RunParams } from '../../contract/params.ts';
import type { Services } from '../services.ts';
import { messageJson, type MessageRow } from '../views/message.ts';
import { COMMAND_PROBLEMS } from './commands.ts';

const list = endpoint({
  method: 'get',
  path: '/runs/:id/messages',
  operation: 'listRunMessages',
  tag: 'conversation',
  summary: 'List the conversation of a run: what people say, with receipts, and what agents say they do',
  params: RunParams,
  query: MessageFilter,
  responses: { 200: { description: 'A page of messages, oldest first.', schema: pageSchema(RunMessage) } },
  problems: ['run_not_found'],
  handle: async ({ params, query, services }) => {
    const { rows, next_cursor } = await readThread(services, params.id, query);
    return reply(200, { items: rows.map(messageJson), next_cursor });
  },
});

/** A page of a run's thread. @throws NotFoundError `run_not_found`. */
export async function readThread(services: Services, runId: string, filter: MessageFilter) {
  const rows = await services.store.all<MessageRow>(listMessages(runId, filter));
  if (rows.length === 0) await readTarget(services, runId);
  const next = rows.length > filter.limit ? rows[filter.limit - 1]?.seq : undefined;
  return { rows: rows.slice(0, filter.limit), next_cursor: next === undefined ? null : String(next) };
}

const get = endpoint({
  method: 'get',
  path: '/runs/:id/messages/:message_id',
  operation: 'getRunMessage',
  tag: 'conversation',
  summary: 'Get a message with its receipt',
  params: MessageParams,
  responses: { 200: { description: 'The message.', schema: RunMessage } },
  problems: ['run_not_found', 'message_not_found', 'run_archived'],
  handle: async ({ params, services }) =>
    reply(200, messageJson(await findThreadMessage(services, params.id, params.message_id))),
});

const POST_PROBLEMS: readonly ProblemCode[] = [
  ...COMMAND_PROBLEMS,
  'message_too_large',
  'question_not_found',
  'question_closed',
  'question_ambiguous',
  'answer_invalid',
  'inputs_too_large',
  'inputs_invalid',
];
const answersOf = (schema: z.ZodType) => ({
  200: { description: 'The run has it: `message` is its receipt.', schema },
  202: { description: 'Taken; the run has not come to it yet.', schema },
});

/** Where a route by which people take part stands, and how it says what came of it. */
interface PostRoute {
  readonly path: `/${string}/:id/messages`;
  readonly operation: string;
  readonly schema: z.ZodType;
  readonly json: (said: Said) => object;
}

export const postMessage = ({ path, operation, schema, json }: PostRoute): Endpoint =>
  endpoint({
    method: 'post',
    path,
    operation,
    action: 'message',
    tag: 'conversation',
    lane: 'command',
    summary: 'Say something to a run: for people, for its agents, or as a command',
    params: RunParams,
    body: { kind: 'json', schema: PostMessage },
    responses: answersOf(schema),
    problems: POST_PROBLEMS,
    handle: async ({ params, body, services, note }) => {
      const id = body.id ?? crypto.randomUUID();
      note({ action: body.action_type, detail: { message_id: id } });
      const said = await post(services, params.id, body, id);
      return reply(said.receipt === null ? 202 : 200, json(said));
    },
  });

async function post(services: Services, runId: string, body: Posted, id: string): Promise<Said> {
  if (body.action_type === 'answer') {
    const command = { id, action: 'answer' } as const;
    return saidBy(runId, command, await answerByMessage(services, runId, body, id));
  }
  return send(services, runId, composeMessage(body, id));
}

const redirect = endpoint({
  method: 'post',
  path: '/runs/:id/redirect',
  operation: 'redirectRun',
  action: 'redirect',
  lane: 'command',
  tag: 'commands',
  summary: 'Redirect a run: another run takes its place, with a new task',
  params: RunParams,
  body: { kind: 'json', schema: RedirectCommand },
  responses: answersOf(MessageAnswer),
  problems: [...COMMAND_PROBLEMS, 'message_too_large', 'inputs_too_large', 'inputs_invalid'],
  handle: async ({ params, body, services, note }) => {
    const id = body.id ?? crypto.randomUUID();
    note({ detail: { message_id: id } });
    const said = await send(services, params.id, composeRedirect(body, id));
    return reply(said.receipt === null ? 202 : 200, answerJson(said));
  },
});

async function send(services: Services, runId: string, command: Command): Promise<Said> {
  if (command.action !== 'redirect') {
    return saidBy(runId, command, await sendCommand(services, runId, command));
  }
  const { newRunId, ...commanded } = await redirectRun(services, runId, command);
  return saidBy(runId, command, commanded, newRunId);
}

/** A message that was sent, and what came of it. */
export interface Said {
  readonly runId: string;
  readonly id: string;
  readonly taken: string;
  readonly receipt: MessageRow | null;
  /** Of a redirect only. */
  readonly newRunId?: string | null;
}

function saidBy(
  runId: string,
  { id, action }: Pick<Command, 'id' | 'action'>,
  commanded: Commanded,
  newRunId?: string | null,
): Said {
  const taken = actionTaken(action, commanded, newRunId);
  return { runId, id, taken, receipt: commanded.receipt, ...(newRunId !== undefined && { newRunId }) };
}

export function answerJson({ runId, id, taken, receipt, newRunId }: Said): z.output<typeof MessageAnswer> {
  return {
    success: true,
    messageId: id,
    actionTaken: taken,
    message: receipt && messageJson(receipt),
    run_id: runId,
    ...(newRunId !== undefined && { newRunId }),
  };
}

const withdraw = endpoint({
  method: 'delete',
  path: '/runs/:id/messages/:message_id',
  operation: 'withdrawMessage',
  action: 'withdraw',
  lane: 'command',
  tag: 'conversation',
  summary: 'Withdraw an instruction that no agent has read',
  params: MessageParams,
  query: WithdrawOptions,
  responses: {
    200: { description: 'Withdrawn: the message as it is now.', schema: RunMessage },
    202: { description: 'The run is asked to; the message as it is.', schema: RunMessage },
  },
  problems: [
    ...COMMAND_PROBLEMS,
    'message_not_found',
    'message_read',
    'message_not_withdrawable',
    'run_archived',
  ],
  handle: async ({ params, query, services, note }) => {
    note({ detail: { message_id: params.message_id } });
    const { done, message } = await withdrawMessage(services, params.id, params.message_id, query.by);
    return reply(done ? 200 : 202, messageJson(message));
  },
});

export const messageRoutes: readonly Endpoint[] = [
  list,
  get,
  postMessage({
    path: '/runs/:id/messages',
    operation: 'postRunMessage',
    schema: MessageAnswer,
    json: answerJson,
  }),
  redirect,
  withdraw,
];
