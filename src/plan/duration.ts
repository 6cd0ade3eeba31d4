/** Durations as people write them. */

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PART = /(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*/y;

/** The longest duration that is accepted: 10 years. */
export const MAX_DURATION_MS = 3_650 * UNIT_MS.d;

/**
 * Milliseconds of `500ms`, `10s`, `5m`, `1h30m`, `2d`; a JSON number is ms already. Null when it is no duration,
 * negative or above {@link MAX_DURATION_MS}.
 */
export function parseDuration(text: string | number): number | null {
  const ms = typeof text === 'number' ? text : sumOfParts(text.trim());
  return ms !== null && Number.isFinite(ms) && ms >= 0 && ms <= MAX_DURATION_MS ? Math.round(ms) : null;
}

function sumOfParts(text: string): number | null {
  if (text === '' || text.length > 64) return null;
  let total = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const part = PART.exec(text);
    if (part === null) return null;
    total += Number(part[1]) * UNIT_MS[part[2] as keyof typeof UNIT_MS];
  }
  return total;
}
