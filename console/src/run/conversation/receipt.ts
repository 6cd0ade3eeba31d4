/** What has become of what somebody said, in words. Pure. */
import type { RunMessage } from '../../api/generated.ts';
import type { Tone } from '../../words/status.ts';

export interface Receipt {
  readonly text: string;
  readonly tone: Tone;
  /** It can still be taken back. */
  readonly isUnread: boolean;
}

type Said = Pick<RunMessage, 'action_type' | 'action_status' | 'reason' | 'readers' | 'metadata'>;

/** Null: it is a comment, and asks for nothing. */
export function receiptOf({
  action_type: action,
  action_status: status,
  reason,
  readers,
  metadata,
}: Said): Receipt | null {
  if (action === null || action === 'comment') return null;
  const delivery = metadata.delivery === 'interrupt' ? 'interrupts at once' : 'before the next turn';
  const read = readers.map(({ agent, step, turn }) => `${agent ?? step} at turn ${turn}`).join(', ');
  switch (status) {
    case 'pending':
      return {
        text: action === 'instruction' ? `Recorded, ${delivery}: not read yet` : 'Recorded',
        tone: 'idle',
        isUnread: action === 'instruction',
      };
    case 'acknowledged':
      return { text: read === '' ? 'Read' : `Read by ${read}`, tone: 'run', isUnread: false };
    case 'processed':
      return { text: read === '' ? 'In force' : `Read by ${read}, done`, tone: 'done', isUnread: false };
    case 'ignored':
      return { text: `Came to nothing: ${reason ?? 'no reason is known'}`, tone: 'need', isUnread: false };
  }
}
