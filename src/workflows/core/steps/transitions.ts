/**
 * A step's transitions. Each changes one step, leaves a note, and does what follows from it: a retry's timer, a
 * fallback, the failure of the run.
 */
import { evaluate, render } from '../../../expressions/index.ts';
import type { Address } from '../../../plan/address.ts';
import type { Json } from '../../../plan/json.ts';
import type { AnySpec, OnError, PlanStep } from '../../../plan/plan.ts';
import type { Scope as Values } from '../../../plan/template.ts';
import { seenError } from '../../../protocol/failure.ts';
import type { StepError } from '../../../protocol/failure.ts';
import type { StepResult } from '../../../protocol/values.ts';
import {
  cancelTimer,
  change,
  changeStep,
  hasOpenActivity,
  note,
  startTimer,
  stepOf,
} from '../kernel/draft.ts';
import type { ConditionSeen, NextTry } from '../kernel/contract.ts';
import type { Draft } from '../kernel/draft.ts';
import { conditionSeen, evaluateNow, messageOf } from '../kernel/evaluation.ts';
import { isLimit, nextTry, NOT_AGAIN, stepError } from '../kernel/failures.ts';
import type { Judged } from '../kernel/failures.ts';
import { stepOfOwner } from '../kernel/owners.ts';
import { inlineResult } from '../kernel/results.ts';
import { hasOpenScopes, isErrorRead, planSteps, runnerOf, scopeAround, stepSpec } from '../kernel/scope.ts';
import type { Scope } from '../kernel/scope.ts';
import { isGood, isSettled, newStep } from '../kernel/state.ts';
import type { StepState } from '../kernel/state.ts';
import { emptyScope, localScope } from '../kernel/values.ts';
import { since } from '../kernel/versions.ts';
import { causeOfCancel, letGo, settleCancelled, stopActivity, stopStep } from './stop.ts';

/** Counts a new attempt. One at a try whose end nobody knows stays in its group, and so keeps its idempotency key. */
export function beginAttempt(
  draft: Draft,
  { key }: PlanStep<AnySpec>,
  status: 'running' | 'waiting',
): number {
  const before = stepOf(draft, key);
  const { revision } = draft.state;
  const attempt = before.attempt + 1;
  const group = before.infra > 0 || before.epoch !== undefined ? before.group : before.group + 1;
  const { keep: _, ...known } = before;
  const startedAt = before.startedAt ?? draft.at.now;
  draft.steps[key] = {
    ...{ ...known, status, attempt, group, startedAt },
    ...(revision === undefined ? {} : { revision }),
  };
  return attempt;
}

/** The try has come to an end that is known: a further one has a key of its own. */
export function endTry(draft: Draft, key: Address): void {
  const { epoch: _, ...rest } = stepOf(draft, key);
  draft.steps[key] = rest;
}

export function completeStep(draft: Draft, key: Address, result: StepResult, error?: StepError): void {
  const { attempt } = stepOf(draft, key);
  endTry(draft, key);
  const caught = error === undefined ? {} : { error };
  const held = error === undefined ? {} : { error: heldError(draft, key, error) };
  changeStep(draft, key, { status: 'completed', completedAt: draft.at.now, result, ...held });
  note(draft, { type: 'step_completed', step: key, attempt, result, ...caught });
}

export function skipStep(draft: Draft, key: Address, reason: string): void {
  letGo(draft, key);
  changeStep(draft, key, { status: 'skipped', completedAt: draft.at.now, reason });
  note(draft, { type: 'step_skipped', step: key, reason });
}

/** Its activity was stopped by a pause: it starts again in the same group, and so under the same idempotency key. */
export function interruptStep(draft: Draft, key: Address): void {
  const { attempt, group, infra, epoch } = stepOf(draft, key);
  changeStep(draft, key, { status: 'pending', group: infra > 0 || epoch !== undefined ? group : group - 1 });
  note(draft, { type: 'step_interrupted', step: key, attempt });
}

/** A step of a closed run is begun anew, or goes on with the try whose end nobody knows: the next looks for its result. */
export function reopenedTry(state: StepState): StepState {
  const { attempt, group, epoch, anew, revision } = state;
  if (epoch === undefined || isGood(state)) return newStep();
  return {
    ...{ ...newStep(), attempt, group, epoch },
    ...(anew === undefined ? {} : { anew }),
    ...(revision === undefined ? {} : { revision }),
  };
}

/** An attempt failed: try again, or let the step fail. */
export function failAttempt(draft: Draft, key: Address, judged: Judged): void {
  const before = stepOf(draft, key);
  const { error } = judged;
  const step = stepSpec(draft, key);
  // It was asked to stop, and its worker did not live to say so.
  if (error.category === 'INFRA_ERROR' && !mayRetry(draft, step)) return activityStopped(draft, key);
  if (error.category === 'TASK_ERROR') endTry(draft, key);
  const infra = error.category === 'INFRA_ERROR' ? before.infra + 1 : 0;
  const { delayMs } = judgeRetry(draft, step, judged, { group: before.group, infra });
  if (delayMs === null) return failStep(draft, key, error);
  changeStep(draft, key, { status: 'retrying', infra, error: heldError(draft, key, error) });
  note(draft, { type: 'step_retrying', step: key, attempt: before.attempt, error, delayMs });
  startTimer(draft, 'retry', delayMs, `retry ${key}`, key);
}

