/**
 * Steps' transitions, as the core noted them, into events and comments. The rows of steps follow at the end of the
 * decision; of an error they get all that the note says, of which the state keeps the kind.
 */
import { writeJson } from '../../../plan/exact-json.ts';
import type { JsonObject } from '../../../plan/json.ts';
import { storableText } from '../../../plan/storable.ts';
import type { StepError } from '../../../protocol/failure.ts';
import { since } from '../../../workflows/core/index.ts';
import type { Note, RunState } from '../../../workflows/core/index.ts';
import { comment, commentOn } from '../record/comments.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import { causeTold } from '../rows/stop-cause.ts';
import { toldErrorJson, wholeColumns } from '../rows/steps.ts';
import type { StepRow } from '../../../tables/projected/workflow-step-executions.ts';
import { timeOf } from '../rows.ts';
import { beginOwnAttempt, endAttempt, holdAttempt, interruptAttempt, tellStop } from './attempts.ts';
import { present } from '../record/view.ts';
import type { View } from '../record/view.ts';
import { wholeOutput } from '../record/whole-values.ts';
import { answerText, consumptionText } from '../record/words.ts';
import type { PersonNote } from './single-steps.ts';

export type StepNote = Exclude<
  Extract<Note, { readonly step: string; readonly type: `step_${string}` }>,
  PersonNote
>;

/** True for notes that speak of a step. */
export function isStepNote(note: Note): note is StepNote {
  return note.type.startsWith('step_');
}

/** @param state after the whole task */
export function tellStep(view: View, place: HistoryPlace, note: StepNote, state: RunState): void {
  const row = view.rows.steps.get(note.step);
  if (row === undefined) return;
  switch (note.type) {
    case 'step_started':
      return started(view, place, row, note);
    case 'step_waiting':
      return waiting(view, place, row, note);
    case 'step_retrying':
      return retrying(view, place, row, note);
    case 'step_done_by':
      return doneBy(view, place, row, note);
    case 'step_completed':
      return completed(view, place, row, note);
    case 'step_failed':
      return failed(view, place, row, note);
    case 'step_skipped':
      return skipped(view, place, row, note.reason);
    case 'step_cancelled':
      return tellCancelled(view, place, row, causeTold(view, note.reason, state));
    case 'step_asking':
      return asking(view, place, row, note.attempt);
    case 'step_going_on':
      return goingOn(view, place, row, note.attempt);
    case 'step_interrupted':
      return interrupted(view, place, row, note.attempt);
    case 'step_taken_over':
      return takenOver(view, place, row, note.from, state);
  }
}

type Of<T extends StepNote['type']> = Extract<StepNote, { readonly type: T }>;

function started(view: View, place: HistoryPlace, row: StepRow, note: Of<'step_started'>): void {
  const { attempt } = note;
  const causedBy = view.causes.ofStart(view.spec(row.key), attempt);
  const seq = view.moveStep(place, row, { status: 'running', attempt }, { causedBy });
  view.causes.stepStarted(row.key, seq);
  if (row.agent !== null) {
    const again = attempt === 1 ? '' : ` again (attempt ${attempt})`;
    const what = row.title === row.key ? '…' : ` - ${row.title}`;
    commentOn(view, place, seq, { content: `Starting ${row.agent} agent${again}${what}`, step: row });
  }
  if (note.activityId === null) beginOwnAttempt(view, place, row.key, attempt);
}

function waiting(view: View, place: HistoryPlace, row: StepRow, note: Of<'step_waiting'>): void {
  const { attempt } = note;
  const causedBy = view.causes.ofStart(view.spec(row.key), attempt);
  const data = { until: timeOf(note.untilMs) };
  const seq = view.moveStep(place, row, { status: 'waiting', attempt }, { causedBy, data });
  view.causes.stepStarted(row.key, seq);
  beginOwnAttempt(view, place, row.key, attempt, 'waiting');
}

/** It waits for people. */
function asking(view: View, place: HistoryPlace, row: StepRow, attempt: number): void {
  holdAttempt(view, row.key, attempt, 'waiting');
  if (view.standing(row).status === 'waiting') return;
  const causedBy = view.causes.ofAttempt(row.key);
  view.moveStep(place, row, { status: 'waiting' }, { causedBy, data: { reason: 'it asks' } });
}

function goingOn(view: View, place: HistoryPlace, row: StepRow, attempt: number): void {
  holdAttempt(view, row.key, attempt, 'running');
  if (view.standing(row).status === 'running') return;
  view.moveStep(place, row, { status: 'running' }, { causedBy: view.causes.ofAttempt(row.key) });
}

/** A pause has stopped it: it starts again when the run is resumed. */
function interrupted(view: View, place: HistoryPlace, row: StepRow, attempt: number): void {
  const reason = 'stopped by a pause';
  interruptAttempt(view, place, row.key, attempt, reason);
  const causedBy = view.causes.pause ?? view.causes.ofAttempt(row.key);
  view.moveStep(place, row, { status: 'pending' }, { causedBy, data: { reason, interrupted: true } });
}

/** The run that was redirected here has done it: this one makes no attempt of its own. */
function takenOver(view: View, place: HistoryPlace, row: StepRow, from: string, state: RunState): void {
  const step = state.steps[row.key];
  if (step === undefined) return;
  const { status } = step;
  const data = { taken_over: true, from_run: from };
  const seq = view.moveStep(place, row, { status }, { causedBy: view.causes.start, data });
  view.writeStep(row, { ...wholeColumns(step, row), attempt: 0 });
  view.causes.stepSettled(row.key, seq);
}

