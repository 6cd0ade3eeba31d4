import { sql, type Statement } from '../../database/sql.ts';

/** Ids (`run_id`) of the runs of which events are stored (so not the archived ones), after `after`, in order, at most `limit`. */
export const listRuns = (after: string, limit: number): Statement => sql`
  select distinct run_id from executions
  where run_id > ${after}
    and not exists (select from workflow_runs r where r.id = run_id and r.archived_at is not null)
  order by run_id limit ${limit}`;
