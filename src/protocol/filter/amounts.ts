/** Amounts and moments as people write them in filters. */
import { parseDuration } from '../../plan/duration.ts';

/** A moment that is reckoned when the filter is asked. */
export type Moment =
  | { readonly agoMs: number }
  /** A day or a time of the clock of whoever asks; `day`: it stands for the whole of it. */
  | { readonly clock: string; readonly day: boolean }
  /** Midnight so many days ago, of whoever asks. */
  | { readonly daysAgo: number }
  | { readonly instant: string };

const DATE =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,6})?)?)?(Z|[+-]\d{2}:\d{2})?$/i;
const DAYS: Readonly<Record<string, number>> = { today: 0, yesterday: 1 };
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1_000, m: 1_000_000, g: 1_000_000_000 };
const WEEK_MS = 7 * 86_400_000;

/** Null for what is none: `24h`, `2w`, `today`, `2026-11-01`, `2026-11-01T14:30`, `2026-11-01T14:30:00Z`. */
export function parseMoment(text: string): Moment | null {
  const daysAgo = DAYS[text.toLowerCase()];
  if (daysAgo !== undefined) return { daysAgo };
  const weeks = /^(\d{1,3})w$/i.exec(text)?.[1];
  const agoMs = weeks === undefined ? parseDuration(text) : Number(weeks) * WEEK_MS;
  if (agoMs !== null) return { agoMs };
  const found = DATE.exec(text);
  if (found === null || !isDay(found.slice(1, 4).map(Number)) || !isTime(found.slice(4, 7))) return null;
  const written = text.replace(' ', 'T').toUpperCase();
  if (found[7] === undefined) return { clock: written, day: found[4] === undefined };
  return found[4] === undefined ? null : { instant: new Date(written).toISOString() };
}

function isDay([year = 0, month = 0, day = 0]: readonly number[]): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isTime([hours = '0', minutes = '0', seconds = '0']: readonly (string | undefined)[]): boolean {
  return Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60;
}

/** Seconds; null for what is no duration. */
export function parseSeconds(text: string): number | null {
  const ms = parseDuration(text);
  return ms === null ? null : ms / 1_000;
}

/** `100k`, `1.5M`, `20_000`; null for what is no number. */
export function parseCount(text: string): number | null {
  const [, digits = '', unit = ''] = /^(\d[\d_]*(?:\.\d+)?)([kmg]?)$/i.exec(text) ?? [];
  const value = Number(digits.replaceAll('_', '')) * (UNITS[unit.toLowerCase()] ?? 1);
  return digits !== '' && Number.isSafeInteger(Math.round(value)) ? value : null;
}

/** Micro-dollars of `1.50`, `$2` or `2usd`; null for what is no amount. */
export function parseMoney(text: string): number | null {
  const [, dollars] = /^\$?(\d{1,9}(?:\.\d{1,6})?)(?:usd)?$/i.exec(text) ?? [];
  return dollars === undefined ? null : Math.round(Number(dollars) * 1_000_000);
}
