const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
const WHOLE = /^(?:\d+(?:ms|[dhms]))+$/;
const PART = /(\d+)(ms|[dhms])/g;

/** Milliseconds of a text such as `1h30m`. Throws a RangeError for anything else. */
export function parseDuration(text) {
  if (!WHOLE.test(text)) throw new RangeError(`no duration: ${text}`);
  let total = 0;
  for (const [, count, unit] of text.matchAll(PART)) total += Number(count) * UNITS[unit];
  return total;
}
