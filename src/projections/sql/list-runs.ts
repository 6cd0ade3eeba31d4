import { sql, type Statement } from '../../database/sql.ts';

/** Ids (`run_id`) of the runs of which executions are known, after `after`, in order, at most `limit`. */
export const listRuns = (after: string, limit: number): Statement => sql`
  select distinct run_id from executions where run_id > ${after} order by run_id limit ${limit}`;
