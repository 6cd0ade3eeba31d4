import { expect, it } from 'vitest';
import { changeWords, periodOf, startsOf } from './period.ts';

it('ends with the hour that has begun', () => {
  expect(periodOf('24h', Date.parse('2026-11-28T10:20:00Z'))).toEqual({
    since: '2026-11-27T11:00:00.000Z',
    until: '2026-11-28T11:00:00.000Z',
    bucket: 'hour',
  });
  expect(periodOf('30d', 0).bucket).toBe('day');
});

it('has every bucket once, also where nothing happened, and also where a day has 23 hours', () => {
  const period = {
    since: '2026-11-25T00:00:00.000Z',
    until: '2026-11-28T00:00:00.000Z',
    bucket: 'day' as const,
  };
  expect(startsOf(period, [])).toHaveLength(3);
  expect(startsOf(period, ['2026-11-26T23:00:00.000Z'])).toEqual([
    '2026-11-25T23:00:00.000Z',
    '2026-11-26T23:00:00.000Z',
    '2026-11-27T23:00:00.000Z',
  ]);
  expect(startsOf(period, ['2026-11-25T23:00:00.000Z', '2026-11-27T00:00:00.000Z'])).toHaveLength(3);
});

it('tells a change in words', () => {
  expect([
    changeWords(12, 10),
    changeWords(5, 10),
    changeWords(10, 10),
    changeWords(1, 0),
    changeWords(null, 3),
  ]).toEqual(['+20%', '−50%', 'as before', undefined, undefined]);
});
