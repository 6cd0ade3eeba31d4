import { sql, type Statement } from '../../database/sql.ts';

/** Gives all leases of an owner back, so that others need not wait for them. */
export const releaseLeases = (owner: string): Statement => sql`
  update executions set lease_owner = null, lease_until = null where lease_owner = ${owner}`;

/** The same of one run. */
export const releaseRun = (runId: string, owner: string): Statement => sql`
  update executions set lease_owner = null, lease_until = null where run_id = ${runId} and lease_owner = ${owner}`;
