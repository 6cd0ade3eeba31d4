import { sql, type Statement } from '../../database/sql.ts';
import type { executions } from '../../tables/stored/executions.ts';
import type { RowOf } from '../../tables/table.ts';

type Kept = 'execution_id' | 'run_id' | 'workflow_type' | 'cursor' | 'close_status' | 'source_gone';

export interface ExecutionRow extends Readonly<Pick<RowOf<typeof executions>, Kept>> {
  /** The run's stored events are in a file. */
  readonly archived: boolean;
  /** They are nowhere. */
  readonly discarded: boolean;
}

/** The executions (ExecutionRow) of a run in the order in which they are folded. */
export const listExecutions = (runId: string): Statement => sql`
  select execution_id, run_id, workflow_type, cursor, close_status, source_gone,
         exists (select from workflow_runs r where r.id = run_id and r.archived_at is not null) as archived,
         exists (select from workflow_runs r where r.id = run_id and r.discarded_at is not null) as discarded
  from executions where run_id = ${runId} order by started_at`;
