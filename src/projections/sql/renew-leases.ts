import { sql, type Statement } from '../../database/sql.ts';

/** Keeps the leases of executions for another 10 s; answers `execution_id` of those that are still one's own. */
export const renewLeases = (executionIds: readonly string[], owner: string): Statement => sql`
  update executions set lease_until = now() + interval '10 seconds'
  where execution_id = any(${executionIds}) and lease_owner = ${owner}
  returning execution_id`;
