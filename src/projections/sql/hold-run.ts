import { sql, type Statement } from '../../database/sql.ts';

/** Until the transaction ends nobody folds a page of the run, rebuilds it, archives it or takes it back. */
export const holdRun = (runId: string): Statement =>
  sql`select from executions where run_id = ${runId} for update`;
