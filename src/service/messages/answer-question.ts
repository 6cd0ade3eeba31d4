/**
 * Answers a question of a run: the `answer` command, after what can be told from the tables was checked.
 *
 * A retry under the id of an answer that has its receipt gets that receipt, though the question is closed by then.
 */
import { ConflictError, NotFoundError } from '../../errors/errors.ts';
import { listQuestions } from './queries/list-questions.ts';
import type { AnswerCommand, Question } from '../../contract/question.ts';
import type { Services } from '../services.ts';
import { questionJson, type QuestionRow } from '../views/question.ts';
import { checkAnswer, type GivenAnswer } from './check-answer.ts';
import { given } from './compose-message.ts';
import { readTarget } from '../runs/find-target.ts';
import { sendCommand, type Commanded } from './send-command.ts';

/**
 * @throws NotFoundError `run_not_found`, `question_not_found`; InvalidError `answer_invalid`; ConflictError
 *   `question_closed`, `run_closed`, `command_refused`, `message_id_reused`; UnavailableError.
 */
export async function answerQuestion(
  services: Services,
  runId: string,
  body: AnswerCommand & { readonly id: string },
): Promise<Commanded> {
  const { id, question } = body;
  const isRepeated = (await services.receipts.look(runId, id)) !== undefined;
  const find = isRepeated ? anyQuestion : openQuestion;
  return sendAnswer(services, await find(services, runId, question), body);
}

/** Sends what fits the question. @throws as {@link answerQuestion} does. */
export async function sendAnswer(
  services: Services,
  question: Question,
  { id, by, ...answer }: GivenAnswer & { readonly id: string; readonly by?: string | undefined },
): Promise<Commanded> {
  const checked = checkAnswer(question, answer);
  const { reason } = answer;
  return sendCommand(
    services,
    question.run_id,
    given({ id, action: 'answer', question: question.id, ...checked, reason, by }),
  );
}

/** A question that takes answers. @throws NotFoundError, ConflictError as {@link answerQuestion} does. */
export async function openQuestion(services: Services, runId: string, id: string): Promise<Question> {
  const question = await anyQuestion(services, runId, id);
  if (question.status !== 'open') throw questionClosed(runId, question);
  return question;
}

/** A question, whether or not it is open. @throws NotFoundError as {@link answerQuestion} does. */
export async function anyQuestion(services: Services, runId: string, id: string): Promise<Question> {
  const row = await services.store.first<QuestionRow>(listQuestions({ run: runId, id, limit: 1 }));
  if (row === undefined) throw await questionNotFound(services, runId, id);
  return questionJson(row);
}

async function questionNotFound(services: Services, runId: string, id: string): Promise<NotFoundError> {
  await readTarget(services, runId);
  const hint = `GET /runs/${encodeURIComponent(runId)}/questions lists them.`;
  return new NotFoundError('question_not_found', `Run "${runId}" has no question "${id}". ${hint}`);
}

function questionClosed(runId: string, { id, status }: Question): ConflictError {
  return new ConflictError(
    'question_closed',
    `Question "${id}" of run "${runId}" is ${status}: it takes no answer.`,
  );
}
