/** Entries of the thread of a run: who, what, and what became of it; as data and in lines. */
import * as z from 'zod';
import type { RunMessage } from '../../contract/message.ts';

const text = z.string().nullable();

export const BriefMessage = z.object({
  seq: z.number(),
  message_id: text,
  at: z.string(),
  type: z.string(),
  action: text,
  author: text,
  agent: text,
  step: text,
  content: text,
  status: z.string(),
  reason: text.meta({ description: 'Why it was ignored.' }),
});

export function briefMessage(message: RunMessage): z.output<typeof BriefMessage> {
  const { seq, message_id, author, agent, step, content, reason } = message;
  return {
    ...{ seq, message_id, at: message.created_at, type: message.message_type, action: message.action_type },
    ...{ author, agent, step, content, status: message.action_status, reason },
  };
}

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
  const words = (content ?? '').slice(0, MOST_CHARS);
  const end = (content ?? '').length > MOST_CHARS ? '…' : '';
  return `#${seq} ${at} ${who}${act}${receipt(message)}: ${words}${end}`;
}

function receipt({ message_type: type, action_status: status, reason }: RunMessage): string {
  if (type === 'agent' || (status === 'processed' && reason === null)) return '';
  return ` [${status}${reason === null ? '' : `: ${reason}`}]`;
}
