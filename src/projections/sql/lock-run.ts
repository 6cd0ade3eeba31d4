import { sql, type Statement } from '../../database/sql.ts';

/**
 * Locks a run's executions until the transaction ends and takes their leases away: whoever follows one of them has
 * its next page refused and loads the run anew.
 */
export const lockRun = (runId: string): Statement => sql`
  update executions set lease_owner = null, lease_until = null where run_id = ${runId}`;
