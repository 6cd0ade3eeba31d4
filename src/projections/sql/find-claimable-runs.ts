import { sql, type Statement } from '../../database/sql.ts';

/** Runs (`run_id`) with an open execution that nobody follows, but for those `left` to others. */
export const findClaimableRuns = (limit: number, left: readonly string[]): Statement => sql`
  select distinct run_id from executions
  where close_status is null and not source_gone and (lease_owner is null or lease_until < now())
    and run_id <> all(${left})
  limit ${limit}`;
