import { sql, type Statement } from '../../../database/sql.ts';

/** `{status, count}` of all steps. */
export const countSteps = (): Statement =>
  sql`select status, count(*) as count from workflow_step_executions group by status`;
