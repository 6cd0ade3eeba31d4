/**
 * A new branch of a run: an operator reset it or started it again under the same id, or somebody goes on with it after
 * its end. It begins an epoch; what was recorded before stays, the totals too.
 */
import type { JsonObject } from '../../../plan/json.ts';
import { isSettled } from '../../../protocol/status.ts';
import { lastTryOf } from '../../../workflows/core/index.ts';
import type { StepRow } from '../../../tables/projected/workflow-step-executions.ts';
import type { RunState, StepState } from '../../../workflows/core/index.ts';
import { BLANK_STEP } from '../record/run-rows.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import { present } from '../record/view.ts';
import type { View } from '../record/view.ts';
import { NOT_PAUSED } from '../rows/run.ts';
import { isSameEnd, wholeColumns } from '../rows/steps.ts';
import type { RunStatus } from '../../../protocol/status.ts';
import { describePlan, tellPlan } from './plan.ts';
import { startRunning } from './run.ts';

/** Who made the branch, and why. */
export interface BranchOrigin {
  readonly action: 'reset' | 'restart' | 'continue' | 'restore';
  readonly by: string | null;
  readonly reason: string | null;
}

/** How the event that opens the run again says what opened it. */
const TOLD_AS = { reset: 'reset', restart: 'restart', continue: 'continued', restore: 'restored' } as const;

/** Steps of which the decision at work tells: the others stand as they did before it. */
type Moved = ReadonlySet<string>;

interface Told {
  readonly moved: Moved;
  /** Steps whose end is given: what stood there before is told with it. */
  readonly given: ReadonlySet<string>;
}

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
  view.rows.beginEpoch(run.epoch + 1, place.timeMs);
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
export function reopenSteps(view: View, place: HistoryPlace, state: RunState, { moved, given }: Told): void {
  describePlan(view, place, state);
  for (const row of view.rows.steps.values()) {
    const step = state.steps[row.key];
    if (step === undefined || given.has(row.key) || isSameEnd(step, row)) continue;
    const hasSettled = isSettled(step.status) && !moved.has(row.key);
    if (hasSettled) takeOverStep(view, place, row, step, {});
    if (hasSettled || row.status === 'pending') continue;
    view.moveStep(place, row, { status: 'pending', attempt: 0 }, { causedBy: view.causes.start });
    view.writeStep(row, BLANK_STEP);
  }
}

/** A run that was forked from another begins with its state: what had settled there is told before what follows. */
export function beginFork(view: View, place: HistoryPlace, state: RunState, moved: Moved): void {
  startRunning(view, place);
  tellPlan(view, place, state);
  const from = view.rows.run.lineage['forked_from'] as { readonly run?: string } | undefined;
  const told = present({ taken_over: true, from_run: from?.run ?? null });
  for (const row of view.rows.steps.values()) {
    const step = state.steps[row.key];
    if (step === undefined || !isSettled(step.status) || moved.has(row.key)) continue;
    takeOverStep(view, place, row, step, told);
  }
}

/** It had come to its end before this decision, in another branch or run. */
function takeOverStep(
  view: View,
  place: HistoryPlace,
  row: StepRow,
  step: StepState,
  data: JsonObject,
): void {
  const { status } = step;
  const attempt = lastTryOf(step);
  const seq = view.moveStep(place, row, { status, attempt }, { causedBy: view.causes.start, data });
  view.writeStep(row, wholeColumns(step, row));
  view.causes.stepSettled(row.key, seq);
}
