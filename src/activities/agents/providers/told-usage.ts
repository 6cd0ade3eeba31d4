/**
 * What vendors say of a call's consumption, read from the events of their streams as they were sent: at the end, or while
 * the call goes on, once or in each event. Of a call that never comes to its end this is all that is known.
 *
 * Vendors' figures are taken as what somebody claims: the largest of each counts where they are repeated, and whether
 * they fit together is judged in `reconcile.ts`.
 */
import type { Figures } from '../reconcile.ts';
import type { VendorName } from './vendor-name.ts';

export interface Told {
  readonly figures: Figures;
  /** The words of a refusal that stand beside the answer; '' when there are none. */
  readonly refusal: string;
}

type Members = Readonly<Record<string, unknown>>;

/** What one event tells: figures by name, as they were sent. */
type Reading = Readonly<Record<(typeof NAMES)[number], unknown>> | null;

export const NOTHING_TOLD: Told = {
  figures: {
    ...{ input: null, output: null, total: null, cacheRead: null, cacheWrite: null, reasoning: null },
    unusable: false,
  },
  refusal: '',
};

/** What is known after one more event. */
export function hear(vendor: VendorName, told: Told, event: Members): Told {
  const reading = READERS[vendor](event);
  const refusal = told.refusal + refusalIn(event);
  return { figures: reading === null ? told.figures : largest(told.figures, reading), refusal };
}

const NAMES = ['input', 'output', 'total', 'cacheRead', 'cacheWrite', 'reasoning'] as const;

/** Tokens of a call that nobody believes any more. */
const ABSURD = 1_000_000_000;

/** A figure that can be counted; undefined when it is none, null when nothing was said. */
function countOf(said: unknown): number | null | undefined {
  if (said === undefined || said === null) return null;
  const number = typeof said === 'string' && said.trim() !== '' ? Number(said) : said;
  if (typeof number !== 'number' || !(number >= 0 && number <= ABSURD)) return undefined;
  return Number.isInteger(number) ? number : undefined;
}

function largest(before: Figures, reading: NonNullable<Reading>): Figures {
  let unusable = before.unusable;
  const figures = NAMES.map((name) => {
    const count = countOf(reading[name]);
    if (count === undefined) unusable = true;
    return [name, count == null ? before[name] : Math.max(count, before[name] ?? 0)] as const;
  });
  return { ...(Object.fromEntries(figures) as Record<(typeof NAMES)[number], number | null>), unusable };
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}

/** The object that holds figures, and null when there is none. */
function usageOf(value: unknown): Members | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : null;
}

/** Parts that are told apart belong together: an unusable one makes the sum unusable. */
function sum(...parts: readonly unknown[]): unknown {
  const said = parts.filter((part) => part !== undefined && part !== null);
  if (said.length === 0) return null;
  const counts = said.map(countOf);
  return counts.every((count) => typeof count === 'number')
    ? counts.reduce<number>((total, count) => total + count, 0)
    : Number.NaN;
}

/** Anthropic tells input and caches apart: in `message_start`, and again, cumulative, with the end. */
function anthropic(event: Members): Reading {
  const usage = usageOf(membersOf(event['message'])['usage']) ?? usageOf(event['usage']);
  if (usage === null) return null;
  const { cache_read_input_tokens: cacheRead, cache_creation_input_tokens: cacheWrite } = usage;
  return {
    input: usage['input_tokens'] == null ? null : sum(usage['input_tokens'], cacheRead, cacheWrite),
    output: usage['output_tokens'],
    total: null,
    cacheRead,
    cacheWrite,
    reasoning: membersOf(usage['output_tokens_details'])['thinking_tokens'],
  };
}

/** OpenAI's Responses: with the last event. */
function openai(event: Members): Reading {
  const usage = usageOf(membersOf(event['response'])['usage']);
  if (usage === null) return null;
  return {
    input: usage['input_tokens'],
    output: usage['output_tokens'],
    total: usage['total_tokens'],
    cacheRead: membersOf(usage['input_tokens_details'])['cached_tokens'],
    cacheWrite: null,
    reasoning: membersOf(usage['output_tokens_details'])['reasoning_tokens'],
  };
}

/** Google: both so far with each piece, thoughts apart from the answer. */
function google(event: Members): Reading {
  const usage = usageOf(event['usageMetadata']);
  if (usage === null) return null;
  const reasoning = usage['thoughtsTokenCount'];
  return {
    input: sum(usage['promptTokenCount'], usage['toolUsePromptTokenCount']),
    output: sum(usage['candidatesTokenCount'], reasoning),
    total: usage['totalTokenCount'],
    cacheRead: usage['cachedContentTokenCount'],
    cacheWrite: null,
    reasoning,
  };
}

/** Chat Completions of whoever: with the end, after it, or in each chunk. Groq's stand apart, DeepSeek's cache too. */
function compatible(event: Members): Reading {
  const usage = usageOf(event['usage']) ?? usageOf(membersOf(event['x_groq'])['usage']);
  if (usage === null) return null;
  const cached = membersOf(usage['prompt_tokens_details']);
  return {
    input: usage['prompt_tokens'],
    output: usage['completion_tokens'],
    total: usage['total_tokens'],
    cacheRead: cached['cached_tokens'] ?? usage['prompt_cache_hit_tokens'],
    cacheWrite: cached['cache_write_tokens'],
    reasoning: membersOf(usage['completion_tokens_details'])['reasoning_tokens'] ?? usage['reasoning_tokens'],
  };
}

const READERS: Readonly<Record<VendorName, (event: Members) => Reading>> = {
  anthropic,
  openai,
  google,
  compatible,
};

/** OpenAI's `refusal`, which clients of compatible servers leave out, and Google's reason for a prompt that it blocks. */
function refusalIn(event: Members): string {
  const [choice] = Array.isArray(event['choices']) ? (event['choices'] as unknown[]) : [];
  const { delta, message } = membersOf(choice);
  const said = membersOf(delta)['refusal'] ?? membersOf(message)['refusal'];
  if (typeof said === 'string') return said;
  if (event['type'] === 'response.refusal.delta' && typeof event['delta'] === 'string') return event['delta'];
  return blocked(event) ?? explained(event) ?? '';
}

/** Google blocks a prompt with a reason, if not with a message. */
function blocked(event: Members): string | null {
  const { blockReason: reason, blockReasonMessage: message } = membersOf(event['promptFeedback']);
  if (typeof reason !== 'string' || reason === '' || reason.endsWith('UNSPECIFIED')) return null;
  return typeof message === 'string' && message !== '' ? message : reason;
}

/** Anthropic explains itself where it stops. */
function explained(event: Members): string | null {
  const details = membersOf(membersOf(event['delta'])['stop_details']);
  const { type, explanation } = details;
  return type === 'refusal' && typeof explanation === 'string' ? explanation : null;
}
