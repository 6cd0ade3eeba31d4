/**
 * A new branch of a run: an operator reset it, or started it again under the same id. Its steps are written anew from
 * the core's state, under a new epoch; what was recorded before stays.
 */
import type { RunState, StepState } from '../../workflows/core/index.ts';
import type { ExecutionFold } from './execution-fold.ts';
import { parseActivityId } from './record-activity.ts';
import { describePlan, NOT_PAUSED } from './record-run-notes.ts';
import { asJson, outputFields } from './record-step-notes.ts';
import type { RunStatus, StepRow } from './rows.ts';
import { timeOf } from './rows.ts';
import { BLANK_STEP } from './run-rows.ts';
import type { Place } from './run-rows.ts';
import { present } from './view.ts';
import type { View } from './view.ts';

/** Who made the branch, and why. */
export interface BranchOrigin {
  readonly action: 'reset' | 'restart';
  readonly by: string | null;
  readonly reason: string | null;
}

/** Opens the run again under a new epoch. */
export function beginBranch(view: View, place: Place, status: RunStatus, origin: BranchOrigin): void {
  const { run } = view.rows;
  const { ended_by: _, ...metadata } = run.metadata;
  const from = run.status;
  view.rows.beginEpoch(run.epoch + 1);
  view.rows.changeRun(place.timeMs, {
    status,
    terminal_reason: null,
    ...NOT_PAUSED,
    cancel_requested_at: null,
    output: null,
    error: null,
    error_message: null,
    completed_at: null,
    duration_seconds: null,
    execution_id: place.executionId,
    metadata: { ...metadata, [origin.action]: present({ by: origin.by, reason: origin.reason }) },
  });
  const data = { from, to: status, [origin.action]: true, reason: origin.reason, by: origin.by };
  view.causes.restart(view.runEvent(place, data, null));
}

/** The copied part of a reset execution has been folded: the tables take over the state that it leads to. */
export function restoreReset(view: View, place: Place, execution: ExecutionFold, origin: BranchOrigin): void {
  const { state } = execution;
  beginBranch(view, place, statusOf(state), origin);
  if (state !== null) {
    restorePause(view, place, state);
    describePlan(view, place, state);
  }
  restoreSteps(view, place, state);
  for (const id of Object.keys(state?.open ?? {})) {
    const address = parseActivityId(id);
    if (address === null || !view.rows.steps.has(address.step)) continue;
    view.rows.addAttempt(address.step, address.attempt, execution.scheduledMs(id) ?? place.timeMs, {});
  }
}

function statusOf(state: RunState | null): RunStatus {
  if (state === null) return 'pending';
  return state.paused === null ? 'running' : 'paused';
}

function restorePause(view: View, place: Place, { paused, startedAt }: RunState): void {
  const pause =
    paused === null
      ? {}
      : { is_paused: true, pause_requested_at: timeOf(paused.requestedAt), pause_reason: paused.reason };
  view.rows.changeRun(place.timeMs, { started_at: timeOf(startedAt), ...pause });
}

/** Brings every step's row to the state; without a state, to its beginning. Rows that agree are left as they are. */
export function restoreSteps(view: View, place: Place, state: RunState | null): void {
  for (const row of view.rows.steps.values()) {
    const step = state === null ? undefined : state.steps[row.key];
    if (state?.plan != null && step === undefined) {
      view.rows.changeStep(row, { status: 'superseded' });
      continue;
    }
    const fields = step === undefined ? BLANK_STEP : fieldsOf(step);
    const agrees = row.status === fields.status && row.completed_at === fields.completed_at;
    if (agrees && row.attempt === fields.attempt) continue;
    if (row.status === fields.status) view.rows.changeStep(row, fields);
    else view.moveStep(place, row, fields, { causedBy: view.causes.start });
  }
}

function fieldsOf(step: StepState): Partial<StepRow> & Pick<StepRow, 'status' | 'attempt' | 'completed_at'> {
  const { status, attempt, reason, error, result, startedAt, completedAt } = step;
  return {
    ...BLANK_STEP,
    status,
    attempt,
    reason: reason ?? null,
    error: error === undefined ? null : asJson(error),
    ...(result === undefined ? {} : outputFields(result)),
    tolerated: step.tolerated === true,
    started_at: startedAt === null ? null : timeOf(startedAt),
    completed_at: completedAt === null ? null : timeOf(completedAt),
  };
}
