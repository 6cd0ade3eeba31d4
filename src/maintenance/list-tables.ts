import type { Database } from '../database/database.ts';
import { sql } from '../database/sql.ts';

/** Names of Baton's tables: all of its schema. */
export async function listTables(database: Database): Promise<readonly string[]> {
  const { rows } = await database.query<{ name: string }>(
    sql`select tablename as name from pg_tables where schemaname = current_schema() order by tablename`,
  );
  return rows.map(({ name }) => name);
}
