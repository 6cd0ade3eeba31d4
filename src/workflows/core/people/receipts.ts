/** What becomes of a message, and its receipt in the record. */
import { textOf } from '../../../protocol/signals.ts';
import type { CommandName, IgnoredCode, SignalMessage } from '../../../protocol/signals.ts';
import { note } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import type { MessageDetails } from '../kernel/notes.ts';
import { writeJson } from '../../../plan/exact-json.ts';

/** `pending`: agents have yet to read it; it stands in the inbox under the key. */
export type Outcome =
  | { readonly status: 'processed' }
  | { readonly status: 'pending'; readonly key: string }
  | { readonly status: 'ignored'; readonly code: IgnoredCode; readonly reason: string };

export const PROCESSED: Outcome = { status: 'processed' };

export function refused(reason: string, code: IgnoredCode = 'refused'): Outcome {
  return { status: 'ignored', code, reason };
}

/** How a message came, and what of it can be told. */
export interface Received {
  readonly signal: string;
  /** null when nobody can tell what it was meant to be. */
  readonly name: CommandName | null;
  readonly message: SignalMessage;
}

export function noteReceipt(draft: Draft, { signal, name, message }: Received, outcome: Outcome): void {
  const details = detailsOf(message);
  note(draft, {
    type: 'command',
    id: message.id ?? null,
    name,
    signal: printable(signal),
    status: outcome.status,
    code: outcome.status === 'ignored' ? outcome.code : null,
    reason: outcome.status === 'ignored' ? outcome.reason : null,
    content: textOf(message),
    by: message.by ?? null,
    details: Object.keys(details).length === 0 ? null : details,
    key: outcome.status === 'pending' ? outcome.key : null,
    message,
  });
}

function detailsOf(message: SignalMessage): MessageDetails {
  const { context, target, delivery, replaces, message: withdrawn, mode, task, question } = message;
  return {
    ...(context === undefined ? {} : { context }),
    ...(target === undefined ? {} : { target }),
    ...(delivery === undefined ? {} : { delivery }),
    ...(message.expires_ms === undefined ? {} : { expiresMs: message.expires_ms }),
    ...(replaces === undefined ? {} : { replaces }),
    ...(withdrawn === undefined ? {} : { message: withdrawn }),
    ...(mode === undefined ? {} : { mode }),
    ...(task === undefined ? {} : { task }),
    ...(message.skip_to === undefined ? {} : { skipTo: message.skip_to }),
    ...(question === undefined ? {} : { question }),
  };
}

/** A short text of whatever it is. */
export function printable(value: unknown): string {
  const text = typeof value === 'string' ? value : (writeJson(value) ?? String(value));
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}
