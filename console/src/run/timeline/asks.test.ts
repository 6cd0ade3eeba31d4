import { describe, expect, it } from 'vitest';
import { asksOf, withPeople } from './asks.ts';
import type { Span } from './spans.ts';

const span = (kind: Span['kind'], from: number, until: number): Span => ({ kind, from, until, attempt: 1 });
const shape = (spans: readonly Span[]) => spans.map(({ kind, from, until }) => [kind, from, until]);

describe('work in which somebody was asked', () => {
  it('is cut where it waited for him, and goes on behind it', () => {
    const spans = [span('queue', 0, 10), span('work', 10, 100)];
    const asks = [
      { from: 20, until: 40 },
      { from: 30, until: 50 },
      { from: 70, until: null },
    ];
    expect(shape(withPeople(spans, asks, 100))).toEqual([
      ['queue', 0, 10],
      ['work', 10, 20],
      ['people', 20, 40],
      ['people', 40, 50],
      ['work', 50, 70],
      ['people', 70, 100],
    ]);
  });

  it('stays as it is where nobody was asked in it', () => {
    const spans = [span('work', 10, 100)];
    expect(shape(withPeople(spans, [{ from: 200, until: 300 }], 100))).toEqual([['work', 10, 100]]);
    expect(withPeople(spans, [], 100)).toBe(spans);
  });

  it('is known by step, in the order of asking', () => {
    const at = (ms: number) => new Date(ms).toISOString();
    const asks = asksOf([
      { step: 'a', asked_at: at(50), closed_at: null },
      { step: 'a', asked_at: at(10), closed_at: at(20) },
    ]);
    expect(asks.get('a')).toEqual([
      { from: 10, until: 20 },
      { from: 50, until: null },
    ]);
  });
});
