/** What a bar of the timeline tells when one points at it: what it was, which try, when, how long, by whom, for how much. Pure. */
import type { Step } from '../../api/generated.ts';
import { countWords, durationWords, moneyWords } from '../../words/figures.ts';
import { clockWords } from '../../words/time.ts';
import type { Range } from './axis.ts';
import type { Part } from './parts.ts';
import type { Span, SpanKind } from './spans.ts';

/** A name and what is said under it. */
type Fact = readonly [name: string, told: string];

export interface Told {
  readonly title: string;
  readonly facts: readonly Fact[];
}

export const SAID: Readonly<Record<SpanKind, string>> = {
  waits: 'waiting for other steps',
  queue: 'in the queue',
  work: 'at work',
  failed: 'at work, failed',
  backoff: 'before the next try',
  people: 'waiting for somebody',
};

export function spanTold(step: Step, span: Span, zone: string, now: number): Told {
  const attempt = span.place === undefined ? undefined : step.attempts[span.place];
  const isWork = span.kind !== 'waits' && span.kind !== 'queue' && span.kind !== 'backoff';
  // Of what goes on nobody knows it yet, least of all at a moment of the past.
  const usage = isWork && span.until < now ? attempt?.usage : undefined;
  const error = span.kind === 'failed' ? (attempt?.error ?? step.error) : null;
  return {
    title: `${step.title}: ${SAID[span.kind]}`,
    facts: present([
      ['Try', span.attempt > 0 ? String(span.attempt) : undefined],
      ...whenTold(span, zone, now),
      ['Worker', isWork ? attempt?.worker : undefined],
      ['Tokens', usage == null ? undefined : countWords(usage.total_tokens)],
      ['Cost', usage == null ? undefined : moneyWords(usage.cost_estimate)],
      ['Error', error?.message],
    ]),
  };
}

export function partTold(part: Part, zone: string, now: number): Told {
  const { kind, call, name, given, answer } = part;
  const tokens = call?.total_tokens;
  return {
    title: `${{ turn: 'Model', compaction: 'Summary', tool: 'Tool' }[kind]}: ${name}`,
    facts: present([
      ['Turn', `${part.turn}${part.attempt > 1 ? `, try ${part.attempt}` : ''}`],
      ...whenTold(part, zone, now, part.isOpen),
      ['With', given],
      ['Answer', answer],
      ['First token', call?.first_token_ms == null ? undefined : durationWords(call.first_token_ms / 1000)],
      ['Worker', call?.worker],
      ['Tokens', tokens == null ? undefined : countWords(tokens)],
      ['Cost', call === null ? undefined : moneyWords(call.cost_estimate)],
      ['Error', call?.error?.message],
    ]),
  };
}

/** In a line, for who does not see the picture. */
export function toldWords({ title, facts }: Told): string {
  return [title, ...facts.map(([name, told]) => `${name} ${told}`)].join(', ');
}

function whenTold(
  { from, until }: Range,
  zone: string,
  now: number,
  isOpen = until >= now,
): readonly (readonly [string, string])[] {
  const clock = (time: number) => clockWords(new Date(time).toISOString(), zone, now);
  return [
    ['From', clock(from)],
    ['Until', isOpen ? 'it goes on' : clock(until)],
    ['Took', durationWords((until - from) / 1000)],
  ];
}

const MOST_CHARS = 300;

function present(facts: readonly (readonly [string, string | null | undefined])[]): readonly Fact[] {
  return facts.flatMap(([name, told]) =>
    told == null || told === ''
      ? []
      : [[name, told.length > MOST_CHARS ? `${told.slice(0, MOST_CHARS)}…` : told]],
  );
}
