import { sql, type Statement } from '../../../database/sql.ts';

/** `{status, count}` of all runs. */
export const countRuns = (): Statement =>
  sql`select status, count(*) as count from workflow_runs group by status`;
