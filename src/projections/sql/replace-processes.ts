import { sql, type Statement } from '../../database/sql.ts';
import { writeRows } from '../../tables/statements/write-rows.ts';
import { workflowProcesses, type ProcessRow } from '../../tables/stored/workflow-processes.ts';

/** Replaces what was observed of some runs. */
export const replaceProcesses = (runIds: readonly string[], rows: readonly ProcessRow[]): Statement => sql`
  with gone as (
    delete from workflow_processes p where run_id = any(${runIds}) and not exists (
      select from unnest(${rows.map((row) => row.run_id)}::text[], ${rows.map((row) => row.activity_id)}::text[])
        as s (run_id, activity_id)
      where s.run_id = p.run_id and s.activity_id = p.activity_id)
  )
  ${writeRows(workflowProcesses, rows)}`;
