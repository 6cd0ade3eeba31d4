import { expect, it } from 'vitest';
import { barsCsv, barWords, mostOf, nextBar, sizeOf, type Bar } from './bars.ts';

const bar = (first: number | null, second: number | null, before: number | null = null, runs = 1): Bar => ({
  key: 'k',
  label: 'Monday',
  parts: [
    { name: 'a', fill: '', value: first },
    { name: 'b', fill: '', value: second },
  ],
  before,
  filter: '',
  runs,
});
const words = (value: number | null) => (value === null ? 'unknown' : String(value));

it('adds parts, or compares them', () => {
  expect([sizeOf(bar(2, 3), false), sizeOf(bar(2, 3), true), sizeOf(bar(null, 3), false)]).toEqual([5, 3, 3]);
});

it('is as high as the most of what is and what was', () => {
  expect([mostOf([bar(2, 3), bar(1, 1, 9)], false), mostOf([bar(2, 3, 1)], true), mostOf([], false)]).toEqual(
    [9, 3, 0],
  );
});

it('goes over bars in which nothing began', () => {
  const bars = [bar(1, 1), bar(0, 0, null, 0), bar(1, 1)];
  expect([nextBar(bars, 0, 1), nextBar(bars, 2, 1), nextBar(bars, 2, -1)]).toEqual([2, 2, 0]);
});

it('says what is not known', () => {
  expect(barWords(bar(null, 3, 2), words)).toBe('Monday: a unknown, b 3; before: 2');
  expect(barsCsv([bar(null, 3, 2)])).toBe('time,a,b,before\nk,,3,2');
});
