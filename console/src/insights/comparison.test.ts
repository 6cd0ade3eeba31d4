import { expect, it } from 'vitest';
import { differenceWords } from './comparison.ts';

const week = { since: '2026-11-01T00:00:00Z', until: '2026-11-08T00:00:00Z', bucket: 'day' } as const;
const words = (now: number | null, before: number | null) => differenceWords({ now, before }, week, String);

it('tells how much more or less it is, and what share that is', () => {
  expect(words(72, 60)).toBe('12 more than in the 7 days before, +20%');
  expect(words(5, 10)).toBe('5 less than in the 7 days before, −50%');
});

it('makes no share of nothing', () => {
  expect([words(10, 10), words(3, 0), words(0, 0)]).toEqual([
    'as in the 7 days before',
    'none in the 7 days before',
    undefined,
  ]);
});

it('compares nothing with what is not known', () => {
  expect([words(null, 3), words(3, null)]).toEqual([undefined, undefined]);
});
