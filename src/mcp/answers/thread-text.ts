/** The thread of a run in lines: who, what, and what became of it. */
import type { RunMessage } from '../../contract/message.ts';

/** Characters of an entry. */
const MOST_CHARS = 600;

export function threadText(messages: readonly RunMessage[]): string {
  return messages.length === 0 ? 'Nothing has been said.' : messages.map(entryText).join('\n');
}

function entryText(message: RunMessage): string {
  const {
    seq,
    author,
    agent,
    step,
    message_type: type,
    action_type: action,
    content,
    created_at: at,
  } = message;
  const who = author ?? agent ?? step ?? type;
  const act = action === null || action === 'comment' ? '' : ` ${action}`;
  const text = (content ?? '').slice(0, MOST_CHARS);
  const end = (content ?? '').length > MOST_CHARS ? '…' : '';
  return `#${seq} ${at} ${who}${act}${receipt(message)}: ${text}${end}`;
}

function receipt({ message_type: type, action_status: status, reason }: RunMessage): string {
  if (type === 'agent' || (status === 'processed' && reason === null)) return '';
  return ` [${status}${reason === null ? '' : `: ${reason}`}]`;
}
