import { sql, type Statement } from '../../database/sql.ts';

/** Takes an execution's lease for 10 s; answers `{cursor}` when it was free or one's own, else nothing. */
export const claimExecution = (executionId: string, owner: string): Statement => sql`
  update executions set lease_owner = ${owner}, lease_until = now() + interval '10 seconds'
  where execution_id = ${executionId} and close_status is null and not source_gone
    and (lease_owner is null or lease_owner = ${owner} or lease_until < now())
  returning cursor`;
