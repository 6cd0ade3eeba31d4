/** What a chart shows: bars over time with their parts, each with the same stretch of the period before. Pure. */

export interface Part {
  readonly name: string;
  /** A class that fills it. */
  readonly fill: string;
  /** Null: not known, or there is none. */
  readonly value: number | null;
  /** The runs that this part counts, where it counts runs. */
  readonly filter?: string;
}

export interface Bar {
  /** When it begins. */
  readonly key: string;
  readonly label: string;
  readonly parts: readonly Part[];
  /** The same in the period before, where the chart compares; null: not known, or there is none. */
  readonly before: number | null;
  /** The runs that it counts, in the grammar of the list. */
  readonly filter: string;
  readonly runs: number;
  /** What the figures leave out. */
  readonly note?: string | undefined;
}

export type Words = (value: number | null) => string;

/** @param isBeside parts are compared, not added, as percentiles are */
export function sizeOf({ parts }: Bar, isBeside: boolean): number {
  const values = parts.map(({ value }) => value ?? 0);
  return isBeside ? Math.max(0, ...values) : values.reduce((sum, value) => sum + value, 0);
}

/** The height of the chart: the largest of what is and what was. */
export function mostOf(bars: readonly Bar[], isBeside: boolean): number {
  return bars.reduce((most, bar) => Math.max(most, sizeOf(bar, isBeside), bar.before ?? 0), 0);
}

/** The next bar with something in it, into a direction; the same where there is none. */
export function nextBar(bars: readonly Bar[], at: number, by: number): number {
  for (let next = at + by; next >= 0 && next < bars.length; next += by)
    if ((bars[next]?.runs ?? 0) > 0) return next;
  return at;
}

/** `2026-11-28: completed 3, failed 1; before: 2`. */
export function barWords({ label, parts, before, note }: Bar, words: Words): string {
  const figures = parts.map(({ name, value }) => `${name} ${words(value)}`).join(', ');
  const earlier = before === null ? '' : `; before: ${words(before)}`;
  return `${label}: ${figures}${note === undefined ? '' : ` (${note})`}${earlier}`;
}

/** One row for each bar, figures as they are. */
export function barsCsv(bars: readonly Bar[]): string {
  const names = bars[0]?.parts.map(({ name }) => name) ?? [];
  return [
    ['time', ...names, 'before'],
    ...bars.map(({ key, parts, before }) => [
      key,
      ...[...parts.map(({ value }) => value), before].map((value) => (value === null ? '' : String(value))),
    ]),
  ]
    .map((row) => row.join(','))
    .join('\n');
}
