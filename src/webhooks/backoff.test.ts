import { describe, expect, test } from 'vitest';
import { delayMs, GIVE_UP_MS, LONGEST_DELAY_MS } from './backoff.ts';

const plain = (attempts: number) => delayMs(attempts, null, 0.5);

describe('the distance to the next try', () => {
  test('grows, up to four hours, as docs/webhooks.md says', () => {
    const seconds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 50].map((attempts) => plain(attempts) / 1_000);
    expect(seconds).toEqual([5, 15, 45, 135, 405, 1_215, 3_645, 10_935, 14_400, 14_400]);
  });

  test('is a fifth less or more by chance', () => {
    expect([delayMs(1, null, 0), delayMs(1, null, 1)]).toEqual([4_000, 6_000]);
  });

  test('is as long as a receiver asks, and no longer than four hours, nor shorter than its own', () => {
    expect(delayMs(1, 60_000, 0.5)).toBe(60_000);
    expect(delayMs(1, 1_000, 0.5)).toBe(5_000);
    expect(delayMs(1, 10 * LONGEST_DELAY_MS, 0.5)).toBe(LONGEST_DELAY_MS);
  });

  test('comes to a day after some twenty tries at the most', () => {
    let [attempts, elapsed] = [0, 0];
    while (elapsed <= GIVE_UP_MS) elapsed += plain(++attempts);
    expect(attempts).toBeGreaterThan(8);
    expect(attempts).toBeLessThan(20);
  });
});
