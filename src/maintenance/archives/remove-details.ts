/** Takes what is stored of a run out of the tables; its own row stays, with those of its executions. */
import type { DatabaseClient } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import { ALL_TABLES } from '../../tables/all-tables.ts';
import { deleteRowsOfRun } from '../../tables/statements/rows-of-run.ts';

/** What refers to rows goes before them: sessions first, since the other rows say which they are. */
const LEAVING = ALL_TABLES.filter(({ archive }) => archive === 'moved' || archive === 'dropped').toReversed();

/** @param discarded they are in no archive */
export async function removeDetails(client: DatabaseClient, runId: string, discarded = false): Promise<void> {
  for (const table of LEAVING) await client.query(deleteRowsOfRun(table, runId));
  await client.query(sql`
    update workflow_runs set archived_at = now(), discarded_at = case when ${discarded}::boolean then now() end
    where id = ${runId}`);
  await client.query(sql`select pg_notify('baton_run', ${runId})`);
}
