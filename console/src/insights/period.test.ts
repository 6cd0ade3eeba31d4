import { expect, it } from 'vitest';
import { lengthWords, ownPeriod, periodBefore, periodFault, periodOf, startsOf } from './period.ts';

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

it('is one of two moments where the address has them in order', () => {
  const [from, until] = ['2026-11-01T00:00:00Z', '2026-11-08T00:00:00Z'];
  expect(ownPeriod(from, until)).toEqual({
    since: '2026-11-01T00:00:00.000Z',
    until: '2026-11-08T00:00:00.000Z',
    bucket: 'day',
  });
  expect([ownPeriod(until, from), ownPeriod('7d', undefined), ownPeriod(from, 'soon')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it('says why two moments cannot be shown', () => {
  const [from, until] = ['2026-11-01T00:00:00Z', '2026-11-08T00:00:00Z'];
  expect(periodFault(from, until)).toBeUndefined();
  expect(periodFault(until, from)).toMatch(/before it begins/);
  expect(periodFault(from, undefined)).toMatch(/needed/);
  expect(periodFault('2024-01-01T00:00:00Z', until)).toMatch(/400 days/);
});

it('has one of equal length before it, and a length in words', () => {
  const week = periodOf('7d', Date.parse('2026-11-28T10:00:00Z'));
  expect(periodBefore(week)).toMatchObject({
    since: '2026-11-14T10:00:00.000Z',
    until: '2026-11-21T10:00:00.000Z',
  });
  const words = (until: string) =>
    lengthWords({ since: '2026-11-01T00:00:00Z', until: `2026-11-${until}Z`, bucket: 'day' });
  expect([lengthWords(week), words('02T00:00:00'), words('01T01:30:00'), words('03T01:00:00')]).toEqual([
    '7 days',
    '24 hours',
    '1 h 30 m',
    '49 hours',
  ]);
});
