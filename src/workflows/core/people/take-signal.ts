/**
 * Messages to the run: signals in, receipts out.
 *
 * Whatever arrives is taken as unknown. It never throws: what is malformed, unknown, late or repeated becomes a
 * refusal on record and changes nothing. A command with an id counts once; comments, which change nothing here, are
 * told apart by whoever keeps the thread.
 */
import { depthFault } from '../../../plan/depth.ts';
import { canonicalJson } from '../../../plan/canonical.ts';
import { digestOf } from '../../../plan/digest.ts';
import type { Json } from '../../../plan/json.ts';
import { digestOfMessage } from '../../../protocol/said.ts';
import { BATCH_SIGNAL, COMMANDS, MAX_BATCH, textOf } from '../../../protocol/signals.ts';
import type { CommandName, SignalMessage } from '../../../protocol/signals.ts';
import { takeAnswer } from './answers.ts';
import { change } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { PROCESSED, refused } from '../kernel/receipt.ts';
import type { Receipt } from '../kernel/receipt.ts';
import { takeCancel } from './cancel.ts';
import { takeCheckpoint } from './checkpoint.ts';
import { takeCompact } from './compact.ts';
import { takeEdit } from './edit.ts';
import { takeInstruction, withdraw } from './instruction.ts';
import { isObject, parseMessage, readableParts } from './parse-message.ts';
import { pause, resume } from './pause.ts';
import { noteReceipt, printable } from './note-receipt.ts';
import type { Received } from './note-receipt.ts';
import { takeRedirect } from './redirect.ts';
import { since } from '../kernel/versions.ts';
import type { Change } from '../kernel/versions.ts';
import { takeStepCommand } from './single-steps/take.ts';

/** Ids remembered; older ones are forgotten. */
const MAX_SEEN = 1_000;
/** Hexadecimal digits of a message's digest. */
const DIGEST = 12;

export function takeSignal(draft: Draft, signal: string, payload: unknown): void {
  const fault = since(draft.state, 'checked_forms') ? depthFault(payload) : null;
  if (fault !== null) {
    const name = isCommand(signal, draft) ? signal : null;
    return noteReceipt(draft, { signal, name, message: {} }, refused(fault, 'malformed'));
  }
  if (signal === BATCH_SIGNAL) return takeBatch(draft, payload);
  if (isCommand(signal, draft)) return takeMessage(draft, { signal, name: signal }, payload);
  const known = [...commandsOf(draft), BATCH_SIGNAL].join(', ');
  const why = `unknown signal "${printable(signal)}"; known: ${known}`;
  noteReceipt(draft, { signal, name: null, message: {} }, refused(why, 'malformed'));
}

function takeBatch(draft: Draft, payload: unknown): void {
  const messages = isObject(payload) ? payload['messages'] : undefined;
  if (!Array.isArray(messages)) return refuseBatch(draft, 'expected an object {"messages": [...]}');
  if (messages.length > MAX_BATCH) {
    return refuseBatch(draft, `${messages.length} messages in one batch; the limit is ${MAX_BATCH}`);
  }
  for (const message of messages as unknown[]) {
    const action = isObject(message) ? message['action'] : undefined;
    if (typeof action === 'string' && isCommand(action, draft)) {
      takeMessage(draft, { signal: BATCH_SIGNAL, name: action }, message);
      continue;
    }
    const received = { signal: BATCH_SIGNAL, name: null, message: readableParts(message) };
    noteReceipt(
      draft,
      received,
      refused(`"action" must be one of ${commandsOf(draft).join(', ')}`, 'malformed'),
    );
  }
}

function refuseBatch(draft: Draft, why: string): void {
  noteReceipt(draft, { signal: BATCH_SIGNAL, name: null, message: {} }, refused(why, 'malformed'));
}

function takeMessage(
  draft: Draft,
  { signal, name }: { readonly signal: string; readonly name: CommandName },
  payload: unknown,
): void {
  const parsed = parseMessage(payload, name);
  if (!parsed.ok) {
    const received = { signal, name, message: readableParts(payload) };
    return noteReceipt(draft, received, refused(parsed.why, 'malformed'));
  }
  const { message } = parsed;
  const received: Received = { signal, name, message };
  const memory = name === 'comment' ? 'new' : remember(draft, name, message);
  if (memory === 'same') return;
  const receipt =
    memory === 'other'
      ? refused(`the id "${message.id ?? ''}" was used before, for another message`, 'id_reused')
      : apply(draft, name, message);
  noteReceipt(draft, received, receipt);
}

/** Has a command of this id come before, and did it say the same? */
function remember(draft: Draft, name: CommandName, { id, ...said }: SignalMessage): 'new' | 'same' | 'other' {
  if (id === undefined) return 'new';
  const { seen } = draft.state;
  const whole = since(draft.state, 'said_by_meaning')
    ? digestOfMessage(name, said)
    : digestOf(canonicalJson({ ...said, action: name } as unknown as Json));
  const digest = whole.slice(0, DIGEST);
  const known = seen.find((entry) => entry.slice(DIGEST) === id);
  if (known !== undefined) return known.startsWith(digest) ? 'same' : 'other';
  change(draft, { seen: [...seen, digest + id].slice(-MAX_SEEN) });
  return 'new';
}

/** Does what the message says, or answers why not. */
function apply(draft: Draft, name: CommandName, message: SignalMessage): Receipt {
  switch (name) {
    case 'comment':
      return (textOf(message) ?? '').trim() === '' ? refused('"content" is missing', 'malformed') : PROCESSED;
    case 'instruction':
      return takeInstruction(draft, message);
    case 'withdraw':
      return withdraw(draft, message);
    case 'pause':
      return pause(draft, message);
    case 'resume':
      return resume(draft, message);
    case 'answer':
      return takeAnswer(draft, message);
    case 'redirect':
      return takeRedirect(draft, message);
    case 'compact':
      return takeCompact(draft, message);
    case 'edit':
      return takeEdit(draft, message);
    case 'checkpoint':
      return takeCheckpoint(draft, message);
    case 'cancel':
      return takeCancel(draft, message);
    default:
      return takeStepCommand(draft, name, message);
  }
}

/** Commands that runs of former versions do not know. */
const SINCE: Partial<Record<CommandName, Change>> = {
  compact: 'compaction',
  edit: 'plan_edits',
  checkpoint: 'labelled_checkpoints',
  skip: 'step_commands',
  retry_now: 'step_commands',
  stop_retrying: 'step_commands',
  hold: 'step_commands',
  release: 'step_commands',
  override: 'step_commands',
  set_limits: 'step_commands',
};

/** Those that runs of this version know. */
function commandsOf({ state }: Draft): readonly CommandName[] {
  return COMMANDS.filter((name) => {
    const change = SINCE[name];
    return change === undefined || since(state, change);
  });
}

function isCommand(name: string, draft: Draft): name is CommandName {
  return (commandsOf(draft) as readonly string[]).includes(name);
}
