/** The conversation of a run: reading it, and taking part in it. */
import type { z } from 'zod';
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import type { ProblemCode } from '../../contract/problem-codes.ts';
import { pageSchema } from '../../contract/shared/common.ts';
import {
  MessageAnswer,
  MessageFilter,
  PostMessage,
  RedirectCommand,
  RunMessage,
  WithdrawOptions,
} from '../../contract/message.ts';
import { COMMAND_PROBLEMS, takenReply } from './steering/commands.ts';
import { MessageParams, RunParams } from '../../contract/shared/params.ts';

const list = endpoint({
  method: 'get',
  path: '/runs/:id/messages',
  operation: 'listRunMessages',
  tag: 'conversation',
  summary: 'List the conversation of a run: what people say, with receipts, and what agents say they do',
  params: RunParams,
  query: MessageFilter,
  responses: {
    200: {
      description: 'A page of messages, oldest first unless `order` says otherwise.',
      schema: pageSchema(RunMessage),
    },
  },
  problems: ['run_not_found'],
  handle: async ({ params, query, service }) => reply(200, await service.listRunMessages(params.id, query)),
});

const get = endpoint({
  method: 'get',
  path: '/runs/:id/messages/:message_id',
  operation: 'getRunMessage',
  tag: 'conversation',
  summary: 'Get a message with its receipt',
  params: MessageParams,
  responses: { 200: { description: 'The message.', schema: RunMessage } },
  problems: ['run_not_found', 'message_not_found', 'run_archived'],
  handle: async ({ params: { id, message_id }, service }) =>
    reply(200, await service.getRunMessage(id, message_id)),
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
  readonly json: (answer: z.output<typeof MessageAnswer>) => object;
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
    handle: async ({ params, body, service }) => {
      const { done, answer } = await service.postMessage(params.id, body);
      return takenReply({ done, answer: json(answer) });
    },
  });

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
  handle: async ({ params, body, service }) => takenReply(await service.redirectRun(params.id, body)),
});

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
  handle: async ({ params: { id, message_id }, query, service }) =>
    takenReply(await service.withdrawMessage(id, message_id, query.by)),
});

export const messageRoutes: readonly Endpoint[] = [
  list,
  get,
  postMessage({
    path: '/runs/:id/messages',
    operation: 'postRunMessage',
    schema: MessageAnswer,
    json: (answer) => answer,
  }),
  redirect,
  withdraw,
];
