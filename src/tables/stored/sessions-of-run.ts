import { sql, type Statement } from '../../database/sql.ts';

/** The entries of a run's sessions. A session belongs to one run: its id is derived from the run's. */
export const bySessionOf = (runId: string): Statement => sql`
  session_id in (
    select session_id from workflow_runs where id = ${runId} and session_id is not null
    union select session_id from workflow_step_executions where run_id = ${runId} and session_id is not null
    union select session_id from llm_calls where run_id = ${runId} and session_id is not null)`;
