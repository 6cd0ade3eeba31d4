/**
 * Steps of kind `ask`: the prompt is rendered, by the workflow or, when its values are large, by an activity; then
 * people are asked, and the step waits without a worker.
 */
import type { Json } from '../../../plan/json.ts';
import type { AskSpec, PlanStep } from '../../../plan/plan.ts';
import type { Answer, AskResult } from '../../../protocol/question.ts';
import { previewOf } from '../../../protocol/values.ts';
import type { StepResult, SuppliedValue } from '../../../protocol/values.ts';
import { changeStep, note, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { stepError } from '../kernel/failures.ts';
import { specAt } from '../kernel/scope.ts';
import { ask, closeQuestion, stepQuestionId } from '../people/questions.ts';
import { inlineResult } from '../kernel/results.ts';
import type { QuestionState } from '../kernel/state.ts';
import { completeStep, failStep } from '../run/steps.ts';

export function askPeople(draft: Draft, step: PlanStep, prompt: StepResult): void {
  if (step.spec.kind !== 'ask') return;
  const { attempt } = stepOf(draft, step.key);
  const { form, approvers, needed, notStarter, timeoutMs } = step.spec;
  changeStep(draft, step.key, { status: 'waiting' });
  note(draft, { type: 'step_asking', step: step.key, attempt });
  ask(draft, {
    id: stepQuestionId(draft, step.key, attempt),
    kind: 'ask',
    step: step.key,
    attempt,
    turn: null,
    prompt: supplied(prompt),
    preview: prompt.preview,
    form,
    call: null,
    approvers,
    needed,
    notStarter,
    timeoutMs,
  });
}

/** Where a result is stored its reference, else the value itself. */
export function supplied(result: StepResult): SuppliedValue {
  return result.ref === undefined ? { value: result.value ?? null } : { ref: result.ref };
}

export function textResult(value: Json): StepResult {
  return { ...inlineResult(value), preview: previewOf(value) };
}

/** Enough people have answered, or one has refused. */
export function settleAsk(draft: Draft, question: QuestionState): void {
  const spec = askSpec(draft, question.step);
  const refusal = spec?.approval === true ? question.answers.find(isRefusal) : undefined;
  closeQuestion(draft, question, 'answered');
  if (refusal === undefined) return completeStep(draft, question.step, inlineResult(resultOf(question)));
  const who = refusal.by ?? 'somebody';
  const comment = (refusal.answer as { comment?: unknown }).comment;
  const why = typeof comment === 'string' && comment !== '' ? `: ${comment}` : '';
  failStep(
    draft,
    question.step,
    stepError('rejected', `${who} did not approve${why}`.slice(0, 2_000), question.attempt),
  );
}

/** Nobody answered in time. */
export function expireAsk(draft: Draft, question: QuestionState): void {
  const spec = askSpec(draft, question.step);
  closeQuestion(draft, question, 'expired');
  if (spec?.onTimeout.action === 'answer') {
    const result: AskResult = { answer: spec.onTimeout.value, by: null, answers: [] };
    return completeStep(draft, question.step, inlineResult(result as unknown as Json));
  }
  const message = 'nobody answered the question in time';
  failStep(draft, question.step, stepError('question_expired', message, question.attempt));
}

/** A refusal decides at once, however many answers are needed. */
export function isDecided(draft: Draft, question: QuestionState): boolean {
  if (question.answers.length >= question.needed) return true;
  return askSpec(draft, question.step)?.approval === true && question.answers.some(isRefusal);
}

function isRefusal({ answer }: Answer): boolean {
  return (answer as { approved?: unknown } | null)?.approved === false;
}

function resultOf({ answers }: QuestionState): Json {
  const last = answers.at(-1);
  const result: AskResult = {
    answer: last?.answer ?? null,
    by: last?.by ?? null,
    answers: answers.map(({ by, answer }) => ({ by, answer })),
  };
  return result as unknown as Json;
}

function askSpec(draft: Draft, key: string): AskSpec | null {
  const spec = specAt(draft, key)?.spec;
  return spec?.kind === 'ask' ? spec : null;
}
