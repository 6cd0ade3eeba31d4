/**
 * What single activity events tell before the workflow has looked at them: who works, and since when. What model calls
 * consumed is record-call.ts.
 *
 * An attempt of an agent has many activities: it is open from the first one's start until its step moves on.
 */
import type { ScheduledActivity } from '../execution-fold.ts';
import { beginCall, isTurn, recordCall } from './calls.ts';
import type { RecordedEvent } from '../recorded-event.ts';
import type { AttemptRow } from '../../../tables/projected/workflow-step-attempts.ts';
import { timeOf } from '../rows.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import type { View } from '../record/view.ts';

/** @param activity what the event speaks of */
export function recordActivity(
  view: View,
  place: HistoryPlace,
  event: RecordedEvent,
  activity: ScheduledActivity | undefined,
): void {
  const address = activity?.address ?? null;
  if (activity === undefined || address === null || !view.rows.steps.has(address.step)) return;
  const { step, attempt, turn } = address;
  // What a step proposes is looked at after its attempt, perhaps elsewhere.
  if (turn === 0) return;
  const row =
    view.rows.attempt(step, attempt) ??
    (event.kind === 'activity_scheduled' ? view.rows.addAttempt(step, attempt, event.timeMs, {}) : undefined);
  if (row === undefined) return;
  if (event.kind === 'activity_started') recordStart(view, row, event.timeMs, event.identity);
  else if (turn === null) recordEnd(view, row, event);
  if (!isTurn(address)) return;
  if (event.kind === 'activity_scheduled') beginCall(view, activity.id, address, event);
  else recordCall(view, place, activity.id, event);
}

/** An activity of the copied part of a reset execution that its state knows as open. @param isOpen it has not ended since */
export function takeUpActivity(view: View, activity: ScheduledActivity, isOpen: boolean): void {
  const { id, address, input, scheduledMs } = activity;
  if (address === null || !view.rows.steps.has(address.step)) return;
  const { step, attempt } = address;
  if (view.rows.attempt(step, attempt) === undefined) view.rows.addAttempt(step, attempt, scheduledMs, {});
  if (isTurn(address) && isOpen) beginCall(view, id, address, { input, timeMs: scheduledMs });
}

function recordStart(view: View, row: AttemptRow, timeMs: number, worker: string | null): void {
  view.rows.changeAttempt(row, { started_at: row.started_at ?? timeOf(timeMs), worker });
}

function recordEnd(view: View, row: AttemptRow, event: RecordedEvent): void {
  const completed_at = timeOf(event.timeMs);
  switch (event.kind) {
    case 'activity_completed':
      return view.rows.changeAttempt(row, { status: 'completed', completed_at });
    case 'activity_failed':
      if (event.failure.kind === 'application') view.rememberExit(row.step, event.failure.details);
      return view.rows.changeAttempt(row, { status: 'failed', completed_at });
    case 'activity_cancelled':
      return view.rows.changeAttempt(row, { status: 'cancelled', completed_at });
    default:
  }
}
