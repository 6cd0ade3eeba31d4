/**
 * Points in time as people write them, in the zone of whoever writes: how long ago (`1h`, `90m`, `2 days ago`), a day
 * (`today`, `yesterday`, `monday`, `2026-11-01`), a time of a day (`14:30`, `2026-11-01 14:30`), or ISO 8601 with a zone.
 *
 * Days are days of the calendar, so that `yesterday` begins at midnight also when the clocks were set in between.
 */
import { parseDuration } from '../../plan/duration.ts';
import { CliError, EXIT } from '../exit.ts';

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
const WAYS =
  '1h, 30m, 2d, today, yesterday, monday, 14:30, 2026-11-01, 2026-11-01T14:30 or 2026-11-01T13:30:00Z';

/** @throws CliError that says which ways of writing there are */
export function timeArgument(text: string, option: string, now = new Date()): string {
  const at = parseTime(text, now);
  if (at !== undefined) return at.toISOString();
  throw new CliError(EXIT.usage, `${option} ${text}: is no point in time; write ${WAYS}`, {
    code: 'time_unclear',
  });
}

/** undefined for what is none. */
export function parseTime(text: string, now: Date): Date | undefined {
  const words = text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  return ago(words, now) ?? day(words, now) ?? clock(words, now) ?? date(text.trim());
}

const LONG_UNITS: readonly (readonly [RegExp, string])[] = [
  [/\b(seconds?|secs?)\b/g, 's'],
  [/\b(minutes?|mins?)\b/g, 'm'],
  [/\b(hours?|hrs?)\b/g, 'h'],
  [/\bdays?\b/g, 'd'],
];

/** Days and weeks are those of the calendar; hours and minutes are hours and minutes. */
function ago(words: string, now: Date): Date | undefined {
  if (words === 'now') return now;
  const span = words.replace(/ ago$/, '');
  const weeks = /^(\d{1,3}) ?(w|weeks?)$/.exec(span);
  const days = weeks === null ? /^(\d{1,4}) ?(d|days?)$/.exec(span) : null;
  const back = weeks === null ? (days === null ? null : Number(days[1])) : Number(weeks[1]) * 7;
  if (back !== null) return sameTime(now, -back);
  const short = LONG_UNITS.reduce(
    (rest, [unit, letter]) => rest.replaceAll(unit, letter),
    span.replaceAll(/(\d)([a-z])/g, '$1 $2'),
  );
  const ms = parseDuration(short.replaceAll(' ', ''));
  return ms === null ? undefined : new Date(now.getTime() - ms);
}

/** At the same time of the clock on another day. */
function sameTime(at: Date, days: number): Date {
  const other = new Date(at);
  other.setDate(other.getDate() + days);
  return other;
}

const midnight = (at: Date, days = 0): Date => new Date(at.getFullYear(), at.getMonth(), at.getDate() + days);

/** The beginning of a day: a weekday is the last one that has begun, today included. */
function day(words: string, now: Date): Date | undefined {
  if (words === 'today' || words === 'midnight') return midnight(now);
  if (words === 'yesterday') return midnight(now, -1);
  if (words === 'tomorrow') return midnight(now, 1);
  const wanted = WEEKDAYS.findIndex((name) => name === words || name.slice(0, 3) === words);
  return wanted < 0 ? undefined : midnight(now, -((now.getDay() - wanted + 7) % 7));
}

/** Of today, or of yesterday: `14:30`, `yesterday 14:30`, `monday 9:00`. */
function clock(words: string, now: Date): Date | undefined {
  const found = /^(?:(\S+) (?:at )?)?(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(words);
  if (found === null) return undefined;
  const [, name, hours, minutes, seconds = '0'] = found;
  const of = name === undefined ? midnight(now) : day(name, now);
  if (of === undefined) return undefined;
  return local([of.getFullYear(), of.getMonth() + 1, of.getDate()], [hours, minutes, seconds].map(Number));
}

/** A date, perhaps with a time, here; with `Z` or an offset, there. */
function date(text: string): Date | undefined {
  const form =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?)? ?(Z|[+-]\d{2}:?\d{2})?$/i;
  const found = form.exec(text);
  if (found === null) return undefined;
  const parts = found.slice(1, 7).map((part) => Number(part ?? 0));
  const at = local(parts.slice(0, 3), parts.slice(3));
  const zone = found[7];
  if (at === undefined || zone === undefined) return at;
  const there = new Date(isoOf(text, zone));
  return Number.isNaN(there.getTime()) ? undefined : there;
}

/** With the zone as `Date` wants it. */
function isoOf(text: string, zone: string): string {
  const before = text.slice(0, -zone.length).trim().replace(' ', 'T');
  const time = before.includes('T') ? before : `${before}T00:00`;
  return `${time}${zone.toUpperCase().replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`;
}

/** undefined for a day or a time that no calendar and no clock has. */
function local(
  [year = 0, month = 0, dayOfMonth = 0]: readonly number[],
  [hours = 0, minutes = 0, seconds = 0]: readonly number[],
): Date | undefined {
  const at = new Date(year, month - 1, dayOfMonth, hours, minutes, seconds);
  const isDay = at.getMonth() === month - 1 && at.getDate() === dayOfMonth;
  return isDay && hours < 24 && minutes < 60 && seconds < 60 ? at : undefined;
}
