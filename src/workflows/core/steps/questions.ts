/**
 * Open questions to people. A question is asked once, waits without a worker, and is closed once: answered, expired or
 * withdrawn. Who may answer, people/answers.ts says; what an answer leads to, the kind of step that asked.
 */
import type { Address } from '../../../plan/address.ts';
import type { Question, QuestionStatus } from '../../../protocol/question.ts';
import { cancelTimer, change, note, startTimer } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import type { QuestionState } from '../kernel/state.ts';
import { beginningOf } from './anew.ts';

/** A question before the clock is asked. */
export type NewQuestion = Omit<Question, 'askedAt' | 'expiresAt'> & { readonly timeoutMs: number | null };

export function ask(draft: Draft, { timeoutMs, ...asked }: NewQuestion): void {
  const { now } = draft.at;
  const question: Question = {
    ...asked,
    askedAt: now,
    expiresAt: timeoutMs === null ? null : now + timeoutMs,
  };
  const timer =
    timeoutMs === null ? null : startTimer(draft, 'question', timeoutMs, 'the question expires', asked.step);
  change(draft, {
    questions: { ...draft.state.questions, [question.id]: { ...question, answers: [], timer } },
  });
  note(draft, { type: 'question_asked', question });
}

/** Takes a question off the list. */
export function closeQuestion(
  draft: Draft,
  question: QuestionState,
  status: Exclude<QuestionStatus, 'open'>,
): void {
  const { [question.id]: _, ...others } = draft.state.questions;
  change(draft, { questions: others });
  if (question.timer !== null) cancelTimer(draft, question.timer);
  note(draft, { type: 'question_closed', question: question.id, status });
}

export function questionsOf(draft: Draft, step: Address): readonly QuestionState[] {
  return Object.values(draft.state.questions).filter((question) => question.step === step);
}

/** Nobody waits for the answers any more. */
export function withdrawQuestions(draft: Draft, step: Address): void {
  for (const question of questionsOf(draft, step)) closeQuestion(draft, question, 'withdrawn');
}

/** Ids of the questions of tool calls and limits. */
export function callQuestionId(draft: Draft, step: Address, turn: number, index: number): string {
  return `${draft.state.run.epoch}:${step}${beginningOf(draft.steps[step])}/${turn}.${index}`;
}

/** The place of the call that a question is about, from its id. */
export function indexOfCall(id: string): number {
  return Number(id.slice(id.lastIndexOf('.') + 1));
}

/** Ids of all other questions. */
export function stepQuestionId(draft: Draft, step: Address, what: string | number): string {
  return `${draft.state.run.epoch}:${step}${beginningOf(draft.steps[step])}#${what}`;
}
