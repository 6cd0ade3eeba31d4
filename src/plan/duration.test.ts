import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDuration } from './duration.ts';

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1h 30m', 5_400_000],
    ['2d', 172_800_000],
    ['1.5s', 1_500],
    ['0s', 0],
    [250, 250],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    '',
    '10',
    's',
    '10 weeks',
    '-1s',
    '1s!',
    '1e3s',
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '9999999d',
  ])('%s is no duration', (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  test('adds its parts up', () => {
    const parts = fc.record({ d: fc.nat(99), h: fc.nat(99), m: fc.nat(99), s: fc.nat(99), ms: fc.nat(999) });
    fc.assert(
      fc.property(parts, ({ d, h, m, s, ms }) => {
        const whole = (((d * 24 + h) * 60 + m) * 60 + s) * 1_000 + ms;
        expect(parseDuration(`${d}d${h}h${m}m${s}s${ms}ms`)).toBe(whole);
      }),
    );
  });
});
