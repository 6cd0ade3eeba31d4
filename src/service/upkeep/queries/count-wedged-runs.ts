import { sql, type Statement } from '../../../database/sql.ts';

/**
 * `{count}` of open runs that nothing will move: nothing of them is dispatched, waits for a time or for people, or is kept
 * from going on by anybody, and nothing has happened in them for ten minutes.
 */
export const countWedgedRuns = (): Statement => sql`
  select count(*) as count from workflow_runs r
  where r.status in ('pending', 'running') and r.active_since is null and r.temporal_pause is null
    and r.needs = '[]' and r.updated_at < now() - interval '10 minutes'
    and not exists (
      select from workflow_step_executions s
      where s.run_id = r.id and (s.status in ('waiting', 'retrying') or s.held is not null))`;
