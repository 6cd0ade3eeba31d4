/** Brings the schema up to date: numbered files, forward only, safe when several processes start at once. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import type { Logger } from '../log/log.ts';

/** The SQL files stand in the source tree only: the compiler does not copy them. */
const MIGRATIONS = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'src', 'database', 'migrations');

/** Applies what is missing. Waits for another process that is doing the same. */
export async function migrate(databaseUrl: string, log: Logger): Promise<void> {
  await runner({
    databaseUrl,
    dir: MIGRATIONS,
    direction: 'up',
    migrationsTable: 'schema_migrations',
    advisoryLockMode: 'wait',
    log: (message) => log.debug(message),
  });
}
