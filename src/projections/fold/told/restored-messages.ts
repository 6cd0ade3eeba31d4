/**
 * The messages of a branch that is taken up: those that wait in its state wait in the thread too, and no others.
 *
 * One whose row had been settled meanwhile, in the branch that was left, stands in the thread once more.
 */
import type { RunState } from '../../../workflows/core/index.ts';
import { closeMessages, recordReceipt } from './receipts.ts';
import type { MessageRow, ReaderJson } from '../../../tables/projected/workflow-messages.ts';
import { timeOf } from '../rows.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import { present } from '../record/view.ts';
import type { View } from '../record/view.ts';

type InboxMessage = RunState['inbox'][number];

/** @param state null: the branch begins from nothing */
export function bringMessages(view: View, place: HistoryPlace, state: RunState | null): void {
  const inbox = state?.inbox ?? [];
  const { waiting } = view.thread;
  const kept = inbox.flatMap((message) => {
    const row = waiting.get(message.key);
    if (row === undefined || !isOf(row, message)) return [];
    waiting.delete(message.key);
    return [[message, row] as const];
  });
  closeMessages(view, place);
  for (const [message, row] of kept) bringBack(view, place, row, message);
  for (const message of inbox) if (!waiting.has(message.key)) sayAgain(view, place, message);
}

/** Keys that are no ids begin anew in each branch. */
function isOf({ message_id, content }: MessageRow, { id, text }: InboxMessage): boolean {
  return message_id === id && (id !== null || content === null || text.includes(content));
}

/** It waits as the state says, whatever has been read of it since. */
function bringBack(view: View, place: HistoryPlace, row: MessageRow, message: InboxMessage): void {
  view.thread.waiting.set(message.key, row);
  const readers = row.readers.filter(({ step, turn }) =>
    message.recipients?.some((recipient) => recipient.step === step && recipient.turn === turn),
  );
  const status = readers.length === 0 ? 'pending' : 'acknowledged';
  if (row.action_status === status && readers.length === row.readers.length) return;
  const seq = recordReceipt(view, place, row, { status, causedBy: view.causes.start, restored: true });
  const acknowledged_at = readers.length === 0 ? null : row.acknowledged_at;
  view.rows.changeMessage(row, seq, { action_status: status, acknowledged_at, readers });
}

function sayAgain(view: View, place: HistoryPlace, message: InboxMessage): void {
  const { key, id, by, text, target, delivery } = message;
  const at = timeOf(place.timeMs);
  const readers = readersOf(view, message, at);
  const status = readers.length === 0 ? 'pending' : 'acknowledged';
  const said = { message_id: id, action: 'instruction', status, content: text, by };
  const seq = view.rows.addEvent(place, {
    type: 'message',
    data: present({ ...said, target, delivery, restored: true }),
    causedBy: null,
  });
  const row = view.rows.addMessage({
    seq,
    message_id: id,
    message_type: 'user',
    action_type: 'instruction',
    action_status: status,
    content: text,
    reason: null,
    author: by,
    metadata: present({ target, delivery, restored: true }),
    created_at: at,
    step: target !== null && view.rows.steps.has(target) ? target : null,
    acknowledged_at: readers.length === 0 ? null : at,
    readers,
  });
  view.thread.waiting.set(key, row);
}

function readersOf(view: View, { recipients }: InboxMessage, at: string): readonly ReaderJson[] {
  return (recipients ?? []).flatMap(({ step, turn }) => {
    const row = view.rows.steps.get(step);
    if (turn === null || row === undefined) return [];
    return [{ step, agent: row.agent, attempt: row.attempt, turn, status: 'acknowledged', at } as const];
  });
}
