/**
 * Databases and settings of tests. A statement has the deadline of tests here, not the product's: that one is slow says
 * nothing on a busy machine. A test whose claim is the product's deadline opens its pool by `openDatabase`.
 */
import { readConfig, type Config } from '../../src/config.ts';
import { openDatabase, type Database } from '../../src/database/database.ts';
import { createLogger, type Logger } from '../../src/log/log.ts';

const STATEMENT_SECONDS = 120;

/** A pool for what a test itself puts in and reads, or gives to parts of the product. */
export function openTestDatabase(url: string, log: Logger = createLogger('test', 'silent')): Database {
  const database = openDatabase(url, { log, name: 'test', seconds: STATEMENT_SECONDS });
  // Nor does a connection that is slow to come; the pool reads this whenever it makes one, or has none that is free.
  database.options.connectionTimeoutMillis = STATEMENT_SECONDS * 1_000;
  return database;
}

/** Settings of a part of the product that a test runs. @throws Error as `readConfig` */
export const patientConfig = (environment: Readonly<Record<string, string | undefined>>): Config =>
  readConfig({ BATON_DATABASE_SECONDS: String(STATEMENT_SECONDS), ...environment });
