/**
 * Answers a question of a run: the `answer` command, after what can be told from the tables was checked.
 *
 * A retry under the id of an answer that has its receipt gets that receipt, though the question is closed by then.
 */
import { ConflictError, NotFoundError } from '../../errors/errors.ts';
import { findReceipt } from '../queries/find-receipt.ts';
import { listQuestions } from '../queries/list-questions.ts';
import type { AnswerCommand } from '../schemas/question.ts';
import type { Services } from '../services.ts';
import { questionJson, type QuestionRow } from '../views/question.ts';
import { checkAnswer } from './check-answer.ts';
import { readTarget } from './find-target.ts';
import { sendCommand, type Command, type Commanded } from './send-command.ts';

/**
 * @throws NotFoundError `run_not_found`, `question_not_found`; InvalidError `answer_invalid`; ConflictError
 *   `question_closed`, `run_closed`, `command_refused`; UnavailableError.
 */
export async function answerQuestion(
  services: Services,
  runId: string,
  body: AnswerCommand & { readonly id: string },
): Promise<Commanded> {
  const { question, reason, by, id } = body;
  const known = { id, action: 'answer', question } as const;
  if ((await services.store.first(findReceipt(runId, id))) !== undefined) {
    return sendCommand(services, runId, known);
  }
  const row = await services.store.first<QuestionRow>(listQuestions({ run: runId, id: question, limit: 1 }));
  if (row === undefined) throw await questionNotFound(services, runId, question);
  if (row.status !== 'open') throw questionClosed(runId, row);
  const command: Command = {
    ...known,
    ...checkAnswer(questionJson(row), body),
    ...(reason !== undefined && { reason }),
    ...(by !== undefined && { by }),
  };
  return sendCommand(services, runId, command);
}

async function questionNotFound(services: Services, runId: string, id: string): Promise<NotFoundError> {
  await readTarget(services, runId);
  const hint = `GET /runs/${encodeURIComponent(runId)}/questions lists them.`;
  return new NotFoundError('question_not_found', `Run "${runId}" has no question "${id}". ${hint}`);
}

function questionClosed(runId: string, { id, status }: QuestionRow): ConflictError {
  return new ConflictError(
    'question_closed',
    `Question "${id}" of run "${runId}" is ${status}: it takes no answer.`,
  );
}
