/**
 * How time becomes a place on the axis, and a place a time. Pure.
 *
 * Long stretches in which nothing is at work are folded: they take a fixed width, so that what happened can be seen.
 */
import type { Span } from './spans.ts';

/** A part of time; both ends in ms. */
export interface Range {
  readonly from: number;
  readonly until: number;
}

export interface Stretch extends Range {
  readonly isFolded: boolean;
}

/** Idle stretches of more than this share of the whole are folded. */
const LONG = 0.12;
/** A folded stretch takes this share of the axis. */
const FOLDED = 0.03;
/** Nobody looks closer than this; ms. */
const SHORTEST = 10;

/** The axis cut into stretches, those in which nothing is at work marked. */
export function stretchesOf(
  spans: readonly Span[],
  { from, until }: Range,
  fold: boolean,
): readonly Stretch[] {
  if (!fold || until <= from) return [{ from, until, isFolded: false }];
  const busy = spans
    .filter(({ kind }) => kind === 'work' || kind === 'failed' || kind === 'queue')
    .map((span) => [Math.max(from, span.from), Math.min(until, span.until)] as const)
    .filter(([begin, end]) => end >= begin)
    .toSorted((a, b) => a[0] - b[0]);
  const stretches: Stretch[] = [];
  let last = from;
  for (const [begin, end] of [...busy, [until, until] as const]) {
    if (begin - last > (until - from) * LONG) {
      if (last > (stretches.at(-1)?.until ?? from))
        stretches.push({ from: stretches.at(-1)?.until ?? from, until: last, isFolded: false });
      stretches.push({ from: last, until: begin, isFolded: true });
    }
    last = Math.max(last, end);
  }
  const told = stretches.at(-1)?.until ?? from;
  if (told < until) stretches.push({ from: told, until, isFolded: false });
  return stretches;
}

/** Which part of the axis each stretch takes; together 1. */
function sharesOf(stretches: readonly Stretch[]): readonly number[] {
  const folded = stretches.filter(({ isFolded }) => isFolded).length * FOLDED;
  const open = stretches.reduce((sum, one) => sum + (one.isFolded ? 0 : one.until - one.from), 0);
  return stretches.map((one) =>
    one.isFolded ? FOLDED : open === 0 ? 1 - folded : ((one.until - one.from) / open) * (1 - folded),
  );
}

/** Where a time stands, from 0 to 1. */
export function placeOf(stretches: readonly Stretch[]): (time: number) => number {
  const shares = sharesOf(stretches);
  return (time) => {
    let place = 0;
    for (const [at, one] of stretches.entries()) {
      const share = shares[at] ?? 0;
      if (time >= one.until) {
        place += share;
        continue;
      }
      if (time <= one.from) break;
      return place + (share * (time - one.from)) / (one.until - one.from);
    }
    return Math.min(1, Math.max(0, place));
  };
}

/** Which time stands at a place from 0 to 1. */
export function timeOf(stretches: readonly Stretch[]): (place: number) => number {
  const shares = sharesOf(stretches);
  return (place) => {
    let left = Math.min(1, Math.max(0, place));
    for (const [at, one] of stretches.entries()) {
      const share = shares[at] ?? 0;
      if (left <= share) return one.from + (share === 0 ? 0 : left / share) * (one.until - one.from);
      left -= share;
    }
    return stretches.at(-1)?.until ?? 0;
  };
}

/** Marks of the axis: round times, some eight of them. */
export function ticksOf({ from, until }: Range): readonly number[] {
  const wanted = (until - from) / 8;
  const rounds = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000,
    600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000, 604_800_000,
  ];
  const round = rounds.find((one) => one >= wanted) ?? 2_592_000_000;
  const ticks: number[] = [];
  for (let time = from; time < until && ticks.length < 20; time += round) ticks.push(time);
  return ticks;
}

/** The chosen stretch within the whole; the whole where nothing of it is chosen. */
export function chosenOf(whole: Range, from: number | undefined, until: number | undefined): Range {
  if (from === undefined || until === undefined || until <= from) return whole;
  const inside = { from: Math.max(whole.from, from), until: Math.min(whole.until, until) };
  return inside.until > inside.from ? inside : whole;
}

/** So many times as long, around a time in it; never beyond the whole, which undefined stands for. */
export function zoomed(
  { from, until }: Range,
  whole: Range,
  factor: number,
  around = (from + until) / 2,
): Range | undefined {
  const length = Math.max(SHORTEST, (until - from) * factor);
  if (length >= whole.until - whole.from) return undefined;
  const begin = Math.min(Math.max(whole.from, around - length / 2), whole.until - length);
  return { from: Math.round(begin), until: Math.round(begin + length) };
}

export function overlaps(one: Range, other: Range): boolean {
  return one.until >= other.from && one.from <= other.until;
}