/** Is there a further try of the step? @param tried so far, this one included */
function judgeRetry(
  draft: Draft,
  step: PlanStep<AnySpec>,
  judged: Judged,
  tried: { readonly group: number; readonly infra: number },
): NextTry {
  const { key, retry: policy } = step;
  const { error } = judged;
  const seed = `${draft.state.run.id}/${key}/${error.attempt}`;
  const local = policy.if === null ? null : localScope(draft, policy.if.uses);
  const scope = local?.ok === true ? local.scope : emptyScope(draft.state);
  let condition: ConditionSeen | null = null;
  const wanted = (source: string, seen: NonNullable<Values['error']>) => {
    const values = { ...scope, error: seen };
    const ask = () => evaluateNow(draft, (budget) => evaluate(source, values, budget));
    if (draft.watch === null || policy.if === null) return ask() === true;
    condition = conditionSeen(policy.if, values, ask);
    return 'value' in condition.answer && condition.answer.value === true;
  };
  const next = !mayRetry(draft, step)
    ? NOT_AGAIN.ending
    : stepOf(draft, key).lastTry === true
      ? NOT_AGAIN.told
      : nextTry(judged, tried, policy, wanted, seed);
  draft.watch?.({ type: 'judged', step: key, error, tried, policy, condition, next });
  return next;
}

/** Once the run, or a scope that the step stands in, is ending, only what was asked for in spite of that goes on. */
export function mayRetry(draft: Draft, step: PlanStep<AnySpec>): boolean {
  return draft.state.phase === 'running' && reasonToStop(draft, step) === null;
}

/** The step has failed for good; `onError` says what that means. */
export function failStep(draft: Draft, key: Address, error: StepError): void {
  const { onError } = stepSpec(draft, key);
  if (onError.action === 'fallback') return takeFallback(draft, key, error, onError);
  const { attempt } = stepOf(draft, key);
  const tolerated = onError.action === 'continue';
  const mark = tolerated ? { tolerated: true as const } : {};
  const held = heldError(draft, key, error);
  changeStep(draft, key, { status: 'failed', completedAt: draft.at.now, error: held, ...mark });
  note(draft, { type: 'step_failed', step: key, attempt, error, tolerated });
  if (!tolerated) failScope(draft, key, error);
}

/** An error as the state keeps it: with what it tells only where others read that. */
function heldError(draft: Draft, key: Address, error: StepError): StepError {
  return isErrorRead(draft, key) ? error : bareError(error);
}

export function bareError(error: StepError): StepError {
  const { data: _, ...bare } = error;
  return bare;
}

function takeFallback(
  draft: Draft,
  key: Address,
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
    return failScope(draft, key, why);
  }
  completeStep(draft, key, inlineResult(value), error);
}

/**
 * The first failure nobody tolerates decides its scope: the run, or what a step runs inside. With `failure: fast` it
 * stops what runs there.
 */
function failScope(draft: Draft, key: Address, error: StepError): void {
  const scope = scopeAround(draft, key);
  const graver = scope.failure === null || (isLimit(scope.failure.error) && !isLimit(error));
  if (!graver || draft.state.phase !== 'running') return;
  const failed = { ...scope, failure: { step: key, error: bareError(error) } };
  keepFailure(draft, failed);
  if (isFailingFast(failed)) stopDoomed(draft, `step "${key}" failed`);
}

export function keepFailure(draft: Draft, { address, failure }: Scope): void {
  const state = address === null ? undefined : draft.scopes[address];
  if (address === null || state === undefined) change(draft, { failure });
  else draft.scopes[address] = { ...state, failure };
}

function isFailingFast({ failure, part }: Scope): boolean {
  // An agent at its limit is idle, not wrong: the others go on.
  return failure !== null && part.failure === 'fast' && !isLimit(failure.error);
}

/** Steps whose condition speaks of status (`always()`, `failed()`) run although their scope is failing. */
export function runsInSpite(step: PlanStep<AnySpec>): boolean {
  return step.when?.statusAware === true;
}

/** Why a step is not to go on, though the run does: a scope that it stands in fails, or is stopped; null: it may. */
export function reasonToStop(draft: Draft, step: PlanStep<AnySpec>): string | null {
  const scope = scopeAround(draft, step.key);
  if (scope.address === null && scope.failure === null) return null;
  if (isFailingFast(scope) && !runsInSpite(step)) return `step "${scope.failure?.step}" failed`;
  const runner = runnerOf(draft, scope);
  if (runner === undefined) return null;
  return stepOf(draft, runner.key).tally?.stopped ?? reasonToStop(draft, runner);
}

/** Stops every step that has a reason to. What has not begun stays, and is skipped. */
export function stopDoomed(draft: Draft, reason: string): void {
  for (const step of planSteps(draft)) {
    if (reasonToStop(draft, step) === null) continue;
    const { status } = stepOf(draft, step.key);
    if (status === 'pending' || isSettled(status)) continue;
    for (const [id, timer] of Object.entries(draft.timers))
      if (timer.step === step.key) cancelTimer(draft, id);
    stopStep(draft, step.key, reason);
  }
  for (const [id, owner] of Object.entries(draft.open)) {
    const key = stepOfOwner(owner);
    if (key !== null && reasonToStop(draft, stepSpec(draft, key)) !== null) stopActivity(draft, id, reason);
  }
}

/** The step was asked to stop. Settled once nothing of it is under way any more. */
export function activityStopped(draft: Draft, key: Address): void {
  if (isSettled(stepOf(draft, key).status) || hasOpenActivity(draft, key)) return;
  if (!hasOpenScopes(draft, key)) settleCancelled(draft, key, causeOfStop(draft, key));
}

/** Whatever asked for it first: a failure stops steps while the run goes on, and nothing comes before a cancel else. */
function causeOfStop(draft: Draft, key: Address): string {
  const { failure, cancel } = draft.state;
  const reason = reasonToStop(draft, stepSpec(draft, key));
  if (since(draft.state, 'true_causes') && cancel !== null && reason === null)
    return causeOfCancel(draft.state);
  return reason ?? (failure === null ? 'cancelled' : `step "${failure.step}" failed`);
}
