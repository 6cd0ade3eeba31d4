import { sql, type Statement } from '../../database/sql.ts';

/** Temporal does not have the execution any more; what is stored of it stays. */
export const markSourceGone = (executionId: string): Statement => sql`
  update executions set source_gone = true, lease_owner = null, lease_until = null
  where execution_id = ${executionId}`;
