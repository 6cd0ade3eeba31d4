/**
 * A new branch of a run: an operator reset it or started it again under the same id, or somebody goes on with it after
 * its end. It begins an epoch; what was recorded before stays, the totals too.
 */
import type { RunState } from '../../../workflows/core/index.ts';
import { BLANK_STEP } from '../record/run-rows.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import { present } from '../record/view.ts';
import type { View } from '../record/view.ts';
import { NOT_PAUSED } from '../rows/run.ts';
import { isSameEnd } from '../rows/steps.ts';
import type { RunStatus } from '../../../protocol/status.ts';
import { describePlan } from './plan.ts';

/** Who made the branch, and why. */
export interface BranchOrigin {
  readonly action: 'reset' | 'restart' | 'continue';
  readonly by: string | null;
  readonly reason: string | null;
}

/** How the event that opens the run again says what opened it. */
const TOLD_AS = { reset: 'reset', restart: 'restart', continue: 'continued' } as const;

/** Opens the run again under a new epoch. @param causedBy the event of the message that asked for it */
export function beginBranch(
  view: View,
  place: HistoryPlace,
  status: RunStatus,
  origin: BranchOrigin,
  causedBy: number | null = null,
): void {
  const { run } = view.rows;
  const { action, by, reason } = origin;
  const { ended_by: _, ...metadata } = run.metadata;
  view.rows.beginEpoch(run.epoch + 1);
  view.rows.changeRun(place.timeMs, {
    terminal_reason: null,
    ...NOT_PAUSED,
    temporal_pause: null,
    cancel_requested_at: null,
    output: null,
    error: null,
    error_message: null,
    completed_at: null,
    duration_seconds: null,
    execution_id: place.executionId,
    metadata: { ...metadata, [action]: present({ by, reason }) },
  });
  view.clearNeeds(place);
  view.pausedBy = null;
  const why = action === 'continue' ? { message: reason } : { reason };
  const data = { [TOLD_AS[action]]: true, ...why, by };
  view.causes.restart(view.moveRun(place, status, data, causedBy));
}

/**
 * A closed run goes on: steps whose state is not what was recorded begin anew, before the notes of the first task say
 * what becomes of them. Those that had settled and stay as they were are left alone.
 */
export function reopenSteps(view: View, place: HistoryPlace, state: RunState): void {
  describePlan(view, place, state);
  for (const row of view.rows.steps.values()) {
    const step = state.steps[row.key];
    if (step === undefined || isSameEnd(step, row) || row.status === 'pending') continue;
    view.moveStep(place, row, { status: 'pending', attempt: 0 }, { causedBy: view.causes.start });
    view.writeStep(row, BLANK_STEP);
  }
}
