/** Steps' transitions, as the core noted them, into rows and events. */
import { writeJson } from '../../../plan/exact-json.ts';
import type { JsonObject } from '../../../plan/json.ts';
import { storableText } from '../../../plan/storable.ts';
import type { StepError } from '../../../protocol/failure.ts';
import type { Note, RunState } from '../../../workflows/core/index.ts';
import { causeTold } from '../rows/stop-cause.ts';
import { commentOn } from '../record/comments.ts';
import type { AttemptRow, StepRow } from '../rows.ts';
import { timeOf } from '../rows.ts';
import type { Place } from '../record/run-rows.ts';
import { closeSegment } from '../rows/segments.ts';
import { asJson, fieldsOf, outputFields } from '../rows/steps.ts';
import { present } from '../record/view.ts';
import type { View } from '../record/view.ts';
import { wholeOutput } from '../record/whole-values.ts';
import { answerText, consumptionText } from '../record/words.ts';

export type StepNote = Extract<Note, { readonly step: string; readonly type: `step_${string}` }>;

/** True for notes that speak of a step. */
export function isStepNote(note: Note): note is StepNote {
  return note.type.startsWith('step_');
}

/** @param state after the whole task */
export function recordStepNote(view: View, place: Place, note: StepNote, state: RunState): void {
  const row = view.rows.steps.get(note.step);
  if (row === undefined) return;
  switch (note.type) {
    case 'step_started':
      return started(view, place, row, note);
    case 'step_waiting':
      return waiting(view, place, row, note);
    case 'step_retrying':
      return retrying(view, place, row, note);
    case 'step_completed':
      return completed(view, place, row, note);
    case 'step_failed':
      return failed(view, place, row, note);
    case 'step_skipped':
      return skipped(view, place, row, note.reason);
    case 'step_cancelled':
      return cancelStep(view, place, row, causeTold(view, note.reason, state));
    case 'step_asking':
      return asking(view, place, row, note);
    case 'step_going_on':
      return goingOn(view, place, row, note);
    case 'step_interrupted':
      return interrupted(view, place, row, note);
    case 'step_taken_over':
      return takenOver(view, place, row, note, state);
  }
}

type Of<T extends StepNote['type']> = Extract<StepNote, { readonly type: T }>;

function started(view: View, place: Place, row: StepRow, note: Of<'step_started'>): void {
  const started_at = row.started_at ?? timeOf(place.timeMs);
  const causedBy = view.causes.ofStart(view.spec(row.key), note.attempt);
  const seq = view.moveStep(
    place,
    row,
    { status: 'running', attempt: note.attempt, started_at },
    { causedBy },
  );
  view.causes.stepStarted(row.key, seq);
  if (row.agent !== null) {
    const again = note.attempt === 1 ? '' : ` again (attempt ${note.attempt})`;
    const what = row.title === row.key ? '…' : ` - ${row.title}`;
    commentOn(view, place, seq, { content: `Starting ${row.agent} agent${again}${what}`, step: row });
  }
  // What the workflow does itself has no events of its own.
  if (note.activityId === null) {
    view.rows.addAttempt(row.key, note.attempt, place.timeMs, { started_at: timeOf(place.timeMs) });
  }
}

function waiting(view: View, place: Place, row: StepRow, note: Of<'step_waiting'>): void {
  const at = timeOf(place.timeMs);
  const causedBy = view.causes.ofStart(view.spec(row.key), note.attempt);
  const data = { until: timeOf(note.untilMs) };
  const seq = view.moveStep(
    place,
    row,
    { status: 'waiting', attempt: note.attempt, started_at: row.started_at ?? at },
    { causedBy, data },
  );
  view.causes.stepStarted(row.key, seq);
  view.rows.addAttempt(row.key, note.attempt, place.timeMs, { status: 'waiting', started_at: at });
}

