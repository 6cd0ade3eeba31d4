/** Whether a message that is sent is the one that stands in the thread under its id. Pure. */
import { digestOfMessage } from '../../protocol/said.ts';
import { textOf } from '../../protocol/signals.ts';
import type { MessageRow } from '../views/message.ts';
import type { Command } from './command.ts';

/** Nobody has read such a message; its row may hold the beginning only. */
const UNREAD: ReadonlySet<string | null> = new Set(['run_closed', 'malformed']);

type Said = Pick<MessageRow, 'action_type' | 'content' | 'reason_code' | 'said'>;

/**
 * True when both say the same, by the one measure that the run has too (`protocol/said.ts`). Rows without it, of older
 * versions and of what an operator did in Temporal, are known by action and text.
 */
export function isSameMessage(row: Said, command: Command): boolean {
  if (row.said !== null) return row.said === digestOfMessage(command.action, command);
  if (row.action_type !== command.action) return false;
  return UNREAD.has(row.reason_code) || row.content === textOf(command);
}
