/** How many runs fit, exactly, as long as that does not cost too much; and which values filters may name. */
import type { FilterValues, FilterValuesQuery, RunCount, RunCountQuery } from '../../contract/runs/filter.ts';
import type { RunStatus } from '../../protocol/status.ts';
import type { Services } from '../services.ts';
import { withinTime } from '../ways/within-time.ts';
import { countRuns } from './queries/count-runs.ts';
import { filterValues } from './queries/filter-values.ts';
import { conditionsOf } from './selection.ts';

/** Longest that counting may take; a list is shown without its number then. */
const MOST_MS = 2_000;

/** @throws InvalidError `invalid_filter` */
export async function readCount(
  { store }: Pick<Services, 'store'>,
  { filter, zone, by }: RunCountQuery,
): Promise<RunCount> {
  const statement = countRuns({ conditions: conditionsOf(filter), zone });
  const rows = await withinTime<{ status: RunStatus; runs: number }>(store, MOST_MS, statement);
  if (rows === undefined) return { count: null, by_status: null };
  const count = rows.reduce((sum, { runs }) => sum + runs, 0);
  const byStatus = Object.fromEntries(rows.map(({ status, runs }) => [status, runs]));
  return { count, by_status: by === undefined ? null : byStatus };
}

/** Values of a field of the filter, of runs of late. */
export async function readFilterValues(
  { store }: Pick<Services, 'store'>,
  { field }: FilterValuesQuery,
): Promise<FilterValues> {
  return { items: await store.all<FilterValues['items'][number]>(filterValues(field)) };
}
