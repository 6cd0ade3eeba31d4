/** What becomes of a message. */
import type { IgnoredCode } from '../../../protocol/signals.ts';

/** `pending`: agents have yet to read it; it stands in the inbox under the key. */
export type Receipt =
  | { readonly status: 'processed' }
  | { readonly status: 'pending'; readonly key: string }
  | Refusal;

export interface Refusal {
  readonly status: 'ignored';
  readonly code: IgnoredCode;
  readonly reason: string;
}

export const PROCESSED: Receipt = { status: 'processed' };

export function refused(reason: string, code: IgnoredCode = 'refused'): Refusal {
  return { status: 'ignored', code, reason };
}
