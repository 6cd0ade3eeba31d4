/** The period that is looked at, from the address: a name for one that ends now, or two moments. Pure. */
import { durationWords } from '../words/figures.ts';

export const NAMED = {
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  '365d': 'Last 365 days',
} as const;
export type Named = keyof typeof NAMED;

const HOURS: Readonly<Record<Named, number>> = {
  '24h': 24,
  '7d': 168,
  '30d': 720,
  '90d': 2_160,
  '365d': 8_760,
};
const HOUR_MS = 3_600_000;
/** What the API answers at most: so many days. */
const MOST_DAYS = 400;

export interface Period {
  readonly since: string;
  readonly until: string;
  readonly bucket: 'hour' | 'day';
}

export function isNamed(name: string | undefined): name is Named {
  return name !== undefined && Object.hasOwn(NAMED, name);
}

/** Of a name; it ends with the hour that has begun, so that it stays the same for a while. */
export function periodOf(name: Named, now: number): Period {
  const until = Math.ceil(now / HOUR_MS) * HOUR_MS;
  return between(until - HOURS[name] * HOUR_MS, until);
}

/** Of two moments; undefined: they are none, or in the wrong order. */
export function ownPeriod(from: string | undefined, until: string | undefined): Period | undefined {
  const [start, end] = [Date.parse(from ?? ''), Date.parse(until ?? '')];
  return start < end ? between(start, end) : undefined;
}

/** Why two moments make no period that can be shown; undefined: they do. */
export function periodFault(from: string | undefined, until: string | undefined): string | undefined {
  if (from === undefined || until === undefined) return 'Both times are needed.';
  const length = Date.parse(until) - Date.parse(from);
  if (length <= 0) return 'It ends before it begins.';
  if (length > MOST_DAYS * 24 * HOUR_MS) return `It may have ${MOST_DAYS} days at most.`;
  return undefined;
}

function between(since: number, until: number): Period {
  return {
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    bucket: until - since <= 72 * HOUR_MS ? 'hour' : 'day',
  };
}

/** The one of equal length before it. */
export function periodBefore(period: Period): Period {
  const since = 2 * Date.parse(period.since) - Date.parse(period.until);
  return { ...period, since: new Date(since).toISOString(), until: period.since };
}

/** `7 days`, `24 hours`, `1 h 30 m`. */
export function lengthWords({ since, until }: Period): string {
  const hours = (Date.parse(until) - Date.parse(since)) / HOUR_MS;
  if (hours >= 48 && hours % 24 === 0) return `${hours / 24} days`;
  if (hours > 1 && Number.isInteger(hours)) return `${hours} hours`;
  return durationWords(hours * 3_600);
}

/** Every beginning of a bucket in the period, whether something happened in it or not. */
export function startsOf({ since, until, bucket }: Period, known: readonly string[]): readonly string[] {
  const step = bucket === 'hour' ? HOUR_MS : 24 * HOUR_MS;
  const [from, to] = [Date.parse(since), Date.parse(until)];
  // Days begin where the zone says; one that is known tells where.
  const anchor = known[0] === undefined ? from : Date.parse(known[0]);
  const first = anchor - Math.floor((anchor - from) / step) * step;
  const starts = new Set(known);
  for (let at = first; at < to; at += step) {
    const near = known.some((one) => Math.abs(Date.parse(one) - at) < step / 2);
    if (!near) starts.add(new Date(at).toISOString());
  }
  return [...starts].toSorted();
}
