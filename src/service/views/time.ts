/** Timestamps as the API writes them. */

/** ISO 8601 in UTC, with milliseconds; null stays null. Takes what pg answers: a Date, or a text inside jsonb. */
export function isoOrNull(at: Date | string | null): string | null {
  return at === null ? null : iso(at);
}

/** ISO 8601 in UTC, with milliseconds. */
export function iso(at: Date | string): string {
  return new Date(at).toISOString();
}
