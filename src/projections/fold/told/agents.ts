/** What agents do between and during their turns, as the core noted it, into events, comments and segments. */
import type { Note, RunState } from '../../../workflows/core/index.ts';
import { callPlace, describeCall } from '../record/describe-call.ts';
import { comment, commentOn } from '../record/comments.ts';
import { COMPACTION_TYPES, tellCompaction } from './compaction.ts';
import { tellContinuing } from './pauses.ts';
import type { StepRow } from '../../../tables/projected/workflow-step-executions.ts';
import { timeOf } from '../rows.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import { errorOfLimit, limitsJson } from '../../../protocol/limits.ts';
import { closeSegment, openSegment } from '../rows/segments.ts';
import { limitKey, present } from '../record/view.ts';
import type { View } from '../record/view.ts';
import { wholeMessage, wholeOutput } from '../record/whole-values.ts';
import { limitNeed, nearText, quoted } from '../record/words.ts';

const TYPES = [
  'agent_turn',
  'agent_fallback',
  'agent_corrected',
  'agent_cut',
  'agent_interrupted',
  'tool_called',
  'tool_answered',
  'segment_started',
  'limit_near',
  'limit_reached',
  ...COMPACTION_TYPES,
] as const;

export type AgentNote = Extract<Note, { readonly type: (typeof TYPES)[number] }>;
type Of<T extends AgentNote['type']> = Extract<AgentNote, { readonly type: T }>;

const IS_AGENTS: ReadonlySet<string> = new Set(TYPES);

/** True for notes of an agent's loop. */
export function isAgentNote(note: Note): note is AgentNote {
  return IS_AGENTS.has(note.type);
}

/** @param state after the whole task */
export function tellAgent(view: View, place: HistoryPlace, note: AgentNote, state: RunState): void {
  const row = note.step === null ? null : (view.rows.steps.get(note.step) ?? null);
  if (note.type === 'limit_near' || note.type === 'limit_reached') return limit(view, place, row, note);
  if (row === null) return;
  switch (note.type) {
    case 'agent_turn':
      openFirstSegment(view, place, row, state);
      tellContinuing(view, place, row);
      return turnBegins(view, place, row, note);
    case 'agent_fallback':
      return fallback(view, place, row, note);
    case 'agent_corrected':
      return corrected(view, place, row, note);
    case 'agent_cut':
      return wasCut(view, place, row, note);
    case 'agent_interrupted':
      return interrupted(view, place, row, note);
    case 'tool_called':
      tellContinuing(view, place, row);
      return called(view, place, row, note);
    case 'tool_answered':
      return answered(view, place, row, note);
    case 'segment_started':
      return segment(view, place, row, note);
    case 'agent_too_large':
    case 'agent_compacted':
    case 'agent_compaction_failed':
      return tellCompaction(view, place, row, note);
  }
}

/** The first segment begins with the first turn; only further ones are noted. */
function openFirstSegment(view: View, place: HistoryPlace, row: StepRow, state: RunState): void {
  const segment = state.steps[row.key]?.agent?.segment;
  if (segment === undefined || row.segments.some((one) => one.segment >= segment.number)) return;
  const start = { segment: segment.number, limits: segment.limits, message: null, by: null };
  view.rows.changeStep(row, { segments: openSegment(row.segments, { ...start, at: timeOf(place.timeMs) }) });
}

function turnBegins(
  view: View,
  place: HistoryPlace,
  row: StepRow,
  { model, turn, compacts }: Of<'agent_turn'>,
): void {
  const whom = model === null ? 'the default model' : `model ${model}`;
  const content =
    compacts === undefined
      ? `Calling ${whom} (turn ${turn})`
      : `Summarising older turns with ${whom}: ${WHY[compacts]} (turn ${turn})`;
  comment(view, place, { content, step: row, turn }, view.causes.ofAttempt(row.key));
}

const WHY = {
  near: 'the conversation comes near what it takes',
  needed: 'the conversation is more than it takes',
  asked: 'a person asked for it',
} as const;

/** The failure itself has been told: the attempt has ended with it. */
function fallback(
  view: View,
  place: HistoryPlace,
  row: StepRow,
  { error, from, to }: Of<'agent_fallback'>,
): void {
  const content = `Model ${from ?? '(default)'} failed (${error.message}); trying ${to}`;
  comment(view, place, { content, step: row }, view.causes.ofAttempt(row.key));
}

function corrected(
  view: View,
  place: HistoryPlace,
  row: StepRow,
  { correction, turn }: Of<'agent_corrected'>,
): void {
  const seq = view.rows.addEvent(place, {
    type: 'error',
    step: row.key,
    attempt: view.standing(row).attempt,
    turn,
    data: { scope: 'turn', type: 'model_output_invalid', message: correction, will_retry: true },
    causedBy: view.causes.ofAttempt(row.key),
  });
  view.causes.leadsOn(row.key, seq);
  const content = 'Asked again: the answer does not fit its schema';
  commentOn(view, place, seq, { content, step: row, turn });
}

