/** When a delivery that has failed is tried again: at growing distances, with some chance in them, for a day. */

const FIRST_DELAY_MS = 5_000;
const FACTOR = 3;
export const LONGEST_DELAY_MS = 4 * 3_600_000;
/** Of a delay, either way, so that what failed together is not tried again together. */
const JITTER = 0.2;
/** After it nothing is tried any more. */
export const GIVE_UP_MS = 24 * 3_600_000;

/**
 * How long to wait, in ms.
 *
 * @param attempts those that have failed, from 1
 * @param retryAfterMs what the receiver has asked for: heard where it is longer, up to the longest delay
 * @param chance from 0 to 1
 */
export function delayMs(attempts: number, retryAfterMs: number | null, chance: number): number {
  const plain = Math.min(FIRST_DELAY_MS * FACTOR ** (attempts - 1), LONGEST_DELAY_MS);
  const own = plain * (1 - JITTER + 2 * JITTER * chance);
  return Math.round(Math.max(own, Math.min(retryAfterMs ?? 0, LONGEST_DELAY_MS)));
}
