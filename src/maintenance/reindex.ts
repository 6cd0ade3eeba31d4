/**
 * Builds the indexes of Baton's tables anew and brings the planner's figures up to date, while everything runs: readers
 * and writers wait for nothing but short locks.
 */
import type { Database } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import { listTables } from './list-tables.ts';

export interface Reindexed {
  readonly tables: readonly string[];
  /** Remains of an index build that was cut short, removed. */
  readonly leftovers: readonly string[];
}

export async function reindex(database: Database, dryRun: boolean): Promise<Reindexed> {
  const tables = await listTables(database);
  const leftovers = await invalidIndexes(database);
  if (dryRun) return { tables, leftovers };
  for (const index of leftovers) await database.query(`drop index concurrently if exists ${quoted(index)}`);
  for (const table of tables) {
    // Neither takes parameters, nor may it stand in a transaction.
    await database.query(`reindex table concurrently ${quoted(table)}`);
    await database.query(`analyze ${quoted(table)}`);
  }
  return { tables, leftovers };
}

/** Postgres names what it builds beside an index with this ending; a build that fails leaves it invalid. */
async function invalidIndexes(database: Database): Promise<readonly string[]> {
  const { rows } = await database.query<{ name: string }>(sql`
    select c.relname as name from pg_index i
    join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = current_schema()::regnamespace and c.relname ~ '_cc(new|old)[0-9]*$'`);
  return rows.map(({ name }) => name);
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
