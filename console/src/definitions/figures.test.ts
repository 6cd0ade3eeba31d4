import { describe, expect, it } from 'vitest';
import {
  costSpreadWords,
  costWords,
  rateWords,
  secondsWords,
  stepWordsOf,
  timeOf,
  unpricedWords,
} from './figures.ts';

describe('rates', () => {
  it.each([
    [null, '–'],
    [0, '0%'],
    [0.004, '<1%'],
    [0.5, '50%'],
    [0.996, '>99%'],
    [1, '100%'],
  ])('%s is told as %s', (rate, words) => {
    expect(rateWords(rate)).toBe(words);
  });
});

describe('costs', () => {
  it('that are not known are not nothing', () => {
    expect(costWords({ sum: null, unpriced: 3 }, 3)).toBe('unknown');
    expect(costWords({ sum: 0, unpriced: 0 }, 3)).toBe('$0');
    expect(costWords({ sum: null, unpriced: 0 }, 0)).toBe('–');
  });

  it('say what they leave out', () => {
    expect(costWords({ sum: 2_500_000, unpriced: 2 }, 9)).toBe('$2.50 +2?');
    expect(unpricedWords({ unpriced: 2 })).toBe('The price of 2 runs is unknown: not in the sum.');
    expect(unpricedWords({ unpriced: 0 })).toBeUndefined();
  });
});

it('no time is no zero', () => {
  expect([secondsWords(null), secondsWords(2)]).toEqual(['–', '2.0 s']);
});

it('what Baton did all by itself took its whole time', () => {
  const whole = { p50: 3, p95: 4 };
  expect(timeOf({ active_seconds: { p50: 0, p95: 0 }, duration_seconds: whole })).toBe(whole);
  const active = { p50: 0, p95: 1 };
  expect(timeOf({ active_seconds: active, duration_seconds: whole })).toBe(active);
});

it('what a run costs is told where it is known', () => {
  expect(costSpreadWords({ p50: 1_500_000.4, p95: 2_000_000 })).toBe('A run costs $1.50 (p50), $2.00 (p95).');
  expect(costSpreadWords({ p50: null, p95: null })).toBeUndefined();
});

it('a step is told by its time and by its failures, where there are any', () => {
  const seconds = { p50: 1, p95: 2 };
  expect(stepWordsOf({ seconds, failure_rate: 0 })).toBe('p95 2.0 s');
  expect(stepWordsOf({ seconds, failure_rate: 0.25 })).toBe('p95 2.0 s, 25% failed');
  expect(stepWordsOf({ seconds: { p50: 0, p95: 0 }, failure_rate: 0 })).toBeUndefined();
  expect(stepWordsOf({ seconds: { p50: null, p95: null }, failure_rate: null })).toBeUndefined();
});
