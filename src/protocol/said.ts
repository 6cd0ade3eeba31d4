/**
 * What a message says: the one measure by which core, tables and API tell a repetition from another message of its id.
 *
 * Two messages are the same when they mean the same, however they are put: what is left out counts as its default,
 * `reason` as `content`, and the order of members not at all. Who says it counts; members that no command reads do not.
 */
import { canonicalJson } from '../plan/canonical.ts';
import { isDeeperThan, TOO_DEEP } from '../plan/depth.ts';
import { digestOf } from '../plan/digest.ts';
import { writeJson } from '../plan/exact-json.ts';
import type { Json } from '../plan/json.ts';
import { DEFAULT_PAUSE_MODE, textOf, type CommandName, type SignalMessage } from './signals.ts';

/** Hexadecimal digits. */
const DIGITS = 16;

/** The same for messages that say the same, and for no others; the id is no part of it. */
export function digestOfMessage(action: CommandName, message: SignalMessage): string {
  return digestOf(writeJson(meaningOf(action, message))).slice(0, DIGITS);
}

/** Values count, a null too; nothing recurses into what is refused for its depth. */
const VALUES = ['inputs', 'answer'] as const;
const PARTS = [
  'by',
  'context',
  'target',
  'expires_ms',
  'replaces',
  'message',
  'timeout_ms',
  'skip_to',
  'question',
  'decision',
] as const;
/** What only these commands read, so that it is no part of what others say. */
const OWN: Partial<Record<CommandName, readonly (keyof SignalMessage)[]>> = {
  edit: ['revision', 'plan', 'rerun'],
  skip: ['value'],
  override: ['value'],
  set_limits: ['max_turns', 'max_tokens', 'max_cost_usd', 'max_duration'],
};
const DEFAULTS = { delivery: 'next_turn', mode: DEFAULT_PAUSE_MODE, on_timeout: 'resume' } as const;
const CHOICES = ['delivery', 'mode', 'on_timeout'] as const;

/** Only what is not as it would be anyway, always in this order: most messages say little. */
function meaningOf(action: CommandName, message: SignalMessage): Json {
  const text = textOf(message);
  const meaning: Json[] = [action, text];
  const add = (name: string, value: unknown) => {
    if (value !== undefined) meaning.push(name, value as Json);
  };
  for (const name of PARTS) add(name, message[name]);
  for (const name of CHOICES) if (message[name] !== DEFAULTS[name]) add(name, message[name]);
  if (action !== 'redirect' || message.task !== text) add('task', message.task);
  for (const name of VALUES) add(name, measured(message[name]));
  for (const name of OWN[action] ?? []) add(name, measured(message[name]));
  return meaning;
}

function measured(value: unknown): Json | undefined {
  if (value === undefined) return undefined;
  return isDeeperThan(value) ? TOO_DEEP : canonicalJson({ value: value as Json });
}
