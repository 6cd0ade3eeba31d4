import { describe, expect, it } from 'vitest';
import type { Step } from '../../api/generated.ts';
import { criticalPath, placeOf, spansOf, stretchesOf, ticksOf } from './spans.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 28, 10, 0, second)).toISOString();
const time = (second: number) => Date.parse(at(second));
const attempt = (
  number: number,
  status: string,
  scheduled: number,
  started: number | null,
  ended: number | null,
) => ({
  epoch: 0,
  attempt: number,
  status,
  scheduled_at: at(scheduled),
  started_at: started === null ? null : at(started),
  completed_at: ended === null ? null : at(ended),
});
const step = (of: object) =>
  ({
    kind: 'http',
    status: 'running',
    started_at: null,
    completed_at: null,
    attempts: [],
    retry_at: null,
    ...of,
  }) as unknown as Step;

describe('what a step did when', () => {
  it('is queue, work and the wait between attempts', () => {
    const tried = step({ attempts: [attempt(1, 'failed', 0, 1, 3), attempt(2, 'running', 8, 9, null)] });
    expect(
      spansOf(tried, time(20)).map(({ kind, from, until }) => [kind, from - time(0), until - time(0)]),
    ).toEqual([
      ['queue', 0, 1_000],
      ['failed', 1_000, 3_000],
      ['backoff', 3_000, 8_000],
      ['queue', 8_000, 9_000],
      ['work', 9_000, 20_000],
    ]);
  });

  it('is waiting for people of a question, and nothing of what has not begun', () => {
    expect(spansOf(step({ kind: 'ask', started_at: at(2) }), time(9))).toMatchObject([
      { kind: 'people', until: time(9) },
    ]);
    expect(spansOf(step({}), time(9))).toEqual([]);
  });
});

describe('the axis', () => {
  const busy = [
    { kind: 'work', from: 0, until: 100, attempt: 1 },
    { kind: 'people', from: 100, until: 900, attempt: 1 },
    { kind: 'work', from: 900, until: 1_000, attempt: 1 },
  ] as const;

  it('folds long stretches in which nothing is at work', () => {
    expect(stretchesOf(busy, 0, 1_000, true)).toEqual([
      { from: 0, until: 100, isFolded: false },
      { from: 100, until: 900, isFolded: true },
      { from: 900, until: 1_000, isFolded: false },
    ]);
    expect(stretchesOf(busy, 0, 1_000, false)).toEqual([{ from: 0, until: 1_000, isFolded: false }]);
  });

  it('goes from 0 to 1, and never back', () => {
    const place = placeOf(stretchesOf(busy, 0, 1_000, true));
    const places = [-5, 0, 50, 100, 500, 900, 950, 1_000, 2_000].map(place);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect([places[0], places.at(-1)]).toEqual([0, 1]);
    expect(place(100)).toBeCloseTo(0.485);
    expect(place(900)).toBeCloseTo(0.515);
  });

  it('bears a run that took no time, and one without anything', () => {
    expect(placeOf(stretchesOf([], 5, 5, true))(5)).toBe(1);
    expect(ticksOf(5, 5)).toEqual([]);
    expect(ticksOf(0, 60_000)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
  });
});

it('the critical path is what the end waited for, back to the beginning', () => {
  const node = (key: string, ended: number, ...dependencies: string[]) => ({
    key,
    dependencies,
    completed_at: at(ended),
  });
  expect([
    ...criticalPath([
      node('a', 1),
      node('b', 9, 'a'),
      node('c', 3, 'a'),
      node('d', 12, 'b', 'c'),
      node('e', 4, 'c'),
    ]),
  ]).toEqual(['d', 'b', 'a']);
});