function retrying(view: View, place: HistoryPlace, row: StepRow, note: Of<'step_retrying'>): void {
  const { error, delayMs: delay_ms } = note;
  endAttempt(view, place, row.key, note.attempt, 'failed', error);
  const causedBy = recordError(view, place, row, error, { will_retry: true, delay_ms });
  const seq = view.moveStep(place, row, { status: 'retrying' }, { causedBy });
  tellFailure(view, place, seq, row, error, '; trying again');
}

function doneBy(view: View, place: HistoryPlace, row: StepRow, { node, comments }: Of<'step_done_by'>): void {
  const causedBy = view.causes.ofAttempt(row.key);
  const metadata = { node };
  for (const said of comments)
    comment(view, place, { content: `${node}: ${said}`, step: row, metadata }, causedBy);
  comment(view, place, { content: `${row.title}: done by ${node}`, step: row, metadata }, causedBy);
}

function completed(view: View, place: HistoryPlace, row: StepRow, note: Of<'step_completed'>): void {
  const { error, result } = note;
  endAttempt(view, place, row.key, note.attempt, error === undefined ? 'completed' : 'failed', error);
  const start = view.causes.ofAttempt(row.key);
  const causedBy =
    error === undefined ? start : recordError(view, place, row, error, { will_retry: false, fallback: true });
  const fallback = error === undefined ? null : true;
  const data = { ...present({ preview: result.preview, fallback }), ...wholeOutput(view, result) };
  const seq = view.moveStep(place, row, { status: 'completed' }, { causedBy, data });
  view.causes.stepSettled(row.key, seq);
  if (error !== undefined) tellFailure(view, place, seq, row, error, '; its fallback is used');
  else if (row.agent !== null) {
    const content = `${row.agent} agent completed: ${answerText(result.preview)} (${consumptionText(row)})`;
    commentOn(view, place, seq, { content, step: row });
  } else if (row.kind === 'command') {
    commentOn(view, place, seq, { content: `${row.title}: PASSED`, step: row });
  }
}

function failed(view: View, place: HistoryPlace, row: StepRow, { error, ...note }: Of<'step_failed'>): void {
  endAttempt(view, place, row.key, note.attempt, 'failed', error);
  const tolerated = note.tolerated ? true : null;
  const causedBy = recordError(view, place, row, error, { will_retry: false, tolerated });
  const data = { reason: error.message };
  const seq = view.moveStep(place, row, { status: 'failed' }, { causedBy, data });
  view.causes.stepSettled(row.key, seq);
  tellFailure(view, place, seq, row, error, '');
}

function skipped(view: View, place: HistoryPlace, row: StepRow, reason: string): void {
  const causedBy = view.causes.ofStart(view.spec(row.key), 1);
  const seq = view.moveStep(place, row, { status: 'skipped' }, { causedBy, data: { reason } });
  view.causes.stepSettled(row.key, seq);
}

/** The step will not be done. */
export function tellCancelled(view: View, place: HistoryPlace, row: StepRow, reason: string): void {
  const { attempt } = view.standing(row);
  endAttempt(view, place, row.key, attempt, 'cancelled');
  tellStop(view, row, reason);
  const causedBy = view.causes.ofEnd();
  const seq = view.moveStep(place, row, { status: 'cancelled' }, { causedBy, data: { reason } });
  view.causes.stepSettled(row.key, seq);
  const hasBegun = attempt > 0;
  if (row.agent !== null && hasBegun) {
    commentOn(view, place, seq, { content: `${row.agent} agent cancelled: ${reason}`, step: row });
  } else if (row.kind === 'command' && hasBegun && since(view, 'true_causes')) {
    commentOn(view, place, seq, { content: `${row.title}: STOPPED (${reason})`, step: row });
  }
}

/** @param seq the event's that the comment stands under */
function tellFailure(
  view: View,
  place: HistoryPlace,
  seq: number,
  row: StepRow,
  error: StepError,
  then: string,
): void {
  if (row.agent !== null) {
    const why = then === '' ? error.message : error.message.replace(/\.$/, '');
    const content = `${row.agent} agent failed: ${why}${then}`;
    commentOn(view, place, seq, { content, step: row });
  } else if (row.kind === 'command') {
    const code = error.type === 'command_failed' ? view.exitCode(row.key) : null;
    const why = code === null ? error.message : `exit code ${code}`;
    commentOn(view, place, seq, { content: `${row.title}: FAILED (${why})${then}`, step: row });
  }
}

/** Characters of what an error tells that stand in its event; the attempt has all of it. */
const EVENT_CHARS = 1_000;

/** What an error tells, in short: of a program's output the end. */
function toldShort({ data = {} }: StepError): JsonObject {
  const shortened = Object.entries(data).map(([name, value]) => {
    const text = typeof value === 'object' && value !== null ? writeJson(value) : value;
    if (typeof text !== 'string' || text.length <= EVENT_CHARS) return [name, value] as const;
    const cut = name.endsWith('_tail') ? text.slice(-EVENT_CHARS) : text.slice(0, EVENT_CHARS);
    return [name, storableText(cut)] as const;
  });
  return Object.fromEntries(shortened);
}

/** A failed attempt: its step has the error from now on. Answers the event's seq. */
function recordError(
  view: View,
  place: HistoryPlace,
  row: StepRow,
  error: StepError,
  data: JsonObject,
): number {
  const { type, category, message } = error;
  view.rows.changeStep(row, { error: toldErrorJson(error, row.error) });
  const seq = view.rows.addEvent(place, {
    type: 'error',
    step: row.key,
    ...(error.attempt > 0 ? { attempt: error.attempt } : {}),
    data: present({ scope: 'step', category, type, message, ...toldShort(error), ...data }),
    causedBy: view.causes.ofAttempt(row.key),
  });
  view.causes.attemptFailed(row.key, seq);
  view.causes.leadsOn(row.key, seq);
  return seq;
}
