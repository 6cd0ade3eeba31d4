import { sql, type Statement } from '../../database/sql.ts';

/** Forgets what was observed of activities that have ended. */
export const deleteProcesses = (runIds: readonly string[], activityIds: readonly string[]): Statement => sql`
  delete from workflow_processes
  where (run_id, activity_id) in (select * from unnest(${runIds}::text[], ${activityIds}::text[]))`;
