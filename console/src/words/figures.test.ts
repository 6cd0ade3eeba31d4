import { describe, expect, it } from 'vitest';
import { countWords, counted, durationWords, moneyWords, secondsBetween } from './figures.ts';

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [0.0421, '42 ms'],
    [1.25, '1.3 s'],
    [59.4, '59 s'],
    [59.96, '1 m'],
    [95, '1 m 35 s'],
    [3_600, '1 h'],
    [90_061, '1 d 1 h'],
  ])('%d s is told as %s', (seconds, words) => {
    expect(durationWords(seconds)).toBe(words);
  });

  it('are never below nothing, whatever clocks say', () => {
    expect(secondsBetween('2026-11-28T10:00:10.000Z', '2026-11-28T10:00:00.000Z', 0)).toBe(0);
  });
});

describe('money', () => {
  it.each([
    [null, 'unknown'],
    [0, '$0'],
    [120, '$0.0001'],
    [1_250_000, '$1.25'],
    [1_234_500_000, '$1,234.50'],
  ])('%s micro-dollars are told as %s', (micros, words) => {
    expect(moneyWords(micros)).toBe(words);
  });
});

describe('counts', () => {
  it('are exact while they are small, and short above', () => {
    expect([countWords(9_999), countWords(12_345), countWords(3_400_000)]).toEqual([
      '9,999',
      '12.3K',
      '3.4M',
    ]);
  });

  it('go with their noun', () => {
    expect([counted(1, 'step'), counted(0, 'step'), counted(2, 'entry', 'entries')]).toEqual([
      '1 step',
      '0 steps',
      '2 entries',
    ]);
  });
});