function wasCut(view: View, place: HistoryPlace, row: StepRow, { by, goesOn, turn }: Of<'agent_cut'>): void {
  const what =
    by === 'budget' ? 'The answer was cut where its budget ends' : 'The answer was cut at its token limit';
  const seq = view.rows.addEvent(place, {
    type: 'error',
    step: row.key,
    attempt: view.standing(row).attempt,
    turn,
    data: { scope: 'turn', type: 'answer_cut', message: what, will_retry: goesOn },
    causedBy: view.causes.ofAttempt(row.key),
  });
  view.causes.leadsOn(row.key, seq);
  const content = by === 'length' && goesOn ? `${what}; asked to go on` : what;
  commentOn(view, place, seq, { content, step: row, turn });
}

/** What was asked of the agent meanwhile leads to what it does next. */
function interrupted(view: View, place: HistoryPlace, row: StepRow, note: Of<'agent_interrupted'>): void {
  const { attempt, turn, why, preview, head } = note;
  const wanted = why === 'pause' ? view.causes.pause : view.causes.interruption;
  const seq = view.rows.addEvent(place, {
    type: 'interrupt',
    step: row.key,
    attempt,
    turn,
    data: { ...present({ why, preview }), ...wholeMessage(view, row.session_id, head) },
    causedBy: wanted ?? view.causes.ofAttempt(row.key),
  });
  view.causes.leadsOn(row.key, seq);
  const what = why === 'pause' ? 'Interrupted by the pause' : 'Interrupted to hear a message';
  const kept = preview === null ? 'nothing had been said yet' : `partial answer kept: ${quoted(preview)}`;
  commentOn(view, place, seq, { content: `${what} in turn ${turn}; ${kept}`, step: row, turn });
}

function called(view: View, place: HistoryPlace, row: StepRow, note: Of<'tool_called'>): void {
  const { turn, index, call } = note;
  const seq = view.rows.addEvent(place, {
    type: 'tool_call',
    step: row.key,
    attempt: note.attempt,
    turn,
    data: { index, ...describeCall(call) },
    causedBy: view.causes.ofCall(row.key, call.id, callPlace(note.turn, note.index)),
  });
  view.causes.toolCalled(row.key, call.id, seq);
  view.causes.toolCalled(row.key, callPlace(note.turn, note.index), seq);
}

function answered(view: View, place: HistoryPlace, row: StepRow, note: Of<'tool_answered'>): void {
  const { turn, index, name, isError, preview, comment: said } = note;
  const seq = view.rows.addEvent(place, {
    type: 'tool_response',
    step: row.key,
    attempt: note.attempt,
    turn,
    data: {
      index,
      name,
      is_error: isError,
      preview,
      ...wholeOutput(view, note.output),
      comment: said,
    },
    causedBy: view.causes.ofCall(row.key, callPlace(note.turn, note.index)),
  });
  view.causes.leadsOn(row.key, seq);
  commentOn(view, place, seq, { content: said === '' ? `${name} has answered` : said, step: row, turn });
}

function segment(view: View, place: HistoryPlace, row: StepRow, note: Of<'segment_started'>): void {
  const { segment: number, limits, message, by } = note;
  const at = timeOf(place.timeMs);
  const start = { segment: number, limits, message, by, at };
  view.rows.changeStep(row, { segments: openSegment(row.segments, start) });
  view.setNeed(place, limitKey(row.key), null);
  view.setNeed(place, limitKey(null), null);
  if (number === 1) return;
  const seq = view.rows.addEvent(place, {
    type: 'segment',
    step: row.key,
    data: present({ segment: number, limits: { ...limitsJson(limits) }, message, by }),
    causedBy: view.causes.ofAttempt(row.key),
  });
  view.causes.leadsOn(row.key, seq);
}

function limit(
  view: View,
  place: HistoryPlace,
  row: StepRow | null,
  note: Of<'limit_near' | 'limit_reached'>,
): void {
  const { limit: name, used, of } = note;
  const reached = note.type === 'limit_reached';
  const seq = view.rows.addEvent(place, {
    type: 'limit',
    ...(row === null ? {} : { step: row.key, attempt: view.standing(row).attempt }),
    data: { scope: row === null ? 'run' : 'step', limit: name, used, of, reached },
    causedBy: row === null ? view.causes.ofEnd() : view.causes.ofAttempt(row.key),
  });
  if (row !== null && reached) {
    view.causes.leadsOn(row.key, seq);
    const segments = closeSegment(row.segments, timeOf(place.timeMs), errorOfLimit(name));
    view.rows.changeStep(row, { segments });
  }
  const step = row?.key ?? null;
  const need = limitNeed(view.rows.run.id, step, note);
  if (reached) view.setNeed(place, limitKey(step), need);
  const whose = row === null ? 'The run: ' : '';
  const content = reached ? `Limit reached: ${need.message}` : `${whose}${nearText(note)}`;
  commentOn(view, place, seq, { content, step: row });
}
