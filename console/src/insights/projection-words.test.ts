import { expect, it } from 'vitest';
import { projectionWords } from './projection-words.ts';

const words = (seconds: number | null, followed: number, unfollowed: number) =>
  projectionWords({ projector_seconds: seconds, followed_runs: followed, unfollowed_runs: unfollowed });

it('is well while a projector follows all that is open', () => {
  expect(words(0.4, 1, 0)).toEqual({ isWell: true, text: 'A projector is at work and follows 1 open run.' });
});

it.each([
  [null, 0, 2, /No projector .* 2 open runs/],
  [40, 2, 0, /silent for 40 s/],
  [0.1, 1, 2, /2 of 3 open runs/],
] as const)('says what is not: %s s, %d, %d', (seconds, followed, unfollowed, text) => {
  const told = words(seconds, followed, unfollowed);
  expect(told.isWell).toBe(false);
  expect(told.text).toMatch(text);
});
