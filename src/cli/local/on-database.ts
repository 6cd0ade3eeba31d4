/** Commands that go past the API, straight to Postgres. */
import type { Database } from '../../database/database.ts';
import { BatonError, messageOf } from '../../errors/errors.ts';
import { CliError, EXIT } from '../exit.ts';
import { databaseUrl } from '../client/target.ts';

/** Archiving, rebuilding and building an index take their time. */
const PATIENCE_SECONDS = 3_600;

/** @throws CliError `database_unavailable` for whatever Postgres itself does not do */
export async function onDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  // Loaded when needed: Postgres' driver would slow down the list of all commands.
  const [{ openDatabase }, { createLogger }] = await Promise.all([
    import('../../database/database.ts'),
    import('../../log/log.ts'),
  ]);
  const database = openDatabase(databaseUrl(), {
    log: createLogger('cli', 'silent'),
    name: 'cli',
    max: 4,
    seconds: PATIENCE_SECONDS,
  });
  try {
    return await work(database);
  } catch (error) {
    if (error instanceof BatonError || error instanceof CliError) throw error;
    throw new CliError(EXIT.unreachable, `cannot read the database: ${messageOf(error)}`, {
      code: 'database_unavailable',
    });
  } finally {
    await database.end();
  }
}
