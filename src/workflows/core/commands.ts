/**
 * Commands to the run: signals in, receipts out.
 *
 * Whatever arrives is taken as unknown. It never throws: what is malformed, unknown, late or repeated becomes a
 * refusal on record and changes nothing. A message with an id counts once.
 */
import { COMMANDS, BATCH_SIGNAL, DECISIONS, MAX_BATCH, MAX_MESSAGE_CHARS } from '../../protocol/signals.ts';
import type { CommandName, SignalMessage } from '../../protocol/signals.ts';
import { forgiveTime } from './agent/limits.ts';
import { takeAnswer } from './answers.ts';
import { beginCancel } from './cancel.ts';
import { cancelTimer, change, note, startTimer } from './draft.ts';
import type { Draft } from './draft.ts';

/** Ids remembered; older ones are forgotten. */
const MAX_SEEN = 1_000;
const MAX_ID_CHARS = 200;
const DEFAULT_PAUSE_MS = 30 * 60_000;
const MAX_PAUSE_MS = 365 * 24 * 60 * 60_000;

type Parsed =
  { readonly ok: true; readonly message: SignalMessage } | { readonly ok: false; readonly why: string };

export function takeSignal(draft: Draft, name: string, payload: unknown): void {
  if (name === BATCH_SIGNAL) return takeBatch(draft, payload);
  if (!isCommand(name)) {
    return refuse(
      draft,
      name,
      {},
      null,
      `unknown signal "${printable(name)}"; known: ${[...COMMANDS, BATCH_SIGNAL].join(', ')}`,
    );
  }
  takeMessage(draft, name, name, payload);
}

function takeBatch(draft: Draft, payload: unknown): void {
  const messages = isObject(payload) ? payload['messages'] : undefined;
  if (!Array.isArray(messages)) {
    return refuse(draft, BATCH_SIGNAL, {}, null, 'expected an object {"messages": [...]}');
  }
  if (messages.length > MAX_BATCH) {
    return refuse(
      draft,
      BATCH_SIGNAL,
      {},
      null,
      `${messages.length} messages in one batch; the limit is ${MAX_BATCH}`,
    );
  }
  for (const message of messages as unknown[]) {
    const action = isObject(message) ? message['action'] : undefined;
    if (typeof action === 'string' && isCommand(action)) takeMessage(draft, BATCH_SIGNAL, action, message);
    else
      refuse(
        draft,
        BATCH_SIGNAL,
        receiptParts(message),
        null,
        `"action" must be one of ${COMMANDS.join(', ')}`,
      );
  }
}

function takeMessage(draft: Draft, signal: string, name: CommandName, payload: unknown): void {
  const parsed = parseMessage(payload);
  if (!parsed.ok) return refuse(draft, signal, receiptParts(payload), name, parsed.why);
  const { message } = parsed;
  if (message.id !== undefined) {
    if (draft.state.seen.includes(message.id)) return;
    change(draft, { seen: [...draft.state.seen, message.id].slice(-MAX_SEEN) });
  }
  const refusal = apply(draft, name, message);
  if (refusal !== null) return refuse(draft, signal, message, name, refusal);
  note(draft, { type: 'command', ...receipt(signal, message, name), status: 'processed', reason: null });
}

/** Does what the command says, or answers why not. */
function apply(draft: Draft, name: CommandName, message: SignalMessage): string | null {
  switch (name) {
    case 'pause':
      return pause(draft, message);
    case 'resume':
      return draft.state.paused === null ? 'the run is not paused' : resume(draft, message, false);
    case 'answer':
      return takeAnswer(draft, message);
    case 'cancel':
      if (draft.state.cancel !== null) return 'the run is already being cancelled';
      beginCancel(draft, {
        reason: message.reason ?? null,
        by: message.by ?? null,
        requested: false,
        terminal: 'cancelled',
      });
      return null;
  }
}

