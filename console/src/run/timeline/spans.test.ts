import { describe, expect, it } from 'vitest';
import type { Step } from '../../api/generated.ts';
import { criticalPath, hasErrors, spansOf, waitOf } from './spans.ts';

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

  it('is, at a moment of the past, what had happened by then', () => {
    const tried = step({ attempts: [attempt(1, 'failed', 0, 1, 30)] });
    expect(spansOf(tried, time(20)).map(({ kind, until }) => [kind, until - time(0)])).toEqual([
      ['queue', 1_000],
      ['work', 20_000],
    ]);
  });

  it('is waiting for people of a question, and nothing of what has not begun', () => {
    expect(spansOf(step({ kind: 'ask', started_at: at(2) }), time(9))).toMatchObject([
      { kind: 'people', until: time(9) },
    ]);
    expect(spansOf(step({}), time(9))).toEqual([]);
  });
});

it('a step waits from the first end of what it needs until it can begin', () => {
  const ends = new Map([
    ['a', 10],
    ['b', 40],
  ]);
  expect(waitOf({ dependencies: ['a', 'b'] }, ends, 45)).toMatchObject({
    kind: 'waits',
    from: 10,
    until: 45,
  });
  expect(waitOf({ dependencies: ['b'] }, ends, 40)).toBeUndefined();
  expect(waitOf({ dependencies: [] }, ends, 40)).toBeUndefined();
});

it('a step has errors though a later try was well', () => {
  const tries = (...all: string[]) => all.map((status, at) => attempt(at + 1, status, at, at, at + 1));
  expect(hasErrors(step({ status: 'completed', error: null, attempts: tries('failed', 'completed') }))).toBe(
    true,
  );
  expect(hasErrors(step({ status: 'completed', error: null, attempts: tries('completed') }))).toBe(false);
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
