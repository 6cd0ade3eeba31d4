import { sql, type Statement } from '../../../database/sql.ts';

/** Fails while the database is away or its tables are not made yet. */
export const checkDatabase = (): Statement => sql`select 1 as ok from workflow_runs limit 1`;