function pause(draft: Draft, message: SignalMessage): string | null {
  if (draft.state.cancel !== null) return 'the run is being cancelled';
  if (draft.state.paused !== null) return 'the run is already paused';
  const ms = message.timeout_ms ?? DEFAULT_PAUSE_MS;
  const reason = message.reason ?? null;
  const by = message.by ?? null;
  const timer = ms === 0 ? null : startTimer(draft, 'pause', ms, 'pause ends');
  const onTimeout = message.on_timeout ?? 'resume';
  const mode = message.mode ?? 'after_step';
  change(draft, {
    paused: { requestedAt: draft.at.now, reason, by, drained: false, mode, onTimeout, timer },
  });
  note(draft, { type: 'run_paused', reason, by });
  return null;
}

function resume(draft: Draft, message: SignalMessage, timedOut: boolean): null {
  const { paused } = draft.state;
  if (paused !== null) {
    if (paused.timer !== null) cancelTimer(draft, paused.timer);
    forgiveTime(draft, draft.at.now - paused.requestedAt, null);
  }
  change(draft, { paused: null });
  note(draft, { type: 'run_resumed', reason: message.reason ?? null, by: message.by ?? null, timedOut });
  return null;
}

/** The pause's own timer fired. */
export function endPause(draft: Draft): void {
  const { paused } = draft.state;
  if (paused === null) return;
  if (paused.onTimeout === 'resume') resume(draft, { reason: 'the pause reached its timeout' }, true);
  else
    beginCancel(draft, {
      reason: 'the pause reached its timeout',
      by: null,
      requested: false,
      terminal: 'cancelled',
    });
}

function parseMessage(payload: unknown): Parsed {
  if (payload === undefined || payload === null) return { ok: true, message: {} };
  if (typeof payload === 'string') return parseMessage({ reason: payload });
  if (!isObject(payload)) return { ok: false, why: 'expected an object such as {"reason": "…"}' };
  if ('$undecodable' in payload)
    return { ok: false, why: `undecodable payload (encoding ${printable(payload['$undecodable'])})` };
  const why = firstFault(payload);
  return why === null ? { ok: true, message: payload as SignalMessage } : { ok: false, why };
}

function firstFault(payload: Readonly<Record<string, unknown>>): string | null {
  for (const [field, limit] of [
    ['id', MAX_ID_CHARS],
    ['reason', MAX_MESSAGE_CHARS],
    ['by', MAX_ID_CHARS],
    ['question', MAX_ID_CHARS * 2],
  ] as const) {
    const value = payload[field];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') return `"${field}" must be a text`;
    if (value.length > limit) return `"${field}" is longer than ${limit} characters`;
  }
  const { mode, timeout_ms: timeout, on_timeout: then, decision } = payload;
  if (mode !== undefined && mode !== 'after_step' && mode !== 'after_turn')
    return '"mode" must be "after_step" or "after_turn"';
  if (decision !== undefined && !(DECISIONS as readonly unknown[]).includes(decision))
    return `"decision" must be one of ${DECISIONS.join(', ')}`;
  if (then !== undefined && then !== 'resume' && then !== 'cancel')
    return '"on_timeout" must be "resume" or "cancel"';
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout >= 0 && timeout <= MAX_PAUSE_MS)) {
    return `"timeout_ms" must be a number of ms from 0 (never) to ${MAX_PAUSE_MS}`;
  }
  return null;
}

type Receipt = Pick<SignalMessage, 'id' | 'reason' | 'by'>;

function refuse(
  draft: Draft,
  signal: string,
  message: Receipt,
  name: CommandName | null,
  reason: string,
): void {
  note(draft, { type: 'command', ...receipt(signal, message, name), status: 'ignored', reason });
}

function receipt(signal: string, message: Receipt, name: CommandName | null) {
  const content = message.reason ?? null;
  return { id: message.id ?? null, name, signal: printable(signal), content, by: message.by ?? null };
}

/** What of a malformed message can still be named in its receipt. */
function receiptParts(payload: unknown): Receipt {
  if (!isObject(payload)) return payload === undefined ? {} : { reason: printable(payload) };
  const { id, by } = payload;
  return {
    ...(typeof id === 'string' && id.length <= MAX_ID_CHARS ? { id } : {}),
    ...(typeof by === 'string' && by.length <= MAX_ID_CHARS ? { by } : {}),
    reason: printable(payload),
  };
}

function printable(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}

function isCommand(name: string): name is CommandName {
  return (COMMANDS as readonly string[]).includes(name);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
