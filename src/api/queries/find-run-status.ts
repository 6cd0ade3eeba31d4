import { sql, type Statement } from '../../database/sql.ts';

/** `{status}` of one run, or nothing. */
export const findRunStatus = (id: string): Statement =>
  sql`select status from workflow_runs where id = ${id}`;
