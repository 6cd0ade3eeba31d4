/**
 * What people do with single steps and with limits, as the core noted it, into events. Each is led to by the message that
 * asked for it, which stands in the thread with its author and reason; what the step does next is led to by the event.
 */
import type { Json, JsonObject } from '../../../plan/json.ts';
import type { Note, RunState } from '../../../workflows/core/index.ts';
import { limitsJson } from '../../../protocol/limits.ts';
import type { StepRow } from '../../../tables/projected/workflow-step-executions.ts';
import type { SourcedFact } from '../execution-fold.ts';
import { BLANK_STEP } from '../record/run-rows.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import { limitKey, present } from '../record/view.ts';
import type { View } from '../record/view.ts';
import { wholeOutput } from '../record/whole-values.ts';
import { heldJson, outputColumns } from '../rows/steps.ts';
import { closeSegment, segmentsUpTo } from '../rows/segments.ts';
import { timeOf } from '../rows.ts';
import { endAttempt, tellStop } from './attempts.ts';
import { identityOf } from './pauses.ts';

const TYPES = [
  ...(['step_decided', 'step_overridden', 'step_told', 'step_anew', 'limits_set', 'limit_lifted'] as const),
] as const;

export type PersonNote = Extract<Note, { readonly type: (typeof TYPES)[number] }>;
type Of<T extends PersonNote['type']> = Extract<PersonNote, { readonly type: T }>;

const IS_PERSONS: ReadonlySet<string> = new Set(TYPES);

/** True for notes of what somebody has done with a single step, or with limits. */
export function isPersonNote(note: Note): note is PersonNote {
  return IS_PERSONS.has(note.type);
}

/** What a note came from. */
interface PersonOrigin {
  readonly source: SourcedFact | null;
  /** The event of the message. */
  readonly causedBy: number | null;
  /** The state after the whole task. */
  readonly state: RunState;
}

export function tellPerson(view: View, place: HistoryPlace, note: PersonNote, from: PersonOrigin): void {
  // Of a run that goes on so: the event that it begins anew with.
  const origin = from.source === null ? { ...from, causedBy: from.causedBy ?? view.causes.start } : from;
  const row = note.step === null ? undefined : view.rows.steps.get(note.step);
  if (row === undefined && note.step !== null) return;
  if (note.type === 'limits_set') return limitsSet(view, place, row, note, origin);
  if (row === undefined) return;
  switch (note.type) {
    case 'step_decided':
      return decided(view, place, row, note, origin);
    case 'step_overridden':
      return overridden(view, place, row, note, origin);
    case 'step_told':
      return told(view, place, row, note, origin);
    case 'step_anew':
      return anew(view, place, row, note, origin);
    case 'limit_lifted':
      view.setNeed(place, limitKey(row.key), null);
      return view.rows.changeStep(row, { segments: segmentsUpTo(row.segments, note.segment) });
  }
}

/** What was under way of it, such as a question, will not be done. */
function decided(
  view: View,
  place: HistoryPlace,
  row: StepRow,
  { reason, result }: Of<'step_decided'>,
  { causedBy }: PersonOrigin,
): void {
  endAttempt(view, place, row.key, view.standing(row).attempt, 'cancelled');
  tellStop(view, row, reason);
  const given = result === null ? {} : { preview: result.preview, ...wholeOutput(view, result) };
  const status = result === null ? 'skipped' : 'completed';
  const data = { reason, given: true, ...given };
  const seq = view.moveStep(place, row, { status }, { causedBy, data });
  view.causes.stepSettled(row.key, seq);
}

/** What stood there before stays on record in the event. */
function overridden(
  view: View,
  place: HistoryPlace,
  row: StepRow,
  { result, by: named }: Of<'step_overridden'>,
  { source, causedBy }: PersonOrigin,
): void {
  const was = stoodThere(view, row);
  const by = named ?? identityOf(source);
  const data = { ...present({ by, preview: result.preview }), ...wholeOutput(view, result), was };
  const end = { status: 'completed' } as const;
  const seq = view.moveStep(place, row, end, { causedBy, data: { overridden: true, ...data } });
  view.causes.stepSettled(row.key, seq);
  view.setNeed(place, limitKey(row.key), null);
  view.rows.changeStep(row, {
    ...outputColumns(result),
    error: null,
    reason: null,
    tolerated: false,
    completed_at: timeOf(place.timeMs),
  });
}

/** It has not begun, as far as its run goes on from here. Figures of what it took stay, and its attempts. */
function anew(
  view: View,
  place: HistoryPlace,
  row: StepRow,
  { by: named, reason }: Of<'step_anew'>,
  { source, causedBy }: PersonOrigin,
): void {
  const by = named ?? identityOf(source);
  const data = { rerun: true, ...present({ by, reason }), was: stoodThere(view, row) };
  const seq = view.moveStep(place, row, { status: 'pending', attempt: 0 }, { causedBy, data });
  view.causes.stepAnew(row.key, seq);
  view.setNeed(place, limitKey(row.key), null);
  const segments = closeSegment(row.segments, timeOf(place.timeMs), 'rerun');
  view.writeStep(row, { ...BLANK_STEP, held: row.held, segments });
}

/** What was so of a step until a person wanted it otherwise. */
function stoodThere(view: View, row: StepRow): JsonObject {
  const { output, output_preview: preview, error, reason, tolerated } = row;
  const { status } = view.standing(row);
  return present({ status, output, preview, error, reason, tolerated: tolerated ? true : null });
}

function told(
  view: View,
  place: HistoryPlace,
  row: StepRow,
  { what, reason, by: named }: Of<'step_told'>,
  { source, causedBy, state }: PersonOrigin,
): void {
  const by = named ?? identityOf(source);
  const status = what === 'retry_now' ? 'pending' : view.standing(row).status;
  const data = present({ [what]: true, reason, by });
  const seq = view.moveStep(place, row, { status }, { causedBy, data });
  if (what === 'retry_now') view.causes.attemptFailed(row.key, seq);
  else if (what === 'last_try') view.causes.leadsOn(row.key, seq);
  else if (what === 'held') showHolder(view, row, by, state);
}

/** Who sent the message, where it does not say: the state knows no such thing. */
function showHolder(view: View, row: StepRow, by: string | null, state: RunState): void {
  const held = state.steps[row.key]?.held;
  if (held !== undefined) view.rows.changeStep(row, { held: heldJson({ ...held, by }) });
}

function limitsSet(
  view: View,
  place: HistoryPlace,
  row: StepRow | undefined,
  { limits, reason, by: named }: Of<'limits_set'>,
  { source, causedBy }: PersonOrigin,
): void {
  const by = named ?? identityOf(source);
  const said: JsonObject = { limits: { ...limitsJson(limits) } as Json, ...present({ reason, by }) };
  const { status } = view.rows.run;
  if (row === undefined) {
    view.setNeed(place, limitKey(null), null);
    view.runEvent(place, { from: status, to: status, ...said }, causedBy);
  } else {
    const own = view.standing(row).status;
    view.causes.leadsOn(row.key, view.moveStep(place, row, { status: own }, { causedBy, data: said }));
  }
}
