/** Runs of which nothing moves any more, so that what is stored of them may leave the tables. */
import type { DatabaseClient } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';

/**
 * Of a run `r`: it has ended, is whole, and nobody has just begun to go on with it. One that failed at a limit counts as
 * ended, though it could be continued.
 */
export const isAtRest = sql`
  r.archived_at is null and r.status not in ('pending', 'running', 'paused')
  and not exists (
    select from executions e where e.run_id = r.id and e.close_status is null and not e.source_gone)
  and not exists (
    select from run_epochs n
    where n.run_id = r.id and n.epoch > r.epoch and n.created_at > now() - interval '1 day')`;

/** Of a run `r`: all that were forked from it have left. They go on in its sessions, so they leave first. */
export const isForkless = sql`
  not exists (select from workflow_runs f where f.lineage->'forked_from'->>'run' = r.id and f.archived_at is null)`;

/**
 * Nobody folds a page of the run, continues it or rebuilds it until the transaction ends. False when it may not leave.
 */
export async function holdAtRest(client: DatabaseClient, runId: string): Promise<boolean> {
  await client.query(sql`select from executions where run_id = ${runId} for update`);
  await client.query(sql`select from workflow_runs where id = ${runId} for update`);
  const { rowCount } = await client.query(
    sql`select from workflow_runs r where r.id = ${runId} and ${isAtRest} and ${isForkless}`,
  );
  return rowCount === 1;
}
