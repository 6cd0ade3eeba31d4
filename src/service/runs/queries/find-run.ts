import { sql, type Statement } from '../../../database/sql.ts';

/** One run (RunRow), or nothing. */
export const findRun = (id: string): Statement =>
  sql`select *, created_at::text as position from workflow_runs where id = ${id}`;
