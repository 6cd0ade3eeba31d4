/**
 * Entries of a run's thread: what somebody asked of the run, and what became of it at first. What becomes of it later
 * is receipts.ts.
 *
 * A message counts once: of commands the core sees to that, of comments, which change nothing in it, this does.
 */
import type { Json, JsonObject } from '../../../plan/json.ts';
import { digestOfMessage } from '../../../protocol/said.ts';
import { COMMANDS, MAX_ID_CHARS, MAX_MESSAGE_CHARS, textOf } from '../../../protocol/signals.ts';
import type { CommandName, IgnoredCode } from '../../../protocol/signals.ts';
import { parseMessage } from '../../../workflows/core/index.ts';
import type { MessageDetails, Note } from '../../../workflows/core/index.ts';
import type { SourcedFact } from '../execution-fold.ts';
import { timeOf } from '../rows.ts';
import { memberOf } from '../record/usage.ts';
import { present } from '../record/view.ts';
import type { View } from '../record/view.ts';

/** First receipt of one message. */
export interface Receipt {
  /** Client-made. */
  readonly id: string | null;
  readonly name: string | null;
  /** null: Temporal's own cancel request. */
  readonly signal: string | null;
  readonly status: 'pending' | 'processed' | 'ignored';
  /** Why it was ignored. */
  readonly code: IgnoredCode | null;
  readonly reason: string | null;
  readonly content: string | null;
  readonly by: string | null;
  /** What else it asked for, as rows hold it. */
  readonly details: JsonObject;
  /** Of a pending one: what later receipts call it. */
  readonly key: string | null;
  /** Digest of what it says. */
  readonly said?: string | null;
  /** The event that somebody answers; people ask for everything else on their own account. */
  readonly causedBy?: number | null;
}

type CommandNote = Extract<Note, { readonly type: 'command' }>;

/** The core has taken a message, or refused it. Answers the event's seq; null for one that had come before. */
export function recordCommand(
  view: View,
  source: SourcedFact | null,
  note: CommandNote,
  causedBy: number | null,
): number | null {
  const { type: _, details, message, ...told } = note;
  const { id, name, code } = told;
  const receipt = { ...told, details: detailsJson(details), causedBy };
  if (id === null || name === null || code === 'malformed') return recordMessage(view, source, receipt);
  const said = digestOfMessage(name, message);
  const before = view.thread.recall(id, said);
  if (name !== 'comment' || before === 'new') return recordMessage(view, source, { ...receipt, said });
  if (before === 'same') return null;
  const why = `the id "${id}" was used before, for another message`;
  return recordMessage(view, source, { ...receipt, said, status: 'ignored', code: 'id_reused', reason: why });
}

/** Adds a receipt to the thread and to the events. Answers the event's seq. */
export function recordMessage(view: View, source: SourcedFact | null, receipt: Receipt): number | null {
  if (source === null) return null;
  const { event } = source;
  const { id, name, signal, status, code, reason, content, details, key } = receipt;
  const identity = 'identity' in event ? event.identity : null;
  const by = receipt.by ?? identity;
  const place = { executionId: view.rows.run.execution_id, eventId: event.eventId, timeMs: event.timeMs };
  const seq = view.rows.addEvent(place, {
    type: 'message',
    data: present({ message_id: id, action: name, signal, status, code, reason, content, by, ...details }),
    causedBy: receipt.causedBy ?? null,
  });
  const row = view.rows.addMessage({
    seq,
    message_id: id,
    message_type: 'user',
    action_type: name,
    action_status: status,
    content,
    reason,
    reason_code: code,
    author: by,
    metadata: present({ signal, identity, ...details }),
    created_at: timeOf(event.timeMs),
    step: stepOf(view, details),
    said: receipt.said ?? null,
  });
  if (key !== null) view.thread.waiting.set(key, row);
  if (status === 'pending' && details['delivery'] === 'interrupt') view.causes.interruption = seq;
  return seq;
}

/** The step that a message is for; null where it names an agent, or nobody. */
function stepOf(view: View, { target }: JsonObject): string | null {
  return typeof target === 'string' && view.rows.steps.has(target) ? target : null;
}

function detailsJson(details: MessageDetails | null): JsonObject {
  if (details === null) return {};
  const { expiresMs: expires_ms, skipTo: skip_to, ...others } = details;
  const all = { ...others, expires_ms, skip_to };
  return present(Object.fromEntries(DETAILS.map((name) => [name, all[name] ?? null])));
}

const DETAILS = [
  'context',
  'target',
  'delivery',
  'expires_ms',
  'replaces',
  'message',
  'mode',
  'task',
  'skip_to',
  'question',
  'max_turns',
  'max_tokens',
  'max_cost_usd',
  'max_duration',
] as const;

/** Longest text taken over from a signal nobody has read, where it is no message's text. */
const MAX_CHARS = 200;
/** Nobody will read the rest of a longer batch. */
const MAX_UNREAD = 100;

/** A signal that came to nothing because the run ended first: each message in it is refused, none is lost. */
export function recordUnread(view: View, source: SourcedFact): void {
  if (source.fact.type !== 'signal') return;
  const { name, payload } = source.fact;
  const batch = memberOf(payload, 'messages');
  const isBatch = Array.isArray(batch);
  const messages: readonly unknown[] = isBatch ? batch.slice(0, MAX_UNREAD) : [payload];
  for (const message of messages) {
    const receipt = unreadReceipt(name, message, isBatch);
    const { id, said } = receipt;
    const before = id === null || said == null ? 'new' : view.thread.recall(id, said);
    if (before !== 'same') recordMessage(view, source, receipt);
  }
}

function unreadReceipt(signal: string, message: unknown, isBatch: boolean): Receipt {
  return {
    id: cut(memberOf(message, 'id'), MAX_ID_CHARS),
    name: cut(memberOf(message, 'action')) ?? (isBatch ? null : signal.slice(0, MAX_CHARS)),
    signal: signal.slice(0, MAX_CHARS),
    said: saidBy(isBatch ? memberOf(message, 'action') : signal, message),
    status: 'ignored',
    code: 'run_closed',
    reason: 'the run had ended before it was read',
    content: contentOf(message),
    by: cut(memberOf(message, 'by')),
    details: unreadDetails(message),
    key: null,
  };
}

/** As the core would have measured it; null for what it would have refused as malformed. */
function saidBy(action: unknown, message: unknown): string | null {
  const parsed = parseMessage(message, String(action));
  const isCommand = (COMMANDS as readonly unknown[]).includes(action);
  return parsed.ok && isCommand ? digestOfMessage(action as CommandName, parsed.message) : null;
}

function contentOf(message: unknown): string | null {
  if (typeof message === 'string') return cut(message, MAX_MESSAGE_CHARS);
  const content = cut(memberOf(message, 'content'), MAX_MESSAGE_CHARS);
  const reason = cut(memberOf(message, 'reason'), MAX_MESSAGE_CHARS);
  return textOf({ ...(content === null ? {} : { content }), ...(reason === null ? {} : { reason }) });
}

function unreadDetails(message: unknown): JsonObject {
  const valueOf = (name: string): Json => {
    const value = memberOf(message, name);
    return typeof value === 'number' ? value : cut(value, MAX_MESSAGE_CHARS);
  };
  return present(Object.fromEntries(DETAILS.map((name) => [name, valueOf(name)])));
}

function cut(value: unknown, chars = MAX_CHARS): string | null {
  return typeof value === 'string' ? value.slice(0, chars) : null;
}
