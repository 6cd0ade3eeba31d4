/**
 * At most one maintenance at a time on a database. The lock belongs to a connection, so it goes with the process that
 * holds it. Baton itself is not kept from anything by it.
 */
import type { Database } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import { ConflictError } from '../errors/errors.ts';

/** Any number that nobody else uses for an advisory lock of this database. */
const LOCK = 7_226_866_001;

/** @throws ConflictError `maintenance_running` */
export async function exclusively<T>(database: Database, work: () => Promise<T>): Promise<T> {
  const client = await database.connect();
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
    return await work();
  } finally {
    // Closes the connection, and with it the lock, whatever state it is in.
    client.release(true);
  }
}
