import { sql, type Statement } from '../../database/sql.ts';

/** Runs (`run_id`) with an open execution that nobody follows. */
export const findClaimableRuns = (limit: number): Statement => sql`
  select distinct run_id from executions
  where close_status is null and not source_gone and (lease_owner is null or lease_until < now())
  limit ${limit}`;
