import { sql, type Statement } from '../../../database/sql.ts';

/** `{status, output}` of one step, or nothing. */
export const findStepOutput = (runId: string, key: string): Statement =>
  sql`select status, output from workflow_step_executions where run_id = ${runId} and address = ${key}`;
