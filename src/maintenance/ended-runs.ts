import type { Database } from '../database/database.ts';
import { sql } from '../database/sql.ts';

/** Of these runs the ids of those that ended longer ago; runs that nobody knows are none of them. */
export async function endedRuns(
  database: Database,
  ids: readonly string[],
  olderThanMs: number,
): Promise<readonly string[]> {
  const before = new Date(Date.now() - olderThanMs);
  const { rows } = await database.query<{ id: string }>(sql`
    select id from workflow_runs
    where id = any(${ids}) and status not in ('pending', 'running', 'paused')
      and coalesce(completed_at, updated_at) < ${before}
    order by id`);
  return rows.map(({ id }) => id);
}
