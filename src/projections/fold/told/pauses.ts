/** Pauses, as the core noted them, into events and the thread. What the run's row says of one follows from the state. */
import type { Note } from '../../../workflows/core/index.ts';
import { comment, commentOn } from '../record/comments.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import type { View } from '../record/view.ts';
import type { SourcedFact } from '../execution-fold.ts';
import type { StepRow } from '../../../tables/projected/workflow-step-executions.ts';
import { timeOf } from '../rows.ts';

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

export function tellPause(view: View, place: HistoryPlace, note: PauseNote, origin: PauseOrigin): void {
  switch (note.type) {
    case 'run_paused':
      return begins(view, place, note, origin);
    case 'pause_draining':
      return tellDrained(view, place, { drained: false, done: note.drained, of: note.of });
    case 'pause_drained':
      return tellDrained(view, place, {
        drained: true,
        done: note.of,
        of: note.of,
        reason: 'nothing is open any more',
      });
    case 'run_resumed':
      return ends(view, place, note, origin);
  }
}

function begins(
  view: View,
  place: HistoryPlace,
  note: Of<'run_paused'>,
  { source, causedBy }: PauseOrigin,
): void {
  const { reason, mode, busy, stricter } = note;
  const by = note.by ?? identityOf(source);
  view.pausedBy = by;
  const ends_at = note.endsAt === null ? null : timeOf(note.endsAt);
  const asked = { mode, by, busy, ends_at, on_timeout: note.onTimeout };
  const data = { reason, ...asked, stricter: stricter ? true : null };
  const seq = view.moveRun(place, 'paused', data, causedBy);
  view.causes.pause = seq;
  commentOn(view, place, seq, { content: pausedText(note), step: null });
}

function pausedText({ reason, mode, busy, stricter }: Of<'run_paused'>): string {
  const what = stricter ? 'Workflow pause made stricter at user request' : 'Workflow paused at user request';
  const steps = busy === 1 ? '1 step' : `${busy} steps`;
  const left = busy === 0 ? '' : `; ${steps} still at work`;
  return `${what}${reason === null ? '' : `: ${reason}`} (${mode}${left})`;
}

interface Drained {
  readonly drained: boolean;
  readonly done: number;
  readonly of: number;
  readonly reason?: string;
}

/** How far a pause has come. */
function tellDrained(view: View, place: HistoryPlace, drained: Drained): void {
  const { status } = view.rows.run;
  view.runEvent(place, { from: status, to: status, ...drained }, view.causes.ofDraining());
}

function ends(
  view: View,
  place: HistoryPlace,
  note: Of<'run_resumed'>,
  { source, causedBy }: PauseOrigin,
): void {
  const { reason, timedOut } = note;
  const by = note.by ?? identityOf(source);
  const data = { reason, by, timed_out: timedOut ? true : null };
  const seq = view.moveRun(place, 'running', data, causedBy ?? view.causes.pause);
  const why = timedOut && reason !== null ? `: ${reason}` : '';
  commentOn(view, place, seq, { content: `Workflow resumed${why}`, step: null });
  for (const row of view.rows.steps.values()) if (isResting(view, row)) view.resting.set(row.key, seq);
}

/** An agent that has begun. One that was at work all the time has nothing to begin in the same task. */
function isResting(view: View, row: StepRow): boolean {
  const { status, attempt } = view.standing(row);
  return row.agent !== null && status === 'running' && attempt > 0;
}

/** Says that an agent goes on after a pause, where it does. */
export function tellContinuing(view: View, place: HistoryPlace, row: StepRow): void {
  const resumption = view.resting.get(row.key);
  if (resumption === undefined) return;
  view.resting.delete(row.key);
  comment(view, place, { content: `Continuing ${row.agent ?? ''} agent execution…`, step: row }, resumption);
}

/** Who did it, as Temporal was told. */
export function identityOf(source: SourcedFact | null): string | null {
  const event = source?.event;
  return event?.kind === 'signaled' || event?.kind === 'cancel_requested' ? event.identity : null;
}
