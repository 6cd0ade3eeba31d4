/** Questions to people: over all runs, of one, and their answers. */
import { decodeCursor, pageOf } from '../cursor.ts';
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { listQuestions, type QuestionSelection } from '../queries/list-questions.ts';
import { answerQuestion } from '../runs/answer-question.ts';
import { readTarget } from '../runs/find-target.ts';
import { pageSchema } from '../../contract/common.ts';
import { AnswerCommand, Question, QuestionFilter, RunQuestionFilter } from '../../contract/question.ts';
import { RunParams } from '../../contract/params.ts';
import type { Services } from '../services.ts';
import { questionJson, type QuestionRow } from '../views/question.ts';
import { COMMAND_PROBLEMS, COMMAND_RESPONSES, commandReply } from './commands.ts';

const all = endpoint({
  method: 'get',
  path: '/questions',
  operation: 'listQuestions',
  tag: 'questions',
  summary: 'List the questions of all runs that wait for people, oldest first',
  query: QuestionFilter,
  responses: { 200: { description: 'A page of questions.', schema: pageSchema(Question) } },
  problems: ['invalid_cursor'],
  handle: async ({ query, services }) => reply(200, await page(services, query)),
});

const ofRun = endpoint({
  method: 'get',
  path: '/runs/:id/questions',
  operation: 'listRunQuestions',
  tag: 'questions',
  summary: 'List the questions of a run, oldest first: closed ones too',
  params: RunParams,
  query: RunQuestionFilter,
  responses: { 200: { description: 'A page of questions.', schema: pageSchema(Question) } },
  problems: ['run_not_found', 'invalid_cursor'],
  handle: async ({ params: { id }, query, services }) => {
    const found = await page(services, { ...query, run: id });
    if (found.items.length === 0) await readTarget(services, id);
    return reply(200, found);
  },
});

async function page(
  services: Services,
  filter: QuestionSelection & { readonly cursor?: string | undefined },
) {
  const after = filter.cursor === undefined ? undefined : decodeCursor('questions', filter.cursor);
  const rows = await services.store.all<QuestionRow>(listQuestions(filter, after));
  return pageOf('questions', rows, filter.limit, questionJson, (row) => [row.position, row.run_id, row.id]);
}

const answer = endpoint({
  method: 'post',
  path: '/runs/:id/answers',
  operation: 'answerQuestion',
  action: 'answer',
  lane: 'command',
  tag: 'questions',
  summary: 'Answer a question of a run',
  params: RunParams,
  body: { kind: 'json', schema: AnswerCommand },
  responses: COMMAND_RESPONSES,
  problems: [...COMMAND_PROBLEMS, 'question_not_found', 'question_closed', 'answer_invalid'],
  handle: async ({ params, body, services, note }) => {
    const message = { ...body, id: body.id ?? crypto.randomUUID() };
    note({ detail: { message_id: message.id, question: body.question } });
    return commandReply(message.id, await answerQuestion(services, params.id, message));
  },
});

export const questionRoutes: readonly Endpoint[] = [all, ofRun, answer];
