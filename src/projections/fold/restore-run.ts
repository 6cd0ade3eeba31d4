/**
 * A new branch of a run: an operator reset it or started it again under the same id, or somebody goes on with it after
 * its end. Its steps are written anew from the core's state, under a new epoch; what was recorded before stays, the
 * totals too.
 */
import { isSettled } from '../../protocol/status.ts';
import type { RunStatus } from '../../protocol/status.ts';
import type { RunState } from '../../workflows/core/index.ts';
import type { ExecutionFold } from './execution-fold.ts';
import { beginCall, isTurn } from './record-call.ts';
import { NOT_PAUSED, restorePause } from './record-pause-notes.ts';
import { restoreQuestions } from './record-question-notes.ts';
import { restoreHold } from './record-hold.ts';
import { describePlan } from './record-run-notes.ts';
import { restoreMessages } from './restore-messages.ts';
import { timeOf } from './rows.ts';
import { BLANK_STEP } from './run-rows.ts';
import type { Place } from './run-rows.ts';
import { fieldsOf } from './step-fields.ts';
import { present } from './view.ts';
import type { View } from './view.ts';

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
  place: Place,
  status: RunStatus,
  origin: BranchOrigin,
  causedBy: number | null = null,
): void {
  const { run } = view.rows;
  const { ended_by: _, ...metadata } = run.metadata;
  const from = run.status;
  view.rows.beginEpoch(run.epoch + 1);
  view.rows.changeRun(place.timeMs, {
    status,
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
    metadata: { ...metadata, [origin.action]: present({ by: origin.by, reason: origin.reason }) },
  });
  view.clearNeeds(place);
  const { by, reason } = origin;
  const why = origin.action === 'continue' ? { message: reason } : { reason };
  const data = { from, to: status, [TOLD_AS[origin.action]]: true, ...why, by };
  view.causes.restart(view.runEvent(place, data, causedBy));
}

/** The copied part of a reset execution has been folded: the tables take over the state that it leads to. */
export function restoreReset(view: View, place: Place, execution: ExecutionFold, origin: BranchOrigin): void {
  const { state } = execution;
  beginBranch(view, place, statusOf(state), origin);
  if (state !== null) {
    view.rows.changeRun(place.timeMs, { started_at: timeOf(state.startedAt) });
    restorePause(view, place, state);
    describePlan(view, place, state);
  }
  restoreSteps(view, place, state);
  restoreQuestions(view, place, state);
  restoreMessages(view, place, state);
  if (execution.hold !== null) restoreHold(view, place, execution.hold);
  for (const id of Object.keys(state?.open ?? {})) {
    const activity = execution.copied(id);
    const address = activity?.address ?? null;
    if (activity === undefined || address === null || !view.rows.steps.has(address.step)) continue;
    const { step, attempt } = address;
    if (view.rows.attempt(step, attempt) === undefined) {
      view.rows.addAttempt(step, attempt, activity.scheduledMs, {});
    }
    if (isTurn(address) && execution.isOpen(id)) {
      beginCall(view, id, address, { input: activity.input, timeMs: activity.scheduledMs });
    }
  }
}

/**
 * A closed run goes on: steps whose state is not what was recorded begin anew, before the notes of the first task say
 * what becomes of them. Those that had settled and stay as they were are left alone.
 */
export function reopenSteps(view: View, place: Place, state: RunState): void {
  describePlan(view, place, state);
  for (const row of view.rows.steps.values()) {
    const step = state.steps[row.key];
    if (step === undefined) {
      view.rows.changeStep(row, { status: 'superseded' });
      continue;
    }
    const same = isSettled(step.status) && step.status === row.status;
    if (same && timeOf(step.completedAt ?? 0) === row.completed_at) continue;
    if (row.status === 'pending') continue;
    view.moveStep(place, row, BLANK_STEP, { causedBy: view.causes.start });
  }
}

function statusOf(state: RunState | null): RunStatus {
  if (state === null) return 'pending';
  return state.paused === null ? 'running' : 'paused';
}

/** Brings every step's row to the state; without a state, to its beginning. Rows that agree are left as they are. */
export function restoreSteps(view: View, place: Place, state: RunState | null): void {
  for (const row of view.rows.steps.values()) {
    const step = state === null ? undefined : state.steps[row.key];
    if (state?.plan != null && step === undefined) {
      view.rows.changeStep(row, { status: 'superseded' });
      continue;
    }
    const fields = step === undefined ? BLANK_STEP : fieldsOf(step, row.segments);
    const agrees = row.status === fields.status && row.completed_at === fields.completed_at;
    if (agrees && row.attempt === fields.attempt && step?.agent === undefined) continue;
    if (row.status === fields.status) view.rows.changeStep(row, fields);
    else view.moveStep(place, row, fields, { causedBy: view.causes.start });
  }
}
