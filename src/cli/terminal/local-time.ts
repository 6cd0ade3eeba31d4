/** Times as they are shown: in the zone of whoever looks, with its name where a date stands. */

const two = (n: number): string => String(n).padStart(2, '0');

/** `14:03:07`, of a time in ISO 8601. */
export function clockText(iso: string): string {
  const at = new Date(iso);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `2026-11-27`. */
export function dateText(iso: string): string {
  const at = new Date(iso);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** `2026-11-27 14:03:07`; the zone stands in the head of its column ({@link zoneName}). */
export const dateTimeText = (iso: string): string => `${dateText(iso)} ${clockText(iso)}`;

/** `14:03:07 CET` of today, `2026-11-26 14:03:07 CET` of any other day. */
export function timeText(iso: string, now: number): string {
  const isToday = dateText(iso) === dateText(new Date(now).toISOString());
  return `${isToday ? clockText(iso) : dateTimeText(iso)} ${zoneName(new Date(iso))}`;
}

/** The zone's short name where English has one (`CET`, `EST`), else its offset: `UTC+05:30`. In summer another one. */
export function zoneName(at = new Date()): string {
  for (const locale of ['en-GB', 'en-US', 'en-AU', 'en-IN']) {
    const name = new Intl.DateTimeFormat(locale, { timeZoneName: 'short' })
      .formatToParts(at)
      .find(({ type }) => type === 'timeZoneName')?.value;
    if (name !== undefined && /^[A-Z]{2,5}$/.test(name)) return name === 'GMT' ? zeroName(at) : name;
  }
  return offsetName(at);
}

/** Formatters call every zone without an offset GMT. */
const zeroName = (at: Date): string => {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return at.getTimezoneOffset() === 0 && /^(UTC|Etc\/)/.test(zone) ? 'UTC' : 'GMT';
};

function offsetName(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
