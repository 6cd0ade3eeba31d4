/** The period that is looked at, from the address: a name for one that ends now, or two days. Pure. */

export const NAMED = {
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
} as const;
export type Named = keyof typeof NAMED;

const HOURS: Readonly<Record<Named, number>> = { '24h': 24, '7d': 168, '30d': 720, '90d': 2_160 };
const HOUR_MS = 3_600_000;

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
  const since = until - HOURS[name] * HOUR_MS;
  return {
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    bucket: HOURS[name] <= 72 ? 'hour' : 'day',
  };
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

/** By how much something has changed, in words; undefined: there is nothing to compare with. */
export function changeWords(now: number | null, before: number | null): string | undefined {
  if (now === null || before === null || before === 0) return undefined;
  const change = Math.round(((now - before) / before) * 100);
  if (change === 0) return 'as before';
  return `${change > 0 ? '+' : '−'}${Math.abs(change)}%`;
}
