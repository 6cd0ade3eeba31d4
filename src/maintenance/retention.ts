/**
 * Applies the retention that definitions set for their runs: what is stored of those whose time is over goes into an
 * archive, or for good where there is to be none. The row of the run stays, as with every archive.
 *
 * A run goes whole, in one transaction, or not at all; one that moves meanwhile stays.
 */
import { inTransaction, type Database, type DatabaseClient } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import { fileRuns, type Archived } from './archives/archive-runs.ts';
import { holdAtRest } from './archives/at-rest.ts';
import { expiredRuns, inOrder, type ExpiredRun } from './expired-runs.ts';
import { removeDetails } from './archives/remove-details.ts';

export interface RetentionOptions {
  /** Folder of the archives; null: what is over goes for good. */
  readonly to: string | null;
  /** Says what would go, and does nothing. */
  readonly dryRun: boolean;
}

export interface Retained {
  /** Those whose time is over, and that went or would. */
  readonly runs: readonly Omit<ExpiredRun, 'forks'>[];
  /** Those that stay although their time is over: runs that were forked from them are still here. */
  readonly kept: readonly ExpiredRun[];
  /** Those that were to go, and have moved. */
  readonly moved: readonly string[];
  readonly files: Archived['files'];
  /** What went is in no file. */
  readonly discarded: boolean;
}

export async function applyRetention(
  database: Database,
  { to, dryRun }: RetentionOptions,
): Promise<Retained> {
  const { goes, waits } = inOrder(await expiredRuns(database));
  const ids = goes.map(({ run }) => run);
  const done = dryRun
    ? { files: [], moved: [] }
    : to === null
      ? { files: [], moved: await discard(database, goes) }
      : await fileRuns(database, ids, { to });
  const moved = new Set(done.moved);
  return {
    runs: goes.filter(({ run }) => !moved.has(run)).map(told),
    kept: waits,
    moved: done.moved,
    files: done.files,
    discarded: to === null,
  };
}

const told = ({ run, workflow, version, ended_at, retention_ms }: ExpiredRun): Retained['runs'][number] => ({
  run,
  workflow,
  version,
  ended_at,
  retention_ms,
});

/** Answers those that stay. */
async function discard(database: Database, runs: readonly ExpiredRun[]): Promise<readonly string[]> {
  const moved: string[] = [];
  for (const { run, retention_ms } of runs) {
    const gone = await inTransaction(database, async (client) => {
      if (!(await holdAtRest(client, run)) || !(await isOver(client, run, retention_ms))) return false;
      await removeDetails(client, run, true);
      return true;
    });
    if (!gone) moved.push(run);
  }
  return moved;
}

/** It may have gone on and ended again meanwhile. */
async function isOver(client: DatabaseClient, run: string, ms: number): Promise<boolean> {
  const { rowCount } = await client.query(sql`
    select from workflow_runs
    where id = ${run} and coalesce(completed_at, updated_at) < now() - make_interval(secs => ${ms / 1_000}::float8)`);
  return rowCount === 1;
}
