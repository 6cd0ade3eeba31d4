/**
 * Temporal's own pause (`temporal workflow pause`, the Web UI) in the run's row, events and thread.
 *
 * The run itself knows nothing of it: it gets no workflow task, so it decides nothing, while activities that workers have
 * and all clocks go on. What operators do to it stands in the thread as theirs, as a termination does; the status of the
 * run stays what the run made of it.
 */
import type { Recorded } from '../recorded-event.ts';
import type { TemporalPauseJson } from '../../../tables/projected/workflow-runs.ts';
import { timeOf } from '../rows.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import { commentOn } from '../record/comments.ts';
import { present } from '../record/view.ts';
import type { View } from '../record/view.ts';

type Hold = Recorded<'held' | 'released'>;

/** An operator has paused the run in Temporal, or has taken that back. */
export function recordHold(view: View, place: HistoryPlace, event: Hold): void {
  const before = view.rows.run.temporal_pause;
  const isHeld = event.kind === 'held';
  view.rows.changeRun(place.timeMs, { temporal_pause: isHeld ? holdJson(event) : null });
  const { status } = view.rows.run;
  const by = event.identity;
  const data = {
    from: status,
    to: status,
    temporal: isHeld ? 'paused' : 'unpaused',
    reason: event.reason,
    by,
    since: isHeld ? null : (before?.since ?? null),
  };
  const seq = view.runEvent(place, data, addRequest(view, place, event));
  commentOn(view, place, seq, { content: holdText(event), step: null });
}

/** The hold that a state is taken up with: its execution was begun from the middle of one. */
export function takeUpHold(view: View, place: HistoryPlace, hold: Hold): void {
  view.rows.changeRun(place.timeMs, { temporal_pause: holdJson(hold) });
}

function holdJson({ identity: by, reason, timeMs }: Hold): TemporalPauseJson {
  return { by, reason, since: timeOf(timeMs) };
}

/** What the operator asked for. Answers its event's seq. */
function addRequest(
  view: View,
  place: HistoryPlace,
  { kind, identity: by, reason, requestId }: Hold,
): number {
  const action = kind === 'held' ? 'pause' : 'resume';
  const said = { action, status: 'processed', content: reason, by, temporal: true };
  const seq = view.rows.addEvent(place, {
    type: 'message',
    data: present({ message_id: requestId, ...said }),
    causedBy: null,
  });
  view.rows.addMessage({
    seq,
    message_id: requestId,
    message_type: 'user',
    action_type: action,
    action_status: 'processed',
    content: reason,
    reason: null,
    author: by,
    metadata: present({ identity: by, temporal: true }),
    created_at: timeOf(place.timeMs),
  });
  return seq;
}

function holdText({ kind, identity, reason }: Hold): string {
  const who = identity === null ? '' : ` by ${identity}`;
  const why = reason === null ? '' : `: ${reason}`;
  if (kind === 'released') return `Workflow no longer paused in Temporal${who}${why}`;
  return (
    `Workflow paused in Temporal${who}${why} (it decides nothing and reads no message meanwhile; steps that workers ` +
    `have go on, and so do all clocks)`
  );
}
