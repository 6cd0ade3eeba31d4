/** Runs as bars of a small chart: how high each is, and in which look. Pure. */
import type { RunPoint } from '../../api/generated.ts';
import { counted, durationWords } from '../../words/figures.ts';

export type BarLook = 'done' | 'failed' | 'stopped';

export interface Bar {
  readonly id: string;
  readonly look: BarLook;
  /** Of the whole height, 0 to 1. */
  readonly height: number;
  readonly status: RunPoint['status'];
}

/** What is quick is seen all the same. */
const LEAST_HEIGHT = 0.12;

/** In the order of the points. Heights go by the root of the time, so that one long run does not flatten the others. */
export function barsOf(points: readonly RunPoint[]): readonly Bar[] {
  const longest = Math.max(0, ...points.map(secondsOf));
  return points.map((point) => ({
    id: point.id,
    look: lookOf(point.status),
    height: longest === 0 ? LEAST_HEIGHT : Math.max(LEAST_HEIGHT, Math.sqrt(secondsOf(point) / longest)),
    status: point.status,
  }));
}

/** The chart in words. */
export function barsWords(points: readonly RunPoint[]): string {
  if (points.length === 0) return 'No run has ended.';
  const of = (look: BarLook) => points.filter(({ status }) => lookOf(status) === look).length;
  const parts = [
    [of('done'), 'completed'],
    [of('failed'), 'failed'],
    [of('stopped'), 'stopped'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const longest = durationWords(Math.max(0, ...points.map(secondsOf)));
  return `The last ${counted(points.length, 'run')}: ${told.join(', ')}. The longest took ${longest}.`;
}

function lookOf(status: RunPoint['status']): BarLook {
  if (status === 'completed') return 'done';
  return status === 'failed' || status === 'timed_out' ? 'failed' : 'stopped';
}

function secondsOf({ active_seconds: active, duration_seconds: whole }: RunPoint): number {
  return (active === 0 ? whole : active) ?? whole ?? 0;
}
