/**
 * An answer that comes as a message: which question is meant, and what of the message is the answer.
 *
 * A retry under the id of an answer that has its receipt gets that receipt, though the question is closed by then.
 */
import { ConflictError, NotFoundError } from '../../errors/errors.ts';
import { listQuestions } from './queries/list-questions.ts';
import { isBlank, type PostMessage } from '../../contract/message.ts';
import type { Question } from '../../contract/question.ts';
import type { Services } from '../services.ts';
import { questionJson, type QuestionRow } from '../views/question.ts';
import { anyQuestion, openQuestion, sendAnswer } from './answer-question.ts';
import { readText } from './check-answer.ts';
import { assertShort } from './compose-message.ts';
import { findTarget, runNotFound } from '../runs/find-target.ts';
import { idReused, runClosed } from './refusals.ts';
import type { Commanded } from './send-command.ts';

/** Questions that are named when several could be meant. */
const MAX_NAMED = 20;

/**
 * @throws NotFoundError `run_not_found`, `question_not_found`; TooLargeError `message_too_large`; InvalidError
 *   `answer_invalid`; ConflictError `question_ambiguous`, `question_closed`, `run_closed`,
 *   `command_refused`, `message_id_reused`; UnavailableError.
 */
export async function answerByMessage(
  services: Services,
  runId: string,
  body: PostMessage,
  id: string,
): Promise<Commanded> {
  const { content, by, metadata } = body;
  assertShort({ content });
  const reason = isBlank(content) ? undefined : content;
  const question = await questionMeant(services, runId, id, metadata.question);
  const { decision } = metadata;
  const isText = metadata.answer === undefined && decision === undefined && reason !== undefined;
  const answer = isText ? readText(question, reason) : metadata.answer;
  return sendAnswer(services, question, { id, by, reason, decision, answer });
}

/** A retry of what was meant for the only open question names none either: it means the same one. */
async function questionMeant(
  services: Services,
  runId: string,
  id: string,
  named: string | undefined,
): Promise<Question> {
  const earlier = await services.receipts.look(runId, id);
  if (earlier?.action_type !== undefined && earlier.action_type !== 'answer') throw idReused(runId, { id });
  const { question: before } = (earlier?.metadata ?? {}) as { readonly question?: string };
  const meant = named ?? before;
  if (earlier !== undefined && meant !== undefined) return anyQuestion(services, runId, meant);
  const target = await findTarget(services, runId);
  if (target === undefined) throw runNotFound(runId);
  if (!target.open) throw runClosed(runId);
  return meant === undefined ? onlyQuestion(services, runId) : openQuestion(services, runId, meant);
}

async function onlyQuestion({ store }: Services, runId: string): Promise<Question> {
  const selection = { run: runId, status: ['open'], limit: MAX_NAMED };
  const open = await store.all<QuestionRow>(listQuestions(selection));
  const [only] = open;
  if (only === undefined) {
    throw new NotFoundError('question_not_found', `Run "${runId}" has no open question.`);
  }
  if (open.length > 1) throw ambiguous(runId, open);
  return questionJson(only);
}

function ambiguous(runId: string, open: readonly QuestionRow[]): ConflictError {
  const questions = open.map(({ id, step, preview }) => ({ id, step, preview }));
  const ids = open.map(({ id }) => `"${id}"`).join(', ');
  const message = `Several questions of run "${runId}" are open: ${ids}. Say which as metadata.question.`;
  return new ConflictError('question_ambiguous', message, [], { facts: { questions } });
}
