/** Pauses, as the core noted them, into the run's row, events and the thread. */
import type { Note, RunState } from '../../../workflows/core/index.ts';
import { comment, commentOn } from '../record/comments.ts';
import type { SourcedFact } from '../execution-fold.ts';
import type { PauseJson, RunRow, StepRow } from '../rows.ts';
import { timeOf } from '../rows.ts';
import type { Place } from '../record/run-rows.ts';
import type { View } from '../record/view.ts';

type PauseNote = Extract<
  Note,
  { readonly type: 'run_paused' | 'pause_draining' | 'pause_drained' | 'run_resumed' }
>;
type Of<T extends PauseNote['type']> = Extract<PauseNote, { readonly type: T }>;

/** What a note came from: who sent it, and the event of the message that led to it. */
interface PauseOrigin {
  readonly source: SourcedFact | null;
  readonly causedBy: number | null;
}

export function recordPauseNote(view: View, place: Place, note: PauseNote, origin: PauseOrigin): void {
  switch (note.type) {
    case 'run_paused':
      return begins(view, place, note, origin);
    case 'pause_draining':
      return draining(view, place, note);
    case 'pause_drained':
      return inForce(view, place, note);
    case 'run_resumed':
      return ends(view, place, note, origin);
  }
}

export const NOT_PAUSED = {
  is_paused: false,
  pause_requested_at: null,
  pause_reason: null,
  pause_drained_at: null,
  pause: null,
} as const satisfies Partial<RunRow>;

function begins(view: View, place: Place, note: Of<'run_paused'>, { source, causedBy }: PauseOrigin): void {
  const { reason, mode, busy, stricter } = note;
  const by = note.by ?? identityOf(source);
  const { status: from, pause_requested_at } = view.rows.run;
  const ends_at = note.endsAt === null ? null : timeOf(note.endsAt);
  const asked = { mode, by, busy, ends_at, on_timeout: note.onTimeout };
  view.rows.changeRun(place.timeMs, {
    status: 'paused',
    is_paused: true,
    pause_requested_at: (stricter ? pause_requested_at : null) ?? timeOf(place.timeMs),
    pause_reason: reason,
    pause_drained_at: null,
    pause: { ...asked, drained: 0 },
  });
  const data = { from, to: 'paused', reason, ...asked, stricter: stricter ? true : null };
  const seq = view.runEvent(place, data, causedBy);
  view.causes.pause = seq;
  commentOn(view, place, seq, { content: pausedText(note), step: null });
}

function pausedText({ reason, mode, busy, stricter }: Of<'run_paused'>): string {
  const what = stricter ? 'Workflow pause made stricter at user request' : 'Workflow paused at user request';
  const steps = busy === 1 ? '1 step' : `${busy} steps`;
  const left = busy === 0 ? '' : `; ${steps} still at work`;
  return `${what}${reason === null ? '' : `: ${reason}`} (${mode}${left})`;
}

function draining(view: View, place: Place, { drained, of }: Of<'pause_draining'>): void {
  const { status, pause } = view.rows.run;
  if (pause !== null) view.rows.changeRun(place.timeMs, { pause: { ...pause, drained, busy: of } });
  view.runEvent(
    place,
    { from: status, to: status, drained: false, done: drained, of },
    view.causes.ofDraining(),
  );
}

function inForce(view: View, place: Place, { of }: Of<'pause_drained'>): void {
  const { status, pause } = view.rows.run;
  view.rows.changeRun(place.timeMs, {
    pause_drained_at: timeOf(place.timeMs),
    ...(pause === null ? {} : { pause: { ...pause, drained: of, busy: of } }),
  });
  const reason = 'nothing is open any more';
  const data = { from: status, to: status, drained: true, done: of, of, reason };
  view.runEvent(place, data, view.causes.ofDraining());
}

function ends(view: View, place: Place, note: Of<'run_resumed'>, { source, causedBy }: PauseOrigin): void {
  const { reason, timedOut } = note;
  const by = note.by ?? identityOf(source);
  const from = view.rows.run.status;
  view.rows.changeRun(place.timeMs, { status: 'running', ...NOT_PAUSED });
  const data = { from, to: 'running', reason, by, timed_out: timedOut ? true : null };
  const seq = view.runEvent(place, data, causedBy ?? view.causes.pause);
  const why = timedOut && reason !== null ? `: ${reason}` : '';
  commentOn(view, place, seq, { content: `Workflow resumed${why}`, step: null });
  for (const row of view.rows.steps.values()) if (isResting(row)) view.resting.set(row.key, seq);
}

/** An agent that has begun. One that was at work all the time has nothing to begin in the same task. */
function isResting({ agent, status, attempt }: StepRow): boolean {
  return agent !== null && status === 'running' && attempt > 0;
}

/** Says that an agent goes on after a pause, where it does. */
export function tellContinuing(view: View, place: Place, row: StepRow): void {
  const resumption = view.resting.get(row.key);
  if (resumption === undefined) return;
  view.resting.delete(row.key);
  comment(view, place, { content: `Continuing ${row.agent ?? ''} agent execution…`, step: row }, resumption);
}

/** The pause of a state that is taken up. */
export function restorePause(view: View, place: Place, { paused: state, timers }: RunState): void {
  if (state === null) return;
  const { busy, waitsFor, holds, mode, by, onTimeout, timer } = state;
  const dueAt = timer === null ? undefined : timers[timer]?.dueAt;
  const ends_at = dueAt === undefined ? null : timeOf(dueAt);
  const drained = busy - waitsFor.length;
  const pause: PauseJson = { mode, by, busy, drained, ends_at, on_timeout: onTimeout };
  view.rows.changeRun(place.timeMs, {
    is_paused: true,
    pause_requested_at: timeOf(state.requestedAt),
    pause_reason: state.reason,
    pause_drained_at: holds ? timeOf(place.timeMs) : null,
    pause,
  });
}

/** Who did it, as Temporal was told. */
export function identityOf(source: SourcedFact | null): string | null {
  const event = source?.event;
  return event?.kind === 'signaled' || event?.kind === 'cancel_requested' ? event.identity : null;
}
