/**
 * Starts what is ready: scope by scope, in plan order, within the windows, within the bytes one task may carry.
 *
 * A step with `parallel: false` starts only when nothing else is open in its scope, and holds back what stands behind it
 * until then, so that it is not starved. Steps that the workflow evaluates itself settle at once and may ready others: the pass
 * is repeated until nothing changes.
 */
import type { PlanStep } from '../../../plan/plan.ts';
import { note, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { stepError } from '../kernel/failures.ts';
import { kindOf } from '../kernel/kind.ts';
import type { StartOutcome } from '../kernel/kind.ts';
import { scopesOf } from '../kernel/scope.ts';
import type { Scope } from '../kernel/scope.ts';
import { lastTryOf } from '../steps/anew.ts';
import { endScopes, openScopes } from '../steps/scopes.ts';
import { yieldTask } from '../steps/task-budget.ts';
import { beginAttempt, failStep, skipStep } from '../steps/transitions.ts';
import { workspaceFor } from '../steps/workspace.ts';
import { openLevel, readinessOf } from './readiness.ts';
import { Rooms } from './rooms.ts';

/**
 * What became of a look at a step. `alone`: it has to be alone, so nothing more may start in its scope for now.
 */
type Outcome = StartOutcome | 'alone';

export function dispatch(draft: Draft): void {
  let again = true;
  while (again) {
    const hasSettled = pass(draft);
    const hasEnded = endScopes(draft);
    again = openScopes(draft) || hasEnded || hasSettled;
  }
}

/** One look at every pending step; true when one settled, so that a further look may find more. */
function pass(draft: Draft): boolean {
  const rooms = new Rooms(draft);
  let hasSettled = false;
  for (const scope of scopesOf(draft)) {
    const outcome = passScope(draft, scope, rooms);
    if (outcome.hasSettled) hasSettled = true;
    if (outcome.isFull) break;
  }
  return hasSettled;
}

function passScope(draft: Draft, scope: Scope, rooms: Rooms) {
  const level = openLevel(draft, scope);
  let hasSettled = false;
  for (const step of scope.part.steps) {
    if (!rooms.hasRoom(scope)) break;
    if (stepOf(draft, step.key).status !== 'pending' || step.level > level) continue;
    const outcome = consider(draft, step, rooms.isEmpty(scope));
    if (outcome === 'full') return { hasSettled, isFull: true };
    if (outcome === 'alone') break;
    if (outcome === 'settled') hasSettled = true;
    if (outcome === 'started') rooms.take(scope, step);
  }
  return { hasSettled, isFull: false };
}

/** @param isAlone nothing else is open in its scope */
function consider(draft: Draft, step: PlanStep, isAlone: boolean): Outcome {
  const readiness = readinessOf(draft, step);
  switch (readiness.kind) {
    case 'blocked':
      return 'blocked';
    case 'later':
      return yieldTask(draft);
    case 'skip':
      skipStep(draft, step.key, readiness.reason);
      return 'settled';
    case 'fail':
      failStep(
        draft,
        step.key,
        stepError(readiness.code, readiness.message, lastTryOf(stepOf(draft, step.key))),
      );
      return 'settled';
    case 'ready':
      return step.parallel || isAlone ? startInPlace(draft, step) : 'alone';
  }
}

/** A step that works in the workspace starts when it is there. */
function startInPlace(draft: Draft, step: PlanStep): StartOutcome {
  const place = workspaceFor(draft, step);
  if (place === 'ready') return kindOf(draft, step).start(draft, step);
  if (place === 'wait') return 'blocked';
  const attempt = beginAttempt(draft, step, 'running');
  note(draft, { type: 'step_started', step: step.key, attempt, activityId: null });
  failStep(draft, step.key, { ...place, attempt });
  return 'settled';
}
