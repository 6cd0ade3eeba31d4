/** What people, agents and runs say to each other: the thread of a run, questions and their answers. */
import * as z from 'zod';
import type { CommandAnswer } from '../../contract/command.ts';
import { PostMessage, type MessageAnswer, type RunMessage } from '../../contract/message.ts';
import { AnswerCommand, type Question } from '../../contract/question.ts';
import { storableText, type Page } from '../../contract/shared/common.ts';
import { MAX_MESSAGE_CHARS } from '../../protocol/signals.ts';
import { BriefMessage, briefMessage, threadText } from '../answers/thread.ts';
import { tool, type Tool } from '../tool.ts';
import { acting, asQuery, cursor, given, limit, run } from './arguments.ts';
import { Ordered, ordered } from './ordered.ts';

const thread = tool({
  name: 'list_messages',
  title: 'Read the thread',
  description:
    'The conversation of a run: what people say, with what became of it, and what agents say that they do. The newest first; `before` the `seq` of the last one told goes further back.',
  scope: 'read',
  operations: ['listRunMessages'],
  input: z.strictObject({
    run,
    before: z.number().int().min(1).optional().meta({ description: 'Only entries with a smaller `seq`.' }),
    from: z.enum(['user', 'agent', 'system']).optional().meta({ description: 'Only what these have said.' }),
    limit: limit(100, 30),
  }),
  output: z.object({ messages: z.array(BriefMessage), before: z.string().nullable() }),
  run: async ({ run: id, from, ...query }, { ask }) => {
    const asked = asQuery({ ...query, message_type: from, order: 'desc' });
    const page = await ask<Page<RunMessage>>('listRunMessages', { params: { id }, query: asked });
    return {
      data: { messages: page.items.map(briefMessage), before: page.next_cursor },
      text: threadText(page.items),
      rest: 'Take a smaller `limit`.',
    };
  },
});

const message = tool({
  name: 'send_message',
  title: 'Say something to a run',
  description:
    'Puts a message into the thread of a run. `comment`: for people, agents do not get it. `instruction`: agents at work read it before their next model call (`delivery: interrupt` stops what is under way), `target` names one step or agent.',
  scope: 'steer',
  operations: ['postRunMessage'],
  input: z.strictObject({
    run,
    content: storableText(MAX_MESSAGE_CHARS).min(1),
    kind: z.enum(['comment', 'instruction']).default('comment'),
    target: PostMessage.shape.target,
    delivery: PostMessage.shape.delivery,
    ...acting,
  }),
  output: z.object({ done: z.boolean(), message_id: z.string(), what: z.string() }),
  run: async ({ run: id, kind, by, id: own, ...body }, call) => {
    const { done, answer } = await call.order<MessageAnswer>('postRunMessage', {
      params: { id },
      body: given({ ...body, action_type: kind, by: by ?? call.by, id: own ?? call.key }),
    });
    const { messageId, actionTaken: what } = answer;
    return { data: { done, message_id: messageId, what }, text: `${what} (message ${messageId})` };
  },
});

const withdraw = tool({
  name: 'withdraw_message',
  title: 'Take an instruction back',
  description:
    'Withdraws an instruction that no agent has read yet. `message` is its id or its `seq` in the thread.',
  scope: 'steer',
  destructive: true,
  idempotent: true,
  operations: ['withdrawMessage'],
  input: z.strictObject({ run, message: storableText(1_000).min(1), by: acting.by }),
  run: async ({ run: id, message: message_id, by }, call) => {
    const asked = { params: { id, message_id }, query: { by: by ?? call.by } };
    const { done, answer } = await call.order<RunMessage>('withdrawMessage', asked);
    return { data: { done, message: answer } };
  },
});

const questions = tool({
  name: 'list_questions',
  title: 'List what waits for people',
  description:
    'Questions that runs put to people, the oldest first: what is asked, the form that an answer must fit, the call of a tool that waits for a yes, who may answer. Of all runs the open ones; with `run` of one run.',
  scope: 'read',
  operations: ['listQuestions', 'listRunQuestions'],
  input: z.strictObject({
    run: run.optional(),
    status: z.enum(['open', 'any']).default('open').meta({ description: '`any` only with `run`.' }),
    limit: limit(50, 20),
    cursor,
  }),
  run: async ({ run: id, status, ...page }, { ask }) => {
    const query = asQuery({ ...page, ...(status === 'open' && { status }) });
    const found =
      id === undefined
        ? await ask<Page<Question>>('listQuestions', { query: { ...query, status: 'open' } })
        : await ask<Page<Question>>('listRunQuestions', { params: { id }, query });
    const rest = 'Take a smaller `limit`, or one `run`.';
    return { data: { questions: found.items, next_cursor: found.next_cursor }, rest };
  },
});

const answer = tool({
  name: 'answer_question',
  title: 'Answer a question',
  description:
    'Answers a question of a run (list_questions): `answer` fits its form; where a tool’s call, an edit or a limit waits for a yes, `decision` says it. Only answer what the person you work for has decided.',
  scope: 'steer',
  operations: ['answerQuestion'],
  input: z.strictObject({
    run,
    question: AnswerCommand.shape.question,
    answer: AnswerCommand.shape.answer,
    decision: AnswerCommand.shape.decision,
    reason: AnswerCommand.shape.reason,
    ...acting,
  }),
  output: Ordered,
  run: async ({ run: id, by, id: own, ...body }, call) =>
    ordered(
      await call.order<CommandAnswer>('answerQuestion', {
        params: { id },
        body: given({ ...body, by: by ?? call.by, id: own ?? call.key }),
      }),
    ),
});

export const peopleTools: readonly Tool[] = [thread, message, withdraw, questions, answer];
