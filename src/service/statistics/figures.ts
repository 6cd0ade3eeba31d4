/** Figures of runs that have ended, from their rows. Pure. */
import type { CostSpread, RunStatistics, Spread } from '../../contract/statistics.ts';
import type { RunStatus } from '../../protocol/status.ts';
import { iso } from '../views/time.ts';

/** What is read of a run. */
export interface EndedRunRow {
  readonly id: string;
  readonly workflow: string;
  readonly version: string | null;
  readonly status: RunStatus;
  readonly duration_seconds: number | null;
  readonly active_seconds: number | null;
  readonly cost_estimate: number | null;
  readonly total_tokens: number;
  readonly created_at: Date;
}

/** @param rows newest first */
export function statisticsOf(rows: readonly EndedRunRow[]): RunStatistics {
  const of = (...statuses: readonly RunStatus[]) => rows.filter(({ status }) => statuses.includes(status));
  const completed = of('completed');
  const failed = of('failed', 'timed_out').length;
  return {
    runs: rows.length,
    completed: completed.length,
    failed,
    cancelled: of('cancelled', 'terminated').length,
    success_rate: rateOf(completed.length, completed.length + failed),
    active_seconds: spreadOf(completed.map(({ active_seconds: seconds }) => seconds)),
    duration_seconds: spreadOf(completed.map(({ duration_seconds: seconds }) => seconds)),
    cost: costOf(rows.map(({ cost_estimate: cost }) => cost)),
    total_tokens: rows.reduce((sum, { total_tokens: tokens }) => sum + tokens, 0),
    points: rows.map(pointOf).toReversed(),
  };
}

/** Null: there is no whole. */
export function rateOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** Values that are not known count in nothing. */
export function spreadOf(values: readonly (number | null)[]): Spread {
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  return { p50: percentile(known, 0.5), p95: percentile(known, 0.95) };
}

function costOf(costs: readonly (number | null)[]): CostSpread {
  const known = costs.filter((cost) => cost !== null);
  const sum = known.length === 0 ? null : known.reduce((all, cost) => all + cost, 0);
  return { ...spreadOf(known), sum, unpriced: costs.length - known.length };
}

/** As Postgres' `percentile_cont` has it: between two values, in proportion. */
function percentile(sorted: readonly number[], part: number): number | null {
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (place - Math.floor(place));
}

function pointOf({ id, version, status, created_at: at, ...row }: EndedRunRow) {
  const { duration_seconds, active_seconds, cost_estimate } = row;
  return { id, version, status, duration_seconds, active_seconds, cost_estimate, created_at: iso(at) };
}
