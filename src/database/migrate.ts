/**
 * Brings the schema up to date: numbered files, forward only, safe when several processes start at once.
 *
 * Mostly there is nothing to do; that is found out within a short deadline. A migration itself may take its time, and
 * waits for another process that is doing the same.
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

/** Applies what is missing. @throws what Postgres says, or when it says nothing in time */
export async function migrate(databaseUrl: string, log: Logger): Promise<void> {
  if (await isUpToDate(databaseUrl)) return;
  const { runner } = await import('node-pg-migrate');
  // A connection of ours: one that the runner made would end the process when it is lost.
  await withClient(databaseUrl, { name: 'migrate', ms: MIGRATE_MS, connectMs: LOOK_MS }, (dbClient) =>
    runner({
      dbClient,
      dir: MIGRATIONS,
      direction: 'up',
      migrationsTable: TABLE,
      advisoryLockMode: 'wait',
      log: (message) => log.debug(message),
    }),
  );
}

async function isUpToDate(databaseUrl: string): Promise<boolean> {
  const files = readdirSync(MIGRATIONS).map((file) => basename(file, extname(file)));
  try {
    const { rows } = await withClient(databaseUrl, { name: 'migrate', ms: LOOK_MS }, (client) =>
      client.query<{ name: string }>(`select name from ${TABLE}`),
    );
    const applied = new Set(rows.map(({ name }) => name));
    return files.every((file) => applied.has(file));
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === UNDEFINED_TABLE) return false;
    throw error;
  }
}