/** It waits for people. */
function asking(view: View, place: Place, row: StepRow, note: StepNote & { readonly attempt: number }): void {
  const attempt = view.rows.attempt(row.key, note.attempt);
  if (attempt !== undefined) view.rows.changeAttempt(attempt, { status: 'waiting' });
  if (row.status === 'waiting') return;
  const causedBy = view.causes.ofAttempt(row.key);
  view.moveStep(place, row, { status: 'waiting' }, { causedBy, data: { reason: 'it asks' } });
}

function goingOn(
  view: View,
  place: Place,
  row: StepRow,
  note: StepNote & { readonly attempt: number },
): void {
  const attempt = view.rows.attempt(row.key, note.attempt);
  if (attempt !== undefined) view.rows.changeAttempt(attempt, { status: 'running' });
  if (row.status === 'running') return;
  view.moveStep(place, row, { status: 'running' }, { causedBy: view.causes.ofAttempt(row.key) });
}

/** A pause has stopped it: it starts again when the run is resumed. */
function interrupted(view: View, place: Place, row: StepRow, note: Of<'step_interrupted'>): void {
  const reason = 'stopped by a pause';
  const attempt = view.rows.attempt(row.key, note.attempt);
  const completed_at = attempt?.completed_at ?? timeOf(place.timeMs);
  const error = { type: 'interrupted', message: reason };
  if (attempt !== undefined) view.rows.changeAttempt(attempt, { status: 'cancelled', completed_at, error });
  const causedBy = view.causes.pause ?? view.causes.ofAttempt(row.key);
  view.moveStep(place, row, { status: 'pending' }, { causedBy, data: { reason, interrupted: true } });
}

/** The run that was redirected here has done it. */
function takenOver(
  view: View,
  place: Place,
  row: StepRow,
  { from }: Of<'step_taken_over'>,
  state: RunState,
): void {
  const step = state.steps[row.key];
  if (step === undefined) return;
  const fields = { ...fieldsOf(step, []), attempt: 0 };
  const path = state.workspace?.path ?? null;
  if (path !== null) view.rows.changeRun(place.timeMs, { workspace_path: path });
  const data = { taken_over: true, from_run: from };
  const seq = view.moveStep(place, row, fields, { causedBy: view.causes.start, data });
  view.causes.stepSettled(row.key, seq);
}

function retrying(view: View, place: Place, row: StepRow, note: Of<'step_retrying'>): void {
  endAttempt(view, place, row.key, note.attempt, 'failed', note.error);
  const causedBy = recordError(view, place, row, note.error, {
    will_retry: true,
    delay_ms: note.delayMs,
  });
  const seq = view.moveStep(place, row, { status: 'retrying', error: asJson(note.error) }, { causedBy });
  tellFailure(view, place, seq, row, note.error, '; trying again');
}

function completed(view: View, place: Place, row: StepRow, note: Of<'step_completed'>): void {
  const { error } = note;
  endAttempt(view, place, row.key, note.attempt, error === undefined ? 'completed' : 'failed', error);
  const start = view.causes.ofAttempt(row.key);
  const causedBy =
    error === undefined ? start : recordError(view, place, row, error, { will_retry: false, fallback: true });
  const seq = view.moveStep(
    place,
    row,
    {
      status: 'completed',
      error: error === undefined ? null : asJson(error),
      completed_at: timeOf(place.timeMs),
      ...outputFields(note.result),
      ...endedSegments(place, row, 'completed'),
    },
    {
      causedBy,
      data: {
        ...present({ preview: note.result.preview, fallback: error === undefined ? null : true }),
        ...wholeOutput(view, note.result),
      },
    },
  );
  view.causes.stepSettled(row.key, seq);
  if (error !== undefined) tellFailure(view, place, seq, row, error, '; its fallback is used');
  else if (row.agent !== null) {
    const content = `${row.agent} agent completed: ${answerText(note.result.preview)} (${consumptionText(row)})`;
    commentOn(view, place, seq, { content, step: row });
  } else if (row.kind === 'command') {
    commentOn(view, place, seq, { content: `${row.title}: PASSED`, step: row });
  }
}

