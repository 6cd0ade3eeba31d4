/**
 * A run on an axis of time: what each step did when, and how time becomes a place. Pure.
 *
 * Long stretches in which nothing is at work are folded: they take a fixed width, so that what happened can be seen.
 */
import type { Step } from '../../api/generated.ts';

export type SpanKind = 'queue' | 'work' | 'failed' | 'backoff' | 'people';

export interface Span {
  readonly kind: SpanKind;
  /** ms. */
  readonly from: number;
  readonly until: number;
  readonly attempt: number;
}

type Timed = Pick<Step, 'kind' | 'started_at' | 'completed_at' | 'attempts' | 'retry_at' | 'status'>;

/** Every attempt with its parts. @param now where what goes on ends */
export function spansOf(step: Timed, now: number): readonly Span[] {
  const { attempts, started_at: started, completed_at: completed, kind } = step;
  if (attempts.length === 0) {
    if (started === null) return [];
    const until = completed === null ? now : Date.parse(completed);
    return [
      {
        kind: kind === 'ask' || kind === 'wait' ? 'people' : 'work',
        from: Date.parse(started),
        until,
        attempt: 1,
      },
    ];
  }
  return attempts.flatMap((attempt, at) => {
    const scheduled = Date.parse(attempt.scheduled_at);
    const begun = attempt.started_at === null ? null : Date.parse(attempt.started_at);
    const ended = attempt.completed_at === null ? now : Date.parse(attempt.completed_at);
    const before = attempts[at - 1]?.completed_at;
    const gap = before == null ? null : Date.parse(before);
    const spans: Span[] = [];
    if (gap !== null && scheduled > gap)
      spans.push({ kind: 'backoff', from: gap, until: scheduled, attempt: attempt.attempt });
    spans.push({ kind: 'queue', from: scheduled, until: begun ?? ended, attempt: attempt.attempt });
    if (begun !== null) {
      const kindOfWork = attempt.status === 'failed' ? 'failed' : kind === 'ask' ? 'people' : 'work';
      spans.push({ kind: kindOfWork, from: begun, until: Math.max(begun, ended), attempt: attempt.attempt });
    }
    return spans;
  });
}

export interface Stretch {
  readonly from: number;
  readonly until: number;
  readonly isFolded: boolean;
}

/** Idle stretches of more than this share of the whole are folded. */
const LONG = 0.12;
/** A folded stretch takes this share of the axis. */
const FOLDED = 0.03;

/** The axis cut into stretches, those in which nothing is at work marked. */
export function stretchesOf(
  spans: readonly Span[],
  from: number,
  until: number,
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

/** Where a time stands, from 0 to 1. */
export function placeOf(stretches: readonly Stretch[]): (time: number) => number {
  const folded = stretches.filter(({ isFolded }) => isFolded).length * FOLDED;
  const open = stretches.reduce((sum, one) => sum + (one.isFolded ? 0 : one.until - one.from), 0);
  const share = (one: Stretch) =>
    one.isFolded ? FOLDED : open === 0 ? 1 - folded : ((one.until - one.from) / open) * (1 - folded);
  return (time) => {
    let place = 0;
    for (const one of stretches) {
      if (time >= one.until) {
        place += share(one);
        continue;
      }
      if (time <= one.from) break;
      return place + (share(one) * (time - one.from)) / (one.until - one.from);
    }
    return Math.min(1, Math.max(0, place));
  };
}

/** Marks of the axis: round times, some eight of them. */
export function ticksOf(from: number, until: number): readonly number[] {
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

/** The steps that have made the run as long as it is: back from the last one to end, each time to what it waited for longest. */
export function criticalPath(
  steps: readonly Pick<Step, 'key' | 'dependencies' | 'completed_at'>[],
): ReadonlySet<string> {
  const ended = steps.filter(({ completed_at: at }) => at !== null);
  const byKey = new Map(ended.map((step) => [step.key, step]));
  const last = (some: readonly (typeof ended)[number][]) =>
    some.toSorted((a, b) => (b.completed_at ?? '').localeCompare(a.completed_at ?? ''))[0];
  const path = new Set<string>();
  for (let step = last(ended); step !== undefined && !path.has(step.key);) {
    path.add(step.key);
    step = last(step.dependencies.flatMap((key) => byKey.get(key) ?? []));
  }
  return path;
}
