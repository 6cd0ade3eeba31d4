/**
 * How long a run has worked: the time in which at least one activity of it was dispatched, so that a worker had it or it
 * waited for one. What a run spends paused with nothing under way, waiting for people, for a timer, for the time of a
 * retry, or ended, is no work. It counts over all branches of a run, as its tokens do.
 *
 * It is exact to the events of history: between two of them that begin or end something, nothing is written.
 */
import type { ExecutionFold, Decision } from '../execution-fold.ts';
import type { RecordedEvent } from '../recorded-event.ts';
import type { RunRow } from '../../../tables/projected/workflow-runs.ts';
import { timeOf } from '../rows.ts';
import type { View } from '../record/view.ts';

/** After these something may have ended. What begins, begins with a decision. */
const ENDS: ReadonlySet<RecordedEvent['kind']> = new Set([
  'activity_completed',
  'activity_failed',
  'activity_cancelled',
  'task_failed',
  'closed',
]);

/** Takes the time of an event that has been recorded. @param decision what was decided with it */
export function measureWork(
  view: View,
  execution: ExecutionFold,
  event: RecordedEvent,
  decision: Decision | null,
): void {
  if (decision === null && !ENDS.has(event.kind)) return;
  const { run } = view.rows;
  const works = isUnderWay(run) && event.kind !== 'closed' && execution.isBusy(decision);
  if (works === (run.active_since !== null)) return;
  const nowMs = decision?.at.now ?? event.timeMs;
  const since = run.active_since === null ? nowMs : Date.parse(run.active_since);
  view.rows.changeRun(nowMs, {
    active_since: works ? timeOf(nowMs) : null,
    active_seconds: plus(run.active_seconds, Math.max(0, nowMs - since)),
  });
}

function isUnderWay({ status, started_at: started }: RunRow): boolean {
  return started !== null && (status === 'running' || status === 'paused');
}

/** Sums of fractions would not be those of their milliseconds. */
function plus(seconds: number, ms: number): number {
  return (Math.round(seconds * 1000) + ms) / 1000;
}
