/**
 * The life of scopes: how they are opened within the window of their step, how they end, and how they are stopped.
 *
 * Which scopes a step opens, and what it keeps of them, is for its kind to say ({@link ScopeOwner}). Of those that have
 * ended, no more than a window's worth stands in one state, so that its size does not grow with the number of items.
 */
import { isWithin, itemOf } from '../../../plan/address.ts';
import type { AnySpec, PlanStep } from '../../../plan/plan.ts';
import { changeStep, note, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { kindOf } from '../kernel/kind.ts';
import { stepOfOwner } from '../kernel/owners.ts';
import { planIndex } from '../kernel/plan-index.ts';
import {
  hasOpenScopes,
  isOver,
  openScopesOf,
  runnerOf,
  planSteps,
  scopeAt,
  scopesOf,
} from '../kernel/scope.ts';
import type { Scope } from '../kernel/scope.ts';
import type { ScopeOwner } from '../kernel/scope-owner.ts';
import { isSettled, newStep } from '../kernel/state.ts';
import type { ScopeTally } from '../kernel/state.ts';
import { stopActivity, stopStep } from './stop.ts';
import { yieldTask } from './task-budget.ts';
import { activityStopped, beginAttempt, mayRetry } from './transitions.ts';

const NONE: ScopeTally = { begun: 0, good: 0, bad: 0 };

/** A step begins that runs scopes. */
export function beginScopes(draft: Draft, step: PlanStep<AnySpec>): void {
  const attempt = beginAttempt(draft, step, 'running');
  changeStep(draft, step.key, { tally: NONE });
  note(draft, { type: 'step_started', step: step.key, attempt, activityId: null });
}

/** Opens what there is room for; true when that, or the end of a step, leaves more to look at. */
export function openScopes(draft: Draft): boolean {
  if (!planIndex(draft).hasBodies) return false;
  let hasChanged = false;
  for (const step of planSteps(draft)) {
    const owner = kindOf(draft, step).scopes;
    if (owner === undefined || stepOf(draft, step.key).tally === undefined) continue;
    while (mayOpen(draft, step, owner)) {
      openNext(draft, step, owner);
      hasChanged = true;
    }
    if (finishStep(draft, step, owner)) hasChanged = true;
  }
  return hasChanged;
}

function mayOpen(draft: Draft, step: PlanStep, owner: ScopeOwner): boolean {
  const { status, tally } = stepOf(draft, step.key);
  const window = step.body?.window ?? 0;
  if (status !== 'running' || openScopesOf(tally) >= window || !hasNext(draft, step, owner)) return false;
  if ((draft.ended.get(step.key) ?? 0) < window) return true;
  // Those that have ended make room in the next task.
  yieldTask(draft);
  return false;
}

function hasNext(draft: Draft, step: PlanStep, owner: ScopeOwner): boolean {
  const { tally } = stepOf(draft, step.key);
  return tally?.stopped === undefined && mayRetry(draft, step) && owner.next(draft, step) !== null;
}

function openNext(draft: Draft, step: PlanStep, owner: ScopeOwner): void {
  const next = owner.next(draft, step);
  if (next === null) return;
  const address = itemOf(step.key, next.index);
  if (draft.scopes[address] !== undefined) throw new Error(`scope ${address} is there already`);
  const { index, item } = next;
  draft.scopes[address] = { index, item, failure: null };
  for (const { key } of scopeAt(draft, address)?.part.steps ?? []) draft.steps[key] = newStep();
  const { tally = NONE } = stepOf(draft, step.key);
  changeStep(draft, step.key, { tally: { ...tally, begun: tally.begun + 1 } });
}

/** Ends what is over, inner scopes before those around them. */
export function endScopes(draft: Draft): boolean {
  if (!planIndex(draft).hasBodies) return false;
  let hasChanged = false;
  for (const scope of scopesOf(draft).toReversed()) if (endScope(draft, scope)) hasChanged = true;
  return hasChanged;
}

function endScope(draft: Draft, scope: Scope): boolean {
  const step = runnerOf(draft, scope);
  const state = scope.address === null ? undefined : draft.scopes[scope.address];
  if (scope.address === null || step === undefined || state === undefined) return false;
  if (state.ended === true || !isOver(draft, scope)) return false;
  draft.scopes[scope.address] = { ...state, ended: true };
  draft.ended.set(step.key, (draft.ended.get(step.key) ?? 0) + 1);
  const isCancelled = scope.part.steps.some(({ key }) => stepOf(draft, key).status === 'cancelled');
  const isGood = state.failure === null && !isCancelled;
  const { tally = NONE } = stepOf(draft, step.key);
  const { good, bad } = tally;
  changeStep(draft, step.key, {
    tally: { ...tally, good: good + (isGood ? 1 : 0), bad: bad + (isGood ? 0 : 1) },
  });
  const owner = kindOf(draft, step).scopes;
  owner?.take(draft, step, { scope, index: state.index, item: state.item, isGood });
  if (owner !== undefined) finishStep(draft, step, owner);
  return true;
}

/** Settles a step that has no scope open and opens none; answers whether it did. */
function finishStep(draft: Draft, step: PlanStep, owner: ScopeOwner): boolean {
  if (isSettled(stepOf(draft, step.key).status) || hasOpenScopes(draft, step.key)) return false;
  if (!mayRetry(draft, step)) activityStopped(draft, step.key);
  else if (!hasNext(draft, step, owner)) owner.finish(draft, step);
  return isSettled(stepOf(draft, step.key).status);
}

/** No further scope of the step begins, and what runs in those that are open stops. */
export function stopScopes(draft: Draft, step: PlanStep<AnySpec>, reason: string): void {
  const { tally = NONE } = stepOf(draft, step.key);
  if (tally.stopped !== undefined) return;
  changeStep(draft, step.key, { tally: { ...tally, stopped: reason } });
  const inside = (key: string | null): boolean => key !== null && key !== step.key && isWithin(key, step.key);
  for (const { key } of planSteps(draft)) if (inside(key)) stopStep(draft, key, reason);
  for (const [id, owner] of Object.entries(draft.open))
    if (inside(stepOfOwner(owner))) stopActivity(draft, id, reason);
}
