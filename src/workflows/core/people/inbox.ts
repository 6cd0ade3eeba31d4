/**
 * Messages that agents have yet to read, or to answer. The life of one is drawn in state.ts.
 *
 * What stands here is bounded, and so is what one turn and one task take: the rest waits for the next.
 */
import { utf8Bytes } from '../../../plan/json.ts';
import type { Appended } from '../../../protocol/agent.ts';
import { textOf } from '../../../protocol/signals.ts';
import type { IgnoredCode, SignalMessage } from '../../../protocol/signals.ts';
import { cancelTimer, change, note, startTimer, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import type { Talking } from '../kernel/plan-index.ts';
import { refused } from '../kernel/receipt.ts';
import type { Receipt } from '../kernel/receipt.ts';
import { talkingSteps } from '../kernel/scope.ts';
import { isSettled } from '../kernel/state.ts';
import type { InboxMessage, Recipient } from '../kernel/state.ts';

const MAX_MESSAGES = 1_000;
/** Of the texts together: they travel with the state. */
const MAX_BYTES = 256 * 1024;
/** What one model call takes in. */
const TURN_BYTES = 64 * 1024;
/** What all model calls of one task take in; their inputs share one request to Temporal. */
const TASK_BYTES = 512 * 1024;

export interface Delivered {
  readonly text: string;
  /** null: the first agent that fits. */
  readonly recipients: readonly string[] | null;
}

/** Puts a message where its agents find it. */
export function addToInbox(draft: Draft, message: SignalMessage, { text, recipients }: Delivered): Receipt {
  const { inbox } = draft.state;
  const bytes = inbox.reduce((sum, waiting) => sum + utf8Bytes(waiting.text), utf8Bytes(text));
  if (inbox.length >= MAX_MESSAGES || bytes > MAX_BYTES) {
    const what = `${inbox.length} messages wait to be read already (at most ${MAX_MESSAGES}, ${MAX_BYTES} bytes)`;
    return refused(`${what}; send it when agents have read some`, 'inbox_full');
  }
  const { id, by, target, delivery, expires_ms: expires } = message;
  const timer = expires === undefined ? null : startTimer(draft, 'message', expires, 'the message expires');
  const messageSeq = draft.state.messageSeq + 1;
  const key = id ?? `#${messageSeq}`;
  const waiting: InboxMessage = {
    key,
    id: id ?? null,
    by: by ?? null,
    text,
    target: target ?? null,
    delivery: delivery ?? 'next_turn',
    timer,
    recipients: recipients?.map((step) => ({ step, turn: null })) ?? null,
    answered: false,
  };
  change(draft, { inbox: [...inbox, waiting], messageSeq });
  return { status: 'pending', key };
}

/** What an instruction says to an agent. */
export function instructionText(message: SignalMessage): string {
  const said = textOf(message) ?? '';
  return message.context === undefined ? said : `${said}\n\nAdditional context:\n${message.context}`;
}

/** A message that nobody has read, by its id. */
export function unread(draft: Draft, id: string): InboxMessage | string {
  const message = draft.state.inbox.find((one) => one.id === id);
  if (message === undefined) return `no message "${id}" waits to be read`;
  const reader = message.recipients?.find(({ turn }) => turn !== null);
  if (reader !== undefined)
    return `message "${id}" was read by step "${reader.step}" in turn ${reader.turn ?? 0}`;
  return message.answered ? `message "${id}" was read and answered` : message;
}

/** Takes a message out of the inbox, and says why. */
export function settleMessage(
  draft: Draft,
  { key, timer }: InboxMessage,
  ending: { readonly code: IgnoredCode; readonly reason: string } | null,
): void {
  change(draft, { inbox: draft.state.inbox.filter((one) => one.key !== key) });
  if (timer !== null) cancelTimer(draft, timer);
  note(draft, {
    type: 'message_settled',
    key,
    status: ending === null ? 'processed' : 'ignored',
    code: ending?.code ?? null,
    reason: ending?.reason ?? null,
  });
}

/** The messages that a turn begins with, in the order in which they came. */
export function readMessages(draft: Draft, reader: Talking, turn: number): readonly Appended[] {
  const taken: Appended[] = [];
  let bytes = 0;
  for (const message of draft.state.inbox) {
    if (!waitsFor(message, reader)) continue;
    const size = utf8Bytes(message.text);
    if (taken.length > 0 && bytes + size > TURN_BYTES) break;
    if (draft.deliveredBytes + size > TASK_BYTES) break;
    bytes += size;
    draft.deliveredBytes += size;
    taken.push({ type: 'user', source: 'instruction', text: message.text, by: message.by });
    read(draft, message, reader.key, turn);
  }
  return taken;
}

function waitsFor({ recipients, target }: InboxMessage, { key, name }: Talking): boolean {
  if (recipients === null) return target === null || target === key || target === name;
  return recipients.some(({ step, turn }) => step === key && turn === null);
}

function read(draft: Draft, message: InboxMessage, step: string, turn: number): void {
  if (message.timer !== null) cancelTimer(draft, message.timer);
  const recipients: readonly Recipient[] = message.recipients?.map((one) =>
    one.step === step ? { step, turn } : one,
  ) ?? [{ step, turn }];
  replace(draft, { ...message, timer: null, recipients });
  const { attempt } = stepOf(draft, step);
  note(draft, { type: 'message_read', key: message.key, step, attempt, turn });
}

function replace(draft: Draft, message: InboxMessage): void {
  change(draft, { inbox: draft.state.inbox.map((one) => (one.key === message.key ? message : one)) });
}

/** True while a message waits for this very step: its agent is not done before it has read it. */
export function isAwaited(draft: Draft, step: string): boolean {
  return draft.state.inbox.some(
    ({ recipients }) => recipients?.some((one) => one.step === step && one.turn === null) ?? false,
  );
}

/** The agent has answered: what it had read by then is done with. */
export function answerMessages(draft: Draft, step: string): void {
  for (const message of draft.state.inbox) {
    const reader = message.recipients?.find((one) => one.step === step && one.turn !== null);
    if (reader?.turn == null) continue;
    const recipients = message.recipients?.filter((one) => one !== reader) ?? [];
    const left = { ...message, recipients, answered: true };
    replace(draft, left);
    note(draft, { type: 'message_answered', key: message.key, step, turn: reader.turn });
    if (recipients.length === 0) settleMessage(draft, left, null);
  }
}

/** Lets go of what can reach nobody any more. */
export function reviewInbox(draft: Draft): void {
  for (const message of draft.state.inbox) {
    if (message.recipients === null) reviewUnaddressed(draft, message);
    else reviewRecipients(draft, message, message.recipients);
  }
}

function reviewUnaddressed(draft: Draft, message: InboxMessage): void {
  const fits = talkingSteps(draft).some(
    (one) => waitsFor(message, one) && !isSettled(stepOf(draft, one.key).status),
  );
  if (fits) return;
  settleMessage(draft, message, { code: 'target_gone', reason: 'no agent that it is for is left' });
}

function reviewRecipients(draft: Draft, message: InboxMessage, recipients: readonly Recipient[]): void {
  const left = recipients.filter(({ step }) => !isSettled(stepOf(draft, step).status));
  if (left.length === recipients.length) return;
  const next = { ...message, recipients: left };
  replace(draft, next);
  if (left.length > 0) return;
  if (message.answered) return settleMessage(draft, next, null);
  const gone = recipients.map(({ step, turn }) =>
    turn === null
      ? `step "${step}" ended before it could read it`
      : `step "${step}" ended before it had answered`,
  );
  settleMessage(draft, next, { code: 'target_gone', reason: gone.join('; ').slice(0, 1_000) });
}

/** The timer of a message fired: nobody has read it in time. */
export function expireMessage(draft: Draft, timer: string): void {
  const message = draft.state.inbox.find((one) => one.timer === timer);
  if (message === undefined) return;
  settleMessage(draft, { ...message, timer: null }, { code: 'expired', reason: 'nobody read it in time' });
}

/** The run ends, or is being ended: nobody reads any more. */
export function closeInbox(draft: Draft): void {
  for (const message of draft.state.inbox) {
    const ending = { code: 'run_closed', reason: 'the run ended before anybody had answered it' } as const;
    settleMessage(draft, message, message.answered ? null : ending);
  }
}
