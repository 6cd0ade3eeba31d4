import { sql, type Statement } from '../../database/sql.ts';
import type { FoundExecution } from '../page-write.ts';
import { jsonText } from '../../database/json-text.ts';

/**
 * Adds executions that are not known yet; answers `{execution_id, run_id}` of these. `condition` may speak of a row as
 * `r`. None is added to a run that was imported: its id stands for the run of another installation.
 */
export const registerExecutions = (found: readonly FoundExecution[], condition = sql`true`): Statement => sql`
  insert into executions (execution_id, run_id, workflow_type, started_at)
  select execution_id, run_id, workflow_type, started_at
  from json_populate_recordset(null::executions, ${jsonText(found.map(rowOf))}::json) r
  where ${condition} and not exists (select from imported_runs i where i.run_id = r.run_id)
  on conflict (execution_id) do nothing
  returning execution_id, run_id`;

function rowOf({ executionId, runId, workflowType, startedAt }: FoundExecution) {
  return { execution_id: executionId, run_id: runId, workflow_type: workflowType, started_at: startedAt };
}
