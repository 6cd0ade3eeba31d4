/** Questions to people: over all runs, of one, and their answers. */
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { pageSchema } from '../../contract/shared/common.ts';
import { AnswerCommand, Question, QuestionFilter, RunQuestionFilter } from '../../contract/question.ts';
import { COMMAND_PROBLEMS, COMMAND_RESPONSES, takenReply } from './steering/commands.ts';
import { RunParams } from '../../contract/shared/params.ts';

const all = endpoint({
  method: 'get',
  path: '/questions',
  operation: 'listQuestions',
  tag: 'questions',
  summary: 'List the questions of all runs that wait for people, oldest first',
  query: QuestionFilter,
  responses: { 200: { description: 'A page of questions.', schema: pageSchema(Question) } },
  problems: ['invalid_cursor'],
  handle: async ({ query, service }) => reply(200, await service.listQuestions(query)),
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
  handle: async ({ params, query, service }) => reply(200, await service.listRunQuestions(params.id, query)),
});

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
  handle: async ({ params, body, service }) => takenReply(await service.answerQuestion(params.id, body)),
});

export const questionRoutes: readonly Endpoint[] = [all, ofRun, answer];
