/**
 * A continuation that comes to an open run whose agent waits at a limit (`on_limit: ask`): it is the answer to that
 * question.
 */
import { ConflictError } from '../../errors/errors.ts';
import type { Json } from '../../plan/json.ts';
import type { LimitAnswer } from '../../protocol/question.ts';
import { listQuestions } from '../messages/queries/list-questions.ts';
import type { ContinueRun } from '../../contract/continue.ts';
import type { Services } from '../services.ts';
import type { QuestionRow } from '../views/question.ts';
import type { RunRow } from '../views/run.ts';
import { namedStep } from './choose-continued-step.ts';
import type { Continued, ContinueRequest } from './continue-request.ts';
import { keyMark } from '../starting/idempotency.ts';
import { sendCommand } from '../messages/send-command.ts';

const LIMIT = { kind: ['limit'], status: ['open'], limit: 50 } as const;

/** @throws ConflictError `run_still_working` when no agent, or more than one that could be meant, waits at a limit. */
export async function raiseLimit(
  services: Services,
  row: RunRow,
  { body, key }: ContinueRequest,
): Promise<Continued> {
  const step = await namedStep(services.store, row.id, body);
  const selection = { ...LIMIT, run: row.id, step: step ?? undefined };
  const questions = await services.store.all<QuestionRow>(listQuestions(selection));
  const [question] = questions;
  if (question === undefined || questions.length > 1) throw stillWorking(row, questions);
  const { receipt, run } = await sendCommand(services, row.id, {
    id: key === undefined ? crypto.randomUUID() : `continue-${keyMark(key)}`,
    action: 'answer',
    question: question.id,
    answer: raiseOf(body) as Json,
    ...(body.by !== undefined && { by: body.by }),
  });
  return { run, projected: receipt !== null, replayed: false };
}

/** The answer to a question about a limit. */
function raiseOf({ additional_turns, additional_budget, message }: ContinueRun): LimitAnswer {
  return {
    ...(additional_turns !== undefined && { additional_turns }),
    ...(additional_budget !== undefined && { additional_budget: budgetOf(additional_budget) }),
    ...(message !== undefined && { message }),
  };
}

type Budget = NonNullable<ContinueRun['additional_budget']>;

function budgetOf({ tokens, cost_usd, duration }: Budget): NonNullable<LimitAnswer['additional_budget']> {
  return {
    ...(tokens !== undefined && { tokens }),
    ...(cost_usd !== undefined && { cost_usd }),
    ...(duration !== undefined && { duration }),
  };
}

function stillWorking({ id, status }: RunRow, questions: readonly QuestionRow[]): ConflictError {
  const steps = questions.map((question) => question.step);
  const message =
    steps.length === 0
      ? `Run "${id}" is ${status}. Wait until it has ended, or cancel it first.`
      : `Run "${id}" is ${status}, and several agents wait at a limit. Name one as "step": ${steps.join(', ')}.`;
  return new ConflictError('run_still_working', message);
}
