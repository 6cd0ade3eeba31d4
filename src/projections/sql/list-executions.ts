import { sql, type Statement } from '../../database/sql.ts';

export interface ExecutionRow {
  readonly execution_id: string;
  readonly run_id: string;
  readonly workflow_type: string;
  readonly cursor: number;
  readonly close_status: string | null;
  readonly source_gone: boolean;
  /** The run's stored events are in a file. */
  readonly archived: boolean;
}

/** The executions (ExecutionRow) of a run in the order in which they are folded. */
export const listExecutions = (runId: string): Statement => sql`
  select execution_id, run_id, workflow_type, cursor, close_status, source_gone,
         exists (select from workflow_runs r where r.id = run_id and r.archived_at is not null) as archived
  from executions where run_id = ${runId} order by started_at`;
