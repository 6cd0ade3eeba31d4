/** A reset: the copied part of an execution has been folded, and the rows take over the state that it leads to. */
import type { RunState } from '../../workflows/core/index.ts';
import type { ExecutionFold } from './execution-fold.ts';
import type { HistoryPlace } from './record/run-rows.ts';
import type { View } from './record/view.ts';
import type { RecordedEvent } from './recorded-event.ts';
import { openStatus } from './rows/run.ts';
import { timeOf } from './rows.ts';
import { takeUpActivity } from './seen/activity.ts';
import { takeUpHold } from './seen/hold.ts';
import { showWhole } from './show-state.ts';
import { beginBranch } from './told/branch.ts';

/** @param event that ends the copied part */
export function resetRun(
  view: View,
  place: HistoryPlace,
  execution: ExecutionFold,
  event: RecordedEvent,
): void {
  const { state, hold } = execution;
  const reset = event.kind === 'task_failed' ? event.reset : null;
  const origin = { action: 'reset', by: reset?.identity ?? null, reason: reset?.reason ?? null } as const;
  beginBranch(view, place, openStatus(state), origin);
  if (state !== null) view.rows.changeRun(place.timeMs, { started_at: timeOf(state.startedAt) });
  showWhole(view, place, state);
  if (hold !== null) takeUpHold(view, place, hold);
  for (const id of openIn(state)) {
    const activity = execution.copied(id);
    if (activity !== undefined) takeUpActivity(view, activity, execution.isOpen(id));
  }
}

function openIn(state: RunState | null): readonly string[] {
  return Object.keys(state?.open ?? {});
}
