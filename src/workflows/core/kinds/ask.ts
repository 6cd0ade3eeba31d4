/**
 * Steps of kind `ask`: the prompt is rendered, by the workflow or, when its values are large, by an activity; then
 * people are asked, and the step waits without a worker.
 */
import type { Json } from '../../../plan/json.ts';
import type { AskSpec, PlanStep, TransformSpec } from '../../../plan/plan.ts';
import { specForms } from '../../../plan/spec-forms.ts';
import type { TemplateNode } from '../../../plan/template.ts';
import type { Answer, AskResult } from '../../../protocol/question.ts';
import type { StepResult } from '../../../protocol/values.ts';
import { changeStep, note, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { evaluateTemplate } from '../kernel/evaluation.ts';
import { stepError } from '../kernel/failures.ts';
import type { Kind, StartOutcome } from '../kernel/kind.ts';
import { specAt } from '../kernel/scope.ts';
import { inlineResult, supplied } from '../kernel/results.ts';
import type { QuestionState } from '../kernel/state.ts';
import { ask, closeQuestion, stepQuestionId } from '../steps/questions.ts';
import { yieldTask } from '../steps/task-budget.ts';
import { beginAttempt, completeStep, failStep } from '../steps/transitions.ts';
import { ONE_ACTIVITY, startActivity, takeResult } from './one-activity.ts';

export const askKind: Kind<AskSpec> = {
  ...ONE_ACTIVITY,
  form: specForms.ask,
  timeoutMs: 60_000,
  start: startAsk,
  answered: (draft, step, _owner, result) =>
    takeResult(draft, step, result, (prompt) => askPeople(draft, step, prompt)),
  questions: { ask: { answered: takeAnswer, expired: expire } },
};

function startAsk(draft: Draft, step: PlanStep<AskSpec>): StartOutcome {
  const { prompt } = step.spec;
  const answer = evaluateTemplate(draft, { node: prompt, uses: step.uses });
  if (answer.kind === 'later') return yieldTask(draft);
  if (answer.kind === 'elsewhere') return startActivity(draft, step, rendering(prompt));
  const attempt = beginAttempt(draft, step, 'waiting');
  note(draft, { type: 'step_started', step: step.key, attempt, activityId: null });
  if (answer.kind === 'value') {
    askPeople(draft, step, inlineResult(answer.value));
    return 'started';
  }
  failStep(draft, step.key, stepError(answer.code, `ask: ${answer.message}`, attempt));
  return 'settled';
}

function rendering(value: TemplateNode): TransformSpec {
  return { kind: 'transform', value };
}

function askPeople(draft: Draft, step: PlanStep<AskSpec>, prompt: StepResult): void {
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

/** Nothing follows before enough people have answered, or one has refused. */
function takeAnswer(draft: Draft, question: QuestionState): void {
  if (!isDecided(draft, question)) return;
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
function expire(draft: Draft, question: QuestionState): void {
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
function isDecided(draft: Draft, question: QuestionState): boolean {
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

/** null while the plan is still loaded. */
function askSpec(draft: Draft, key: string): AskSpec | null {
  const spec = specAt(draft, key)?.spec;
  return spec?.kind === 'ask' ? spec : null;
}
