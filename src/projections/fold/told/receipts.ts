/**
 * What becomes of messages that agents are to read, as the core noted it, into their rows.
 *
 *     pending ──(an agent gets it with a turn)──▶ acknowledged ──(all have answered)──▶ processed
 *        └──────────────────────┴──▶ ignored, with the reason
 *
 * Each change leaves an event `message` with `receipt: true` that names the message by its seq.
 */
import type { IgnoredCode } from '../../../protocol/signals.ts';
import type { Note } from '../../../workflows/core/index.ts';
import { comment } from '../record/comments.ts';
import type { MessageRow, ReaderJson } from '../../../tables/projected/workflow-messages.ts';
import { timeOf } from '../rows.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import { present } from '../record/view.ts';
import type { View } from '../record/view.ts';
import { quoted } from '../record/words.ts';

export type MessageNote = Extract<Note, { readonly type: `message_${string}` }>;
type Of<T extends MessageNote['type']> = Extract<MessageNote, { readonly type: T }>;

/** True for notes that speak of a message that waits, or has waited, for agents. */
export function isMessageNote(note: Note): note is MessageNote {
  return note.type.startsWith('message_');
}

/** @param command the event of the message that led to it, such as a withdrawal */
export function tellMessage(
  view: View,
  place: HistoryPlace,
  note: MessageNote,
  command: number | null,
): void {
  const row = view.thread.waiting.get(note.key);
  if (row === undefined) return;
  switch (note.type) {
    case 'message_read':
      return read(view, place, row, note);
    case 'message_answered':
      return answered(view, place, row, note);
    case 'message_settled': {
      const { key, status, code, reason } = note;
      return settle(view, place, key, { status, code, reason, causedBy: command });
    }
  }
}

function read(view: View, place: HistoryPlace, row: MessageRow, note: Of<'message_read'>): void {
  const { step, attempt, turn } = note;
  const at = timeOf(place.timeMs);
  const reader: ReaderJson = { step, agent: agentOf(view, step), attempt, turn, status: 'acknowledged', at };
  const seq = recordReceipt(view, place, row, { reader, status: 'acknowledged', causedBy: row.seq });
  view.rows.changeMessage(row, seq, {
    action_status: 'acknowledged',
    acknowledged_at: row.acknowledged_at ?? at,
    readers: [...row.readers.filter((one) => one.step !== step), reader],
  });
  const stepRow = view.rows.steps.get(step) ?? null;
  const content = `Acknowledged user context: ${quoted(textFor(row))}; takes it into turn ${turn}`;
  comment(view, place, { content, step: stepRow, turn }, seq);
}

/** What agents are told by it. */
function textFor({ action_type, content, metadata: { context } }: MessageRow): string {
  const more = typeof context === 'string' ? context : '';
  return (action_type === 'resume' ? more || content : content || more) ?? '';
}

function answered(view: View, place: HistoryPlace, row: MessageRow, note: Of<'message_answered'>): void {
  const before = row.readers.find(({ step }) => step === note.step);
  if (before === undefined) return;
  const reader: ReaderJson = { ...before, status: 'processed', at: timeOf(place.timeMs) };
  const causedBy = view.causes.ofAnswer(note.step);
  const seq = recordReceipt(view, place, row, { reader, status: row.action_status, causedBy });
  const readers = row.readers.map((one) => (one === before ? reader : one));
  view.rows.changeMessage(row, seq, { readers });
}

interface Settling {
  readonly status: 'processed' | 'ignored';
  readonly code: IgnoredCode | null;
  readonly reason: string | null;
  readonly causedBy: number | null;
}

function settle(view: View, place: HistoryPlace, key: string, settling: Settling): void {
  const row = view.thread.waiting.get(key);
  if (row === undefined) return;
  view.thread.waiting.delete(key);
  const { status, code, reason } = settling;
  const causedBy = settling.causedBy ?? causeOf(view, row, code);
  const seq = recordReceipt(view, place, row, { status, code, reason, causedBy });
  const changes = { action_status: status, reason, reason_code: code } as const;
  view.rows.changeMessage(row, seq, { ...changes, processed_at: timeOf(place.timeMs) });
}

function causeOf(view: View, row: MessageRow, code: IgnoredCode | null): number {
  const last = row.readers.at(-1);
  if (code === null && last !== undefined) return view.causes.ofAnswer(last.step) ?? row.seq;
  if (code === 'target_gone' || code === 'run_closed') return view.causes.ofEnd() ?? row.seq;
  return row.seq;
}

/** The run has ended: nobody will read or answer any more what still waits. */
export function closeMessages(view: View, place: HistoryPlace): void {
  for (const [key, { action_status }] of view.thread.waiting) {
    const reason = `the run had ended before it was ${action_status === 'pending' ? 'read' : 'answered'}`;
    settle(view, place, key, { status: 'ignored', code: 'run_closed', reason, causedBy: null });
  }
}

interface Change {
  readonly status: MessageRow['action_status'];
  readonly causedBy: number | null;
  readonly reader?: ReaderJson;
  readonly code?: IgnoredCode | null;
  readonly reason?: string | null;
  readonly restored?: true;
}

/** Tells of a change to a message's row. Answers the event's seq. */
export function recordReceipt(view: View, place: HistoryPlace, row: MessageRow, change: Change): number {
  const { reader } = change;
  return view.rows.addEvent(place, {
    type: 'message',
    ...(reader === undefined ? {} : { step: reader.step, attempt: reader.attempt, turn: reader.turn }),
    data: present({
      receipt: true,
      message: row.seq,
      message_id: row.message_id,
      action: row.action_type,
      status: change.status,
      code: change.code ?? null,
      reason: change.reason ?? null,
      agent: reader?.agent ?? null,
      answered: reader?.status === 'processed' ? true : null,
      restored: change.restored ?? null,
    }),
    causedBy: change.causedBy,
  });
}

function agentOf(view: View, step: string): string | null {
  return view.rows.steps.get(step)?.agent ?? null;
}
