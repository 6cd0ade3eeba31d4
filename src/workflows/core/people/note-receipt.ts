/** The receipt of a message in the record. */
import { textOf } from '../../../protocol/signals.ts';
import type { CommandName, SignalMessage } from '../../../protocol/signals.ts';
import { note } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import type { MessageDetails } from '../kernel/notes.ts';
import type { Receipt } from '../kernel/receipt.ts';
import { writeJson } from '../../../plan/exact-json.ts';

/** How a message came, and what of it can be told. */
export interface Received {
  readonly signal: string;
  /** null when nobody can tell what it was meant to be. */
  readonly name: CommandName | null;
  readonly message: SignalMessage;
}

export function noteReceipt(draft: Draft, { signal, name, message }: Received, receipt: Receipt): void {
  const details = { ...detailsOf(message), ...(name === 'set_limits' ? limitsOf(message) : {}) };
  note(draft, {
    type: 'command',
    id: message.id ?? null,
    name,
    signal: printable(signal),
    status: receipt.status,
    code: receipt.status === 'ignored' ? receipt.code : null,
    reason: receipt.status === 'ignored' ? receipt.reason : null,
    content: textOf(message),
    by: message.by ?? null,
    details: Object.keys(details).length === 0 ? null : details,
    key: receipt.status === 'pending' ? receipt.key : null,
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

function limitsOf({ max_turns, max_tokens, max_cost_usd, max_duration }: SignalMessage): MessageDetails {
  return {
    ...(max_turns === undefined ? {} : { max_turns }),
    ...(max_tokens === undefined ? {} : { max_tokens }),
    ...(max_cost_usd === undefined ? {} : { max_cost_usd }),
    ...(max_duration === undefined ? {} : { max_duration }),
  };
}

/** A short text of whatever it is. */
export function printable(value: unknown): string {
  const text = typeof value === 'string' ? value : (writeJson(value) ?? String(value));
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}
