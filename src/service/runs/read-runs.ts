/** Runs for readers: a page of them, or one, with what each waits for. */
import type { Run, RunFilter, RunNow } from '../../contract/run.ts';
import { decodeCursor, pageOf, type Page } from '../cursor.ts';
import type { Services } from '../services.ts';
import { runNowJson, withNow, type RunNowRow } from '../views/run-now.ts';
import type { RunRow } from '../views/run.ts';
import { readTarget } from './find-target.ts';
import { listRuns } from './queries/list-runs.ts';
import { conditionsOf } from './selection.ts';

/** A page of runs, newest first unless told. @throws InvalidError `invalid_cursor`, `invalid_filter` */
export async function readRuns(
  { store }: Pick<Services, 'store'>,
  { filter, sort, limit, cursor, ...parameters }: RunFilter,
): Promise<Page<RunNow>> {
  // A cursor is of one order.
  const list = sort === '-created' ? 'runs' : `runs ${sort}`;
  const after = cursor === undefined ? undefined : decodeCursor(list, cursor);
  const selection = { ...parameters, conditions: conditionsOf(filter) };
  const rows = await store.all<RunRow & RunNowRow>(listRuns(selection, { sort, limit, after }));
  return pageOf(list, rows, limit, runNowJson, (row) => [row.position, row.id]);
}

/** A run, and what it waits for. @throws NotFoundError `run_not_found` */
export async function readRunNow(services: Services, id: string): Promise<RunNow> {
  const now = await services.runs.readNow(id);
  if (now !== undefined) return now;
  const { run, projected } = await readTarget(services, id);
  // Its row may have come meanwhile.
  return (projected ? await services.runs.readNow(id) : undefined) ?? withNow(run, undefined);
}

/** A run alone. @throws NotFoundError `run_not_found` */
export async function readRun(services: Services, id: string): Promise<Run> {
  return (await readTarget(services, id)).run;
}
