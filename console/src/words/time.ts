/** Times as people read them: always with their zone at hand, relative where that says more. */

/** `14:03:12`, with the day where it is not today's. */
export function clockWords(at: string, zone: string, now: number): string {
  const date = new Date(at);
  const day = (value: Date) => value.toLocaleDateString('en-CA', { timeZone: zone });
  const time = date.toLocaleTimeString('en-GB', { timeZone: zone });
  const today = day(date) === day(new Date(now));
  return today ? time : `${day(date)} ${time}`;
}

/** `2026-11-28 14:03:12.345 GMT+1`: all of it. */
export function exactWords(at: string, zone: string): string {
  const date = new Date(at);
  const day = date.toLocaleDateString('en-CA', { timeZone: zone });
  const time = date.toLocaleTimeString('en-GB', { timeZone: zone });
  const millis = String(date.getUTCMilliseconds()).padStart(3, '0');
  return `${day} ${time}.${millis} ${zoneName(zone, date)}`;
}

/** How the zone is called at that moment, such as `UTC` or `GMT+2`. */
export function zoneName(zone: string, at: Date = new Date()): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'short' }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}

/** `3 m ago`, `in 20 s`, `now`. */
export function agoWords(at: string, now: number): string {
  const seconds = (now - Date.parse(at)) / 1000;
  const size = Math.abs(seconds);
  if (size < 1.5) return 'now';
  const text =
    size < 60
      ? `${Math.round(size)} s`
      : size < 3_600
        ? `${Math.floor(size / 60)} m`
        : size < 86_400
          ? `${Math.floor(size / 3_600)} h`
          : `${Math.floor(size / 86_400)} d`;
  return seconds > 0 ? `${text} ago` : `in ${text}`;
}
