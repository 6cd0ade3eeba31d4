/**
 * Brings the schema up to date: numbered files, forward only, safe when several processes start at once.
 *
 * Mostly there is nothing to do; that is found out within a short deadline. A migration itself may take its time, and
 * waits for another process that is doing the same. What a newer version has applied already is left as it is, so that
 * programs of the version before go on beside it.
 */
import { readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import pg from 'pg';
import type { Logger } from '../log/log.ts';
import { ROOT } from '../places.ts';
import { withClient } from './database.ts';

/** The SQL files stand in the source tree only: the build does not copy them. */
const MIGRATIONS = join(ROOT, 'src', 'database', 'migrations');
const TABLE = 'schema_migrations';
const LOOK_MS = 5_000;
const MIGRATE_MS = 30 * 60_000;
const UNDEFINED_TABLE = '42P01';

/**
 * Applies what is missing, and answers its names in order.
 *
 * @param lookMs how long a server may take to connect and to say what it has; 5 s unless told
 * @throws what Postgres says, or when it says nothing in time
 */
export async function migrate(
  databaseUrl: string,
  log: Logger,
  { lookMs = LOOK_MS }: { readonly lookMs?: number } = {},
): Promise<readonly string[]> {
  if ((await missingMigrations(databaseUrl, lookMs)).length === 0) return [];
  const { runner } = await import('node-pg-migrate');
  // A connection of ours: one that the runner made would end the process when it is lost.
  const applied = await withClient(
    databaseUrl,
    { name: 'migrate', ms: MIGRATE_MS, connectMs: lookMs },
    (dbClient) =>
      runner({
        dbClient,
        dir: MIGRATIONS,
        direction: 'up',
        migrationsTable: TABLE,
        // What was made beside each other may come in another order than it is numbered in; it has to bear any.
        checkOrder: false,
        advisoryLockMode: 'wait',
        log: (message) => log.debug(message),
      }),
  );
  return applied.map(({ name }) => name);
}

/** Names of the migrations of this version that the database does not have, in order. @throws as above */
export async function missingMigrations(databaseUrl: string, lookMs = LOOK_MS): Promise<readonly string[]> {
  const files = readdirSync(MIGRATIONS).map((file) => basename(file, extname(file)));
  try {
    const { rows } = await withClient(databaseUrl, { name: 'migrate', ms: lookMs }, (client) =>
      client.query<{ name: string }>(`select name from ${TABLE}`),
    );
    const applied = new Set(rows.map(({ name }) => name));
    return files.filter((file) => !applied.has(file)).toSorted();
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === UNDEFINED_TABLE) return files.toSorted();
    throw error;
  }
}
