/**
 * At most one maintenance at a time on a database. The lock belongs to a connection, so it goes with the process that
 * holds it. Baton itself is not kept from anything by it.
 */
import type { Database } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import { ConflictError } from '../errors/errors.ts';

/** Any number that nobody else uses for an advisory lock of this database. */
const LOCK = 7_226_866_001;

/** Once it has ended, whoever comes next has the lock at once. @throws ConflictError `maintenance_running` */
export async function exclusively<T>(database: Database, work: () => Promise<T>): Promise<T> {
  const client = await database.connect();
  let isFree = false;
  try {
    const { rows } = await client.query<{ locked: boolean }>(
      sql`select pg_try_advisory_lock(${LOCK}::bigint) as locked`,
    );
    if (rows[0]?.locked !== true) {
      throw new ConflictError(
        'maintenance_running',
        'another `baton maintain` works on this database; try again when it has ended',
      );
    }
    try {
      return await work();
    } finally {
      isFree = await client.query(sql`select pg_advisory_unlock(${LOCK}::bigint)`).then(
        () => true,
        () => false,
      );
    }
  } finally {
    // A connection that could not give the lock back is closed, and the lock goes with it.
    client.release(!isFree);
  }
}
