import { sql, type Statement } from '../../../database/sql.ts';

/** Ends each further statement of this transaction that takes longer. */
export const limitStatements = (ms: number): Statement =>
  sql`select set_config('statement_timeout', ${String(ms)}, true)`;
