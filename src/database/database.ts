/**
 * The pool. One a process. Answers numbers for bigint (all of ours stay far below 2^53) and Dates for timestamps.
 */
import pg from 'pg';
import type { Logger } from '../log/log.ts';

pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export type Database = pg.Pool;
export type DatabaseClient = pg.PoolClient;
/** Whatever can run a statement: the pool, or one connection inside a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>;

/** Opens a pool; connections are made on first use. A lost idle connection is logged, never thrown. */
export function openDatabase(
  url: string,
  options: { readonly log: Logger; readonly max?: number; readonly name: string },
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: `baton-${options.name}`,
    connectionTimeoutMillis: 5_000,
  });
  // Without a listener a lost idle connection would end the process.
  pool.on('error', (error) => options.log.warn({ err: error }, 'idle database connection lost'));
  return pool;
}

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export async function inTransaction<T>(
  pool: Database,
  work: (client: DatabaseClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    client.release(broken);
  }
}
