/** When steps waited for people in the middle of their work: agents that asked, calls that waited for a yes. Pure. */
import type { Question } from '../../api/generated.ts';
import type { Span } from './spans.ts';

export interface Ask {
  /** ms. */
  readonly from: number;
  /** ms; null: it is open. */
  readonly until: number | null;
}

/** By step, in the order in which they were asked. */
export function asksOf(
  questions: readonly Pick<Question, 'step' | 'asked_at' | 'closed_at'>[],
): ReadonlyMap<string, readonly Ask[]> {
  const byStep = new Map<string, Ask[]>();
  const ordered = questions.toSorted((one, other) => Date.parse(one.asked_at) - Date.parse(other.asked_at));
  for (const { step, asked_at: asked, closed_at: closed } of ordered) {
    const ask = { from: Date.parse(asked), until: closed === null ? null : Date.parse(closed) };
    byStep.set(step ?? '', [...(byStep.get(step ?? '') ?? []), ask]);
  }
  return byStep;
}

/** The spans with the work cut where somebody was waited for. */
export function withPeople(spans: readonly Span[], asks: readonly Ask[], now: number): readonly Span[] {
  if (asks.length === 0) return spans;
  return spans.flatMap((span) =>
    span.kind === 'work' || span.kind === 'failed' ? cut(span, asks, now) : [span],
  );
}

function cut(span: Span, asks: readonly Ask[], now: number): readonly Span[] {
  const parts: Span[] = [];
  let at = span.from;
  for (const ask of asks) {
    const from = Math.max(at, ask.from);
    const until = Math.min(span.until, ask.until ?? now);
    if (until <= from) continue;
    if (from > at) parts.push({ ...span, from: at, until: from });
    parts.push({ ...span, kind: 'people', from, until });
    at = until;
  }
  if (at < span.until || parts.length === 0) parts.push({ ...span, from: at });
  return parts;
}
