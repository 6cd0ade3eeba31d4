import { sql, type Statement } from '../../../database/sql.ts';

/** `{status, last_seq}` of one run, or nothing. */
export const findRunStatus = (id: string): Statement =>
  sql`select status, last_seq from workflow_runs where id = ${id}`;
