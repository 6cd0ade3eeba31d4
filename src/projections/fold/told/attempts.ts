/**
 * Attempts, as far as notes tell of them: that what the workflow does itself begins, that one waits or goes on, how one
 * has ended. When a worker had it stands in its activity's events (seen/activity.ts).
 */
import type { StepError } from '../../../protocol/failure.ts';
import { since } from '../../../workflows/core/index.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import type { View } from '../record/view.ts';
import { toldErrorJson } from '../rows/steps.ts';
import type { AttemptRow } from '../../../tables/projected/workflow-step-attempts.ts';
import type { StepRow } from '../../../tables/projected/workflow-step-executions.ts';
import { timeOf } from '../rows.ts';

/** What the workflow does itself has no events of its own. */
export function beginOwnAttempt(
  view: View,
  { timeMs }: HistoryPlace,
  step: string,
  attempt: number,
  status: 'running' | 'waiting' = 'running',
): void {
  view.rows.addAttempt(step, attempt, timeMs, { status, started_at: timeOf(timeMs) });
}

/** It waits for people, or goes on after that. */
export function holdAttempt(view: View, step: string, attempt: number, status: 'running' | 'waiting'): void {
  const row = view.rows.attempt(step, attempt);
  if (row !== undefined) view.rows.changeAttempt(row, { status });
}

/** Its time is that of its own last event, where it had one. */
export function endAttempt(
  view: View,
  place: HistoryPlace,
  step: string,
  attempt: number,
  status: AttemptRow['status'],
  error?: StepError,
): void {
  const row = view.rows.attempt(step, attempt);
  if (row === undefined) return;
  const wasOpen = row.status === 'running' || row.status === 'waiting';
  const completed_at = row.completed_at ?? timeOf(place.timeMs);
  const why = error === undefined ? {} : { category: error.category, error: toldErrorJson(error, row.error) };
  // A cancelled step whose activity had said something all the same keeps that.
  const settled = status === 'cancelled' && !wasOpen ? row.status : status;
  view.rows.changeAttempt(row, { status: settled, completed_at, ...why });
  view.rows.endings.endAttempt(row, place.executionId);
}

/** A pause has stopped it. */
export function interruptAttempt(
  view: View,
  place: HistoryPlace,
  step: string,
  attempt: number,
  why: string,
): void {
  const row = view.rows.attempt(step, attempt);
  if (row === undefined) return;
  const completed_at = row.completed_at ?? timeOf(place.timeMs);
  view.rows.changeAttempt(row, {
    status: 'cancelled',
    completed_at,
    error: { type: 'interrupted', message: why },
  });
  view.rows.endings.endAttempt(row, place.executionId);
}

/** The attempt that was stopped says by what: of runs since that is so, that what was written before stays right. */
export function tellStop(view: View, step: StepRow, reason: string): void {
  const row = view.rows.attempt(step.key, view.standing(step).attempt);
  if (!since(view, 'true_causes') || row?.status !== 'cancelled' || row.error !== null) return;
  view.rows.changeAttempt(row, { error: { type: 'cancelled', message: reason } });
}
