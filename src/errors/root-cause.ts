/** What really went wrong with a request: undici wraps it as the cause of a TypeError. */

/** The innermost cause. Of several addresses that were tried, one stands for all. */
export function rootCause(error: unknown): unknown {
  let at = error;
  for (let depth = 0; depth < 8 && at instanceof Error && at.cause !== undefined; depth++) at = at.cause;
  return at instanceof AggregateError && at.errors.length > 0 ? at.errors[0] : at;
}
