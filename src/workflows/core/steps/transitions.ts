/**
 * A step's transitions. Each changes one step, leaves a note, and does what follows from it: a retry's timer, a
 * fallback, the failure of the run.
 */
import { evaluate, render } from '../../../expressions/index.ts';
import type { Json } from '../../../plan/json.ts';
import type { AnySpec, OnError, PlanStep } from '../../../plan/plan.ts';
import type { Scope } from '../../../plan/template.ts';
import { seenError } from '../../../protocol/failure.ts';
import type { StepError } from '../../../protocol/failure.ts';
import type { StepResult } from '../../../protocol/values.ts';
import {
  cancelTimer,
  change,
  changeStep,
  hasOpenActivity,
  note,
  planSteps,
  startTimer,
  stepOf,
} from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { evaluateNow, messageOf } from '../kernel/evaluation.ts';
import { isLimit, retryDelay, stepError } from '../kernel/failures.ts';
import type { Judged } from '../kernel/failures.ts';
import { stepOfOwner } from '../kernel/owners.ts';
import { planIndex, planStep } from '../kernel/plan-index.ts';
import { inlineResult } from '../kernel/results.ts';
import { isGood, isSettled, newStep } from '../kernel/state.ts';
import type { StepState } from '../kernel/state.ts';
import { emptyScope, localScope } from '../kernel/values.ts';
import { since } from '../kernel/versions.ts';
import { causeOfCancel, settleCancelled, stopActivity, stopStep } from './stop.ts';

/** Counts a new attempt. One at a try whose end nobody knows stays in its group, and so keeps its idempotency key. */
export function beginAttempt(
  draft: Draft,
  { key }: PlanStep<AnySpec>,
  status: 'running' | 'waiting',
): number {
  const before = stepOf(draft, key);
  const attempt = before.attempt + 1;
  const group = before.infra > 0 || before.epoch !== undefined ? before.group : before.group + 1;
  changeStep(draft, key, { status, attempt, group, startedAt: before.startedAt ?? draft.at.now });
  return attempt;
}

/** The try has come to an end that is known: a further one has a key of its own. */
function endTry(draft: Draft, key: string): void {
  const { epoch: _, ...rest } = stepOf(draft, key);
  draft.steps[key] = rest;
}

export function completeStep(draft: Draft, key: string, result: StepResult, error?: StepError): void {
  const { attempt } = stepOf(draft, key);
  endTry(draft, key);
  const caught = error === undefined ? {} : { error };
  const held = error === undefined ? {} : { error: heldError(draft, key, error) };
  changeStep(draft, key, { status: 'completed', completedAt: draft.at.now, result, ...held });
  note(draft, { type: 'step_completed', step: key, attempt, result, ...caught });
}

export function skipStep(draft: Draft, key: string, reason: string): void {
  changeStep(draft, key, { status: 'skipped', completedAt: draft.at.now, reason });
  note(draft, { type: 'step_skipped', step: key, reason });
}

/** Its activity was stopped by a pause: it starts again in the same group, and so under the same idempotency key. */
export function interruptStep(draft: Draft, key: string): void {
  const { attempt, group, infra, epoch } = stepOf(draft, key);
  changeStep(draft, key, { status: 'pending', group: infra > 0 || epoch !== undefined ? group : group - 1 });
  note(draft, { type: 'step_interrupted', step: key, attempt });
}

/** A step of a closed run is begun anew, or goes on with the try whose end nobody knows: the next looks for its result. */
export function reopenedTry(state: StepState): StepState {
  const { attempt, group, epoch } = state;
  const isOpen = epoch !== undefined && !isGood(state);
  return isOpen ? { ...newStep(), attempt, group, epoch } : newStep();
}

/** An attempt failed: try again, or let the step fail. */
export function failAttempt(draft: Draft, key: string, judged: Judged): void {
  const before = stepOf(draft, key);
  const { error } = judged;
  const step = planStep(draft, key);
  // It was asked to stop, and its worker did not live to say so.
  if (error.category === 'INFRA_ERROR' && !mayRetry(draft, step)) return activityStopped(draft, key);
  if (error.category === 'TASK_ERROR') endTry(draft, key);
  const infra = error.category === 'INFRA_ERROR' ? before.infra + 1 : 0;
  const seed = `${draft.state.run.id}/${key}/${error.attempt}`;
  const tried = { group: before.group, infra };
  const local = step.retry.if === null ? null : localScope(draft, step.retry.if.uses);
  const scope = local?.ok === true ? local.scope : emptyScope(draft.state);
  const wanted = (source: string, error: NonNullable<Scope['error']>) =>
    evaluateNow(draft, (budget) => evaluate(source, { ...scope, error }, budget)) === true;
  const delayMs = mayRetry(draft, step) ? retryDelay(judged, tried, step.retry, wanted, seed) : null;
  if (delayMs === null) return failStep(draft, key, error);
  changeStep(draft, key, { status: 'retrying', infra, error: heldError(draft, key, error) });
  note(draft, { type: 'step_retrying', step: key, attempt: before.attempt, error, delayMs });
  startTimer(draft, 'retry', delayMs, `retry ${key}`, key);
}

