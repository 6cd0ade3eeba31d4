import { sql, type Statement } from '../../../database/sql.ts';

/** `{inputs}` of a run. */
export const findInputs = (runId: string): Statement =>
  sql`select inputs from workflow_runs where id = ${runId}`;
