import { sql, type Statement } from '../../../database/sql.ts';

export interface StepStatusRow {
  readonly key: string;
  readonly status: string;
}

/** Address, as `key`, and status (StepStatusRow) of all steps of a run, in the plan's order. */
export const listStepStatuses = (runId: string): Statement =>
  sql`select address as key, status from workflow_step_executions where run_id = ${runId} order by position`;
