/**
 * When a request is sent again: after what `Retry-After` says and a little more by chance, so that those who were refused
 * together do not come back together; never beyond a bound.
 *
 * What may have arrived is repeated only where that cannot do it twice.
 */

/** What went wrong, as far as it matters here. */
export interface Failure {
  /** Null: nobody answered, or the answer broke off. */
  readonly status: number | null;
  readonly code: string;
  /** As the answer says; null: it says nothing. */
  readonly retryAfterMs: number | null;
}

export interface Tried {
  /** Sent so often, from 1. */
  readonly tries: number;
  /** Since the first try began. */
  readonly elapsedMs: number;
  /** Doing it twice is like doing it once. */
  readonly repeatable: boolean;
}

export interface Patience {
  /** Most times that a request is sent again. */
  readonly times: number;
  /** Ms from the first try on, after which none begins. */
  readonly forMs: number;
  /** Also where nobody of Baton has answered: a lost connection, a timeout, a gateway without a word on when to come back. */
  readonly whenAway: boolean;
}

/** With these the API says that nothing has happened yet (docs/api.md, "When too much comes at once"). */
const NOTHING_HAS_HAPPENED: ReadonlySet<string> = new Set([
  'server_busy',
  'too_many_readers',
  'compiler_busy',
]);
const GATEWAY: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** The greatest part of a wait that is left to chance, doubles with each try up to the limit. */
const FIRST_MS = 1_000;
const MOST_MS = 8_000;

/** Ms to wait before the next try; null: give up. @param chance from 0 to 1 */
export function waitBeforeRetry(
  { status, code, retryAfterMs }: Failure,
  { tries, elapsedMs, repeatable }: Tried,
  { times, forMs, whenAway }: Patience,
  chance: number,
): number | null {
  if (tries > times) return null;
  if (!repeatable && !NOTHING_HAS_HAPPENED.has(code)) return null;
  const asked = (status === 429 || status === 503) && retryAfterMs !== null ? retryAfterMs : null;
  const isAway = status === null || GATEWAY.has(status);
  if (asked === null && !(isAway && whenAway)) return null;
  const wait = (asked ?? 0) + Math.min(FIRST_MS * 2 ** (tries - 1), MOST_MS) * chance;
  return elapsedMs + wait <= forMs ? wait : null;
}
