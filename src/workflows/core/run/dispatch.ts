/**
 * Starts what is ready: in plan order, within the window, within the bytes one task may carry.
 *
 * A step with `parallel: false` starts only when nothing is open, and holds back what stands behind it until then,
 * so that it is not starved. Steps that the workflow evaluates itself settle at once and may ready others: the pass
 * is repeated until nothing changes.
 */
import type { PlanStep } from '../../../plan/plan.ts';
import { note, openSteps, planSteps, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { stepError } from '../kernel/failures.ts';
import { kindOf } from '../kernel/kind.ts';
import type { StartOutcome } from '../kernel/kind.ts';
import { planIndex } from '../kernel/plan-index.ts';
import { TIMERS } from '../kernel/timers.ts';
import { yieldTask } from '../steps/task-budget.ts';
import { beginAttempt, failStep, skipStep } from '../steps/transitions.ts';
import { workspaceFor } from '../steps/workspace.ts';
import { openLevel, readinessOf } from './readiness.ts';

export function dispatch(draft: Draft): void {
  let again = true;
  while (again) again = pass(draft);
}

/** What is open now. An exclusive step leaves no room. */
interface Room {
  open: number;
  exclusive: boolean;
}

/** One look at every pending step; true when one settled, so that a further look may find more. */
function pass(draft: Draft): boolean {
  const level = draft.state.plan?.scheduling === 'level' ? openLevel(draft) : Number.POSITIVE_INFINITY;
  const most = draft.state.plan?.maxParallel ?? 1;
  const room = roomOf(draft);
  let settled = false;
  for (const step of planSteps(draft)) {
    if (room.exclusive || room.open >= most) break;
    if (stepOf(draft, step.key).status !== 'pending' || step.level > level) continue;
    const outcome = consider(draft, step, room);
    if (outcome === 'full') break;
    if (outcome === 'settled') settled = true;
    if (outcome !== 'started') continue;
    room.open += 1;
    room.exclusive = !step.parallel;
  }
  return settled;
}

function roomOf(draft: Draft): Room {
  const busy = openSteps(draft);
  for (const timer of Object.values(draft.timers)) {
    if (TIMERS[timer.for].occupies === true && timer.step !== null) busy.add(timer.step);
  }
  const { byKey, moving } = planIndex(draft);
  for (const { key } of moving) if (stepOf(draft, key).status === 'running') busy.add(key);
  // Who waits for people takes no room, but stays alone if it is to be alone.
  const asking = Object.values(draft.state.questions).map((question) => question.step);
  const alone = (key: string) => byKey.get(key)?.parallel === false;
  return { open: busy.size, exclusive: [...busy, ...asking].some(alone) };
}

function consider(draft: Draft, step: PlanStep, room: Room): StartOutcome {
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
        stepError(readiness.code, readiness.message, stepOf(draft, step.key).attempt),
      );
      return 'settled';
    case 'ready':
      return step.parallel || room.open === 0 ? startInPlace(draft, step) : 'full';
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