function failed(view: View, place: Place, row: StepRow, note: Of<'step_failed'>): void {
  endAttempt(view, place, row.key, note.attempt, 'failed', note.error);
  const causedBy = recordError(view, place, row, note.error, {
    will_retry: false,
    tolerated: note.tolerated ? true : null,
  });
  const seq = view.moveStep(
    place,
    row,
    {
      status: 'failed',
      error: asJson(note.error),
      tolerated: note.tolerated,
      completed_at: timeOf(place.timeMs),
      ...endedSegments(place, row, segmentReason(note.error)),
    },
    { causedBy, data: { reason: note.error.message } },
  );
  view.causes.stepSettled(row.key, seq);
  tellFailure(view, place, seq, row, note.error, '');
}

function skipped(view: View, place: Place, row: StepRow, reason: string): void {
  const causedBy = view.causes.ofStart(view.spec(row.key), 1);
  const seq = view.moveStep(
    place,
    row,
    { status: 'skipped', reason, completed_at: timeOf(place.timeMs) },
    { causedBy, data: { reason } },
  );
  view.causes.stepSettled(row.key, seq);
}

/** The step will not be done. */
export function cancelStep(view: View, place: Place, row: StepRow, reason: string): void {
  endAttempt(view, place, row.key, row.attempt, 'cancelled', undefined);
  tellStop(view, row, reason);
  const seq = view.moveStep(
    place,
    row,
    {
      status: 'cancelled',
      reason,
      completed_at: timeOf(place.timeMs),
      ...endedSegments(place, row, 'cancelled'),
    },
    { causedBy: view.causes.ofEnd(), data: { reason } },
  );
  view.causes.stepSettled(row.key, seq);
  if (row.agent !== null && row.attempt > 0) {
    commentOn(view, place, seq, { content: `${row.agent} agent cancelled: ${reason}`, step: row });
  } else if (row.kind === 'command' && row.attempt > 0 && view.tellsStops) {
    commentOn(view, place, seq, { content: `${row.title}: STOPPED (${reason})`, step: row });
  }
}

/** The attempt that was stopped says by what. */
function tellStop(view: View, { key, attempt }: StepRow, reason: string): void {
  const row = view.rows.attempt(key, attempt);
  if (!view.tellsStops || row?.status !== 'cancelled' || row.error !== null) return;
  view.rows.changeAttempt(row, { error: { type: 'cancelled', message: reason } });
}

/** What a step that settles leaves in its row of the segment at work. */
function endedSegments(place: Place, row: StepRow, reason: string): Partial<StepRow> {
  if (row.segments.length === 0) return {};
  return { segments: closeSegment(row.segments, timeOf(place.timeMs), reason) };
}

function segmentReason({ type }: StepError): string {
  return type.startsWith('error_') ? type : 'failed';
}

/** @param seq the event's that the comment stands under */
function tellFailure(
  view: View,
  place: Place,
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

/** A failed attempt. Answers the event's seq. */
function recordError(view: View, place: Place, row: StepRow, error: StepError, data: JsonObject): number {
  const { type, category, message } = error;
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

/** Its time is that of its own last event, where it had one. */
function endAttempt(
  view: View,
  place: Place,
  step: string,
  attempt: number,
  status: AttemptRow['status'],
  error: StepError | undefined,
): void {
  const row = view.rows.attempt(step, attempt);
  if (row === undefined) return;
  const wasOpen = row.status === 'running' || row.status === 'waiting';
  const completed_at = row.completed_at ?? timeOf(place.timeMs);
  const why = error === undefined ? {} : { category: error.category, error: asJson(error) };
  // A cancelled step whose activity had said something all the same keeps that.
  const settled = status === 'cancelled' && !wasOpen ? row.status : status;
  view.rows.changeAttempt(row, { status: settled, completed_at, ...why });
}
