/** Runs whose rows are of an older version, so that they are to be written anew. Archived ones have no rows but their own. */
import { sql, type Statement } from '../../database/sql.ts';
import { ROWS_VERSION } from '../rows-version.ts';

const isOutdated = sql`archived_at is null and rows_version < ${ROWS_VERSION}`;

/** How many there are, as `{runs}`. */
export const countOutdatedRuns: Statement = sql`select count(*) as runs from workflow_runs where ${isOutdated}`;

/** Where a list of them goes on. */
export interface OutdatedRun {
  readonly id: string;
  readonly rows_version: number;
}

/** OutdatedRuns in order after `after`, at most `limit`. */
export const listOutdatedRuns = (after: OutdatedRun, limit: number): Statement => sql`
  select id, rows_version from workflow_runs
  where ${isOutdated} and (rows_version, id) > (${after.rows_version}, ${after.id})
  order by rows_version, id limit ${limit}`;

/** The run, when it is one of them. */
export const findOutdatedRun = (runId: string): Statement =>
  sql`select id from workflow_runs where id = ${runId} and ${isOutdated}`;