/** Once the run is ending, only what was asked for in spite of that is tried again, or goes on. */
export function mayRetry(draft: Draft, step: PlanStep<AnySpec>): boolean {
  return draft.state.phase === 'running' && !(isFailingFast(draft) && !runsInSpite(step));
}

/** The step has failed for good; `onError` says what that means. */
export function failStep(draft: Draft, key: string, error: StepError): void {
  const { onError } = planStep(draft, key);
  if (onError.action === 'fallback') return takeFallback(draft, key, error, onError);
  const { attempt } = stepOf(draft, key);
  const tolerated = onError.action === 'continue';
  const mark = tolerated ? { tolerated: true as const } : {};
  const held = heldError(draft, key, error);
  changeStep(draft, key, { status: 'failed', completedAt: draft.at.now, error: held, ...mark });
  note(draft, { type: 'step_failed', step: key, attempt, error, tolerated });
  if (!tolerated) failRun(draft, key, error);
}

/** An error as the state keeps it: with what it tells only where others read that. */
function heldError(draft: Draft, key: string, error: StepError): StepError {
  return planIndex(draft).errorsRead.has(key) ? error : bareError(error);
}

function bareError(error: StepError): StepError {
  const { data: _, ...bare } = error;
  return bare;
}

function takeFallback(
  draft: Draft,
  key: string,
  error: StepError,
  fallback: Extract<OnError, { action: 'fallback' }>,
): void {
  const local = localScope(draft, fallback.value.uses);
  let value: Json;
  try {
    if (!local.ok) throw new Error(local.why);
    const scope = { ...local.scope, error: { ...seenError(error), attempt: error.attempt } };
    value = evaluateNow(draft, (budget) => render(fallback.value.node, scope, budget));
  } catch (thrown) {
    const { attempt } = stepOf(draft, key);
    const why = stepError(
      'expression_error',
      `fallback: ${messageOf(thrown)} (after: ${error.message})`,
      attempt,
    );
    changeStep(draft, key, { status: 'failed', completedAt: draft.at.now, error: why });
    note(draft, { type: 'step_failed', step: key, attempt, error: why, tolerated: false });
    return failRun(draft, key, why);
  }
  completeStep(draft, key, inlineResult(value), error);
}

/** The first failure nobody tolerates decides the run; with `failure: fast` it stops what runs. */
function failRun(draft: Draft, key: string, error: StepError): void {
  const { failure, phase } = draft.state;
  const graver = failure === null || (isLimit(failure.error) && !isLimit(error));
  if (!graver || phase !== 'running') return;
  change(draft, { failure: { step: key, error: bareError(error) } });
  if (isFailingFast(draft)) stopTheRest(draft, `step "${key}" failed`);
}

export function isFailingFast(draft: Draft): boolean {
  const { failure, plan } = draft.state;
  // An agent at its limit is idle, not wrong: the others go on.
  return failure !== null && plan?.failure === 'fast' && !isLimit(failure.error);
}

/** Steps whose condition speaks of status (`always()`, `failed()`) run although the run is failing. */
export function runsInSpite(step: PlanStep<AnySpec>): boolean {
  return step.when?.statusAware === true;
}

function stopTheRest(draft: Draft, reason: string): void {
  for (const step of planSteps(draft)) {
    if (runsInSpite(step)) continue;
    const { status } = stepOf(draft, step.key);
    if (status === 'pending' || isSettled(status)) continue;
    for (const [id, timer] of Object.entries(draft.timers))
      if (timer.step === step.key) cancelTimer(draft, id);
    stopStep(draft, step.key, reason);
  }
  for (const [id, owner] of Object.entries(draft.open)) {
    const key = stepOfOwner(owner);
    if (key !== null && !runsInSpite(planStep(draft, key))) stopActivity(draft, id, reason);
  }
}

/** The step was asked to stop. Settled once nothing of it is under way any more. */
export function activityStopped(draft: Draft, key: string): void {
  if (isSettled(stepOf(draft, key).status) || hasOpenActivity(draft, key)) return;
  settleCancelled(draft, key, causeOfStop(draft, key));
}

/** Whatever asked for it first: a failure stops steps while the run goes on, and nothing comes before a cancel else. */
function causeOfStop(draft: Draft, key: string): string {
  const { failure, cancel } = draft.state;
  const hasFailedFast = isFailingFast(draft) && !runsInSpite(planStep(draft, key));
  if (since(draft.state, 'true_causes') && cancel !== null && !hasFailedFast)
    return causeOfCancel(draft.state);
  return failure === null ? 'cancelled' : `step "${failure.step}" failed`;
}
