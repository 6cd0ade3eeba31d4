/**
 * Whether a message that is sent is the one that stands in the thread under its id. Pure.
 *
 * The row does not hold everything: changed inputs, answers and the times of a pause are not compared.
 */
import type { JsonObject } from '../../plan/json.ts';
import { DEFAULT_PAUSE_MODE, textOf, type SignalMessage } from '../../protocol/signals.ts';
import type { MessageRow } from '../views/message.ts';

type Said = Pick<MessageRow, 'action_type' | 'content' | 'reason_code' | 'author' | 'metadata'>;

/** Nobody has read such a message; its row may hold the beginning only. */
const UNREAD: ReadonlySet<string | null> = new Set(['run_closed', 'malformed']);

const DETAILS = ['context', 'target', 'expires_ms', 'replaces', 'message', 'skip_to'] as const;

/** True when both say the same. */
export function isSameMessage(row: Said, message: SignalMessage): boolean {
  if (row.action_type !== message.action) return false;
  if (UNREAD.has(row.reason_code)) return true;
  const stored = row.metadata as JsonObject;
  const text = textOf(message);
  const taskBefore = stored['task'] ?? row.content;
  const says = message.action === 'redirect' ? taskBefore === (message.task ?? text) : row.content === text;
  return (
    says &&
    DETAILS.every((name) => (stored[name] ?? null) === (message[name] ?? null)) &&
    (stored['delivery'] ?? 'next_turn') === (message.delivery ?? 'next_turn') &&
    (stored['mode'] ?? DEFAULT_PAUSE_MODE) === (message.mode ?? DEFAULT_PAUSE_MODE) &&
    // A retry of what was meant for the only open question names none.
    (message.question === undefined || stored['question'] === message.question) &&
    (message.by === undefined || row.author === message.by)
  );
}
