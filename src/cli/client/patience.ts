/**
 * When a request that was refused for now is sent again: after what `Retry-After` says and a little more by chance, so
 * that those who were refused together do not come back together; never beyond a bound.
 *
 * A refusal that says the request may have arrived all the same is repeated only where that cannot do it twice.
 */
import { retryAfterMs } from '../../activities/retry-after.ts';

/** Longest that one call goes on for, its first try included. */
const PATIENCE_MS = 60_000;
/** The greatest part of a wait that is left to chance, in ms, doubles with each try up to here. */
const FIRST_JITTER_MS = 1_000;
const MAX_JITTER_MS = 8_000;

/** What was answered, as far as it matters here. */
export interface Refusal {
  readonly status: number;
  /** The header as it came. */
  readonly retryAfter: string | null;
  readonly code: string | undefined;
}

export interface Tried {
  /** Sent so often, from 1. */
  readonly tries: number;
  /** Since the first try began. */
  readonly elapsedMs: number;
  /** Doing it twice is like doing it once. */
  readonly repeatable: boolean;
}

/** Ms to wait before the next try; null: give up. @param chance from 0 to 1. */
export function waitBeforeRetry(
  refusal: Refusal,
  { tries, elapsedMs, repeatable }: Tried,
  chance: number,
  now = Date.now(),
): number | null {
  if (refusal.status !== 429 && refusal.status !== 503) return null;
  if (refusal.code === 'temporal_unavailable' && !repeatable) return null;
  const asked = retryAfterMs(refusal.retryAfter, now);
  if (asked === null) return null;
  const jitter = Math.min(FIRST_JITTER_MS * 2 ** (tries - 1), MAX_JITTER_MS) * chance;
  const wait = asked + jitter;
  return elapsedMs + wait <= PATIENCE_MS ? wait : null;
}
