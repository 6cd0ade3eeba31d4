/** Entries of a run's thread: what somebody asked of the run, and what became of it. */
import type { SourcedFact } from './execution-fold.ts';
import { timeOf } from './rows.ts';
import { memberOf } from './usage.ts';
import { present } from './view.ts';
import type { View } from './view.ts';

/** Receipt of one command. */
export interface Receipt {
  /** Client-made. */
  readonly id: string | null;
  readonly name: string | null;
  /** null: Temporal's own cancel request. */
  readonly signal: string | null;
  readonly status: 'processed' | 'ignored';
  /** Why it was ignored. */
  readonly reason: string | null;
  readonly content: string | null;
  readonly by: string | null;
  /** The event that somebody answers; people ask for everything else on their own account. */
  readonly causedBy?: number | null;
}

/** Longest text taken over from a signal nobody has read. */
const MAX_CHARS = 200;
/** Nobody will read the rest of a longer batch. */
const MAX_UNREAD = 100;

/** Adds a receipt to the thread and to the events. Answers the event's seq. */
export function recordMessage(view: View, source: SourcedFact | null, receipt: Receipt): number | null {
  if (source === null) return null;
  const { event } = source;
  const { id, name, signal, status, reason, content } = receipt;
  const identity = 'identity' in event ? event.identity : null;
  const by = receipt.by ?? identity;
  const place = {
    executionId: view.rows.run.execution_id,
    eventId: event.eventId,
    timeMs: event.timeMs,
  };
  const seq = view.rows.addEvent(place, {
    type: 'message',
    data: present({ message_id: id, action: name, signal, status, reason, content, by }),
    causedBy: receipt.causedBy ?? null,
  });
  view.rows.addMessage({
    seq,
    message_id: id,
    message_type: 'user',
    action_type: name,
    action_status: status,
    content,
    reason,
    author: by,
    metadata: present({ signal, identity }),
    created_at: timeOf(event.timeMs),
  });
  return seq;
}

/** A signal that came to nothing because the run ended first: each message in it is refused, none is lost. */
export function recordUnread(view: View, source: SourcedFact, reason: string): void {
  if (source.fact.type !== 'signal') return;
  const { name, payload } = source.fact;
  const batch = memberOf(payload, 'messages');
  const messages: readonly unknown[] = Array.isArray(batch) ? batch.slice(0, MAX_UNREAD) : [payload];
  for (const message of messages) {
    recordMessage(view, source, {
      id: textOf(memberOf(message, 'id')),
      name: textOf(memberOf(message, 'action')) ?? (Array.isArray(batch) ? null : name.slice(0, MAX_CHARS)),
      signal: name.slice(0, MAX_CHARS),
      status: 'ignored',
      reason,
      content: textOf(memberOf(message, 'reason')),
      by: textOf(memberOf(message, 'by')),
    });
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value.slice(0, MAX_CHARS) : null;
}
