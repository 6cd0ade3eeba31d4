/**
 * Notices a vendor that says nothing any more. Only the time that is spent waiting for the vendor counts, and any byte is
 * a sign of life, a comment that keeps the connection open too.
 */

/** A model may read a long prompt and think before its first byte: then it may take so many times as long. */
const BEFORE_FIRST = 5;

export interface Silence {
  /** Aborted with an Error that says how long there was nothing. */
  readonly signal: AbortSignal;
  /** Waits for a vendor's next sign of life. */
  readonly until: <T>(sign: () => Promise<T>) => Promise<T>;
  /** The first byte is there: from now on the shorter limit holds. */
  readonly heard: () => void;
}

/** @param seconds longest silence within an answer; 0 = no limit */
export function watchSilence(seconds: number): Silence {
  const stop = new AbortController();
  let limit = seconds * BEFORE_FIRST;
  return {
    signal: stop.signal,
    heard: () => {
      limit = seconds;
    },
    until: async (sign) => {
      const most = limit;
      const give = () => stop.abort(new Error(`The vendor said nothing for ${most} s.`));
      const timer = most > 0 ? setTimeout(give, most * 1_000) : undefined;
      try {
        return await sign();
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
