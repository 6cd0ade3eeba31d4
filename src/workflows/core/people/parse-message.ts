/** A signal's payload, taken as unknown, as the message that it should be; or what is wrong with it. */
import {
  DECISIONS,
  DELIVERIES,
  MAX_ID_CHARS,
  MAX_MESSAGE_CHARS,
  MAX_WAIT_MS,
  PAUSE_MODES,
  PAUSE_ENDS,
} from '../../../protocol/signals.ts';
import type { SignalMessage } from '../../../protocol/signals.ts';
import { MAX_RERUN } from '../../../protocol/editing/rerun.ts';
import { limitFault } from '../../../protocol/new-limits.ts';
import { printable } from './note-receipt.ts';

export type Parsed =
  | { readonly ok: true; readonly message: SignalMessage }
  | { readonly ok: false; readonly why: string };

/** A bare text is what is said. @param action what the message is to do; members of others it may have as it likes */
export function parseMessage(payload: unknown, action: string): Parsed {
  if (payload === undefined || payload === null) return { ok: true, message: {} };
  if (typeof payload === 'string') return parseMessage({ content: payload }, action);
  if (!isObject(payload)) return { ok: false, why: 'expected an object such as {"content": "…"}' };
  if ('$undecodable' in payload)
    return { ok: false, why: `undecodable payload (encoding ${printable(payload['$undecodable'])})` };
  const given = withoutNulls(payload, ownOf(VALUES, action) ?? ANSWER);
  const why = faultOf(given) ?? ownOf(OWN, action)?.(given) ?? null;
  return why === null ? { ok: true, message: given as SignalMessage } : { ok: false, why };
}

/** What of a malformed message can still be named in its receipt. */
export function readableParts(payload: unknown): SignalMessage {
  if (!isObject(payload)) return payload === undefined ? {} : { content: printable(payload) };
  const { id, by } = payload;
  return {
    ...(isShort(id) ? { id } : {}),
    ...(isShort(by) ? { by } : {}),
    content: printable(payload),
  };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Given = Readonly<Record<string, unknown>>;

const ANSWER: readonly string[] = ['answer'];
/** Commands that take a value. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  skip: [...ANSWER, 'value'],
  override: [...ANSWER, 'value'],
};

/** null says as much as nothing, but as an answer or a value. */
function withoutNulls(payload: Given, values: readonly string[]): Given {
  return Object.fromEntries(
    Object.entries(payload).filter(([name, value]) => value !== null || values.includes(name)),
  );
}

const TEXTS: Readonly<Record<string, number>> = {
  id: MAX_ID_CHARS,
  by: MAX_ID_CHARS,
  target: MAX_ID_CHARS,
  skip_to: MAX_ID_CHARS,
  replaces: MAX_ID_CHARS,
  message: MAX_ID_CHARS,
  question: MAX_ID_CHARS * 2,
  content: MAX_MESSAGE_CHARS,
  reason: MAX_MESSAGE_CHARS,
  context: MAX_MESSAGE_CHARS,
  task: MAX_MESSAGE_CHARS,
};
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  mode: PAUSE_MODES,
  delivery: DELIVERIES,
  decision: DECISIONS,
  on_timeout: PAUSE_ENDS,
};
const WAITS: Readonly<Record<string, number>> = { timeout_ms: 0, expires_ms: 1 };

function faultOf(given: Given): string | null {
  for (const [name, value] of Object.entries(given)) {
    const fault = faultOfMember(name, value);
    if (fault !== null) return fault;
  }
  return null;
}

function faultOfMember(name: string, value: unknown): string | null {
  const limit = ownOf(TEXTS, name);
  if (limit !== undefined) {
    if (typeof value !== 'string') return `"${name}" must be a text`;
    return value.length > limit ? `"${name}" is longer than ${limit} characters` : null;
  }
  const choices = ownOf(CHOICES, name);
  if (choices !== undefined) {
    return choices.includes(value as string) ? null : `"${name}" must be one of ${choices.join(', ')}`;
  }
  const least = ownOf(WAITS, name);
  if (least !== undefined) {
    const fits = typeof value === 'number' && value >= least && value <= MAX_WAIT_MS;
    return fits ? null : `"${name}" must be a number of ms from ${least} to ${MAX_WAIT_MS}`;
  }
  if (name === 'revision') {
    return Number.isSafeInteger(value) && Number(value) >= 0 ? null : '"revision" must be a whole number';
  }
  return faultOfObject(name, value);
}

const OBJECTS: Readonly<Record<string, string>> = {
  inputs: 'values by name',
  plan: 'a compiled plan, as `baton validate FILE -o json` shows it',
};

function faultOfObject(name: string, value: unknown): string | null {
  const what = ownOf(OBJECTS, name);
  return what === undefined || isObject(value) ? null : `"${name}" must be an object: ${what}`;
}

/** What these commands alone look at. */
const OWN: Readonly<Record<string, (given: Given) => string | null>> = {
  set_limits: faultOfLimits,
  edit: faultOfRerun,
};

function faultOfRerun({ rerun = [] }: Given): string | null {
  const isList = Array.isArray(rerun) && rerun.length <= MAX_RERUN && rerun.every(isName);
  return isList ? null : `"rerun" must be a list of at most ${MAX_RERUN} names of steps`;
}

const isName = (name: unknown): boolean => isShort(name) && name !== '';

function faultOfLimits(given: Given): string | null {
  for (const [name, value] of Object.entries(given)) {
    const fault = limitFault(name, value);
    if (fault !== null) return fault;
  }
  return null;
}

function ownOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_ID_CHARS;
}
