/**
 * The API's process. Starts even while Postgres or Temporal is away, and serves them as soon as they are there.
 *
 * SIGTERM and SIGINT let open answers finish, for at most five seconds.
 */
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError, readConfig, type Config } from '../config.ts';
import { closeDatabase, openDatabase } from '../database/database.ts';
import { migrate } from '../database/migrate.ts';
import { messageOf } from '../errors/errors.ts';
import { createLogger, type Logger } from '../log/log.ts';
import { openToOthers } from '../listeners/door-policy.ts';
import { safeText } from '../log/safe-text.ts';
import { openStreamer } from '../streaming/open-streamer.ts';
import { lazyTemporal, temporalClient } from '../temporal/connection.ts';
import { createApi } from './app.ts';
import { drain, listen } from './server.ts';

const DRAIN_MS = 4_000;
const LONGEST_MIGRATE_DELAY_MS = 5_000;

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLogger('api', config.BATON_LOG_LEVEL);
  const databaseUrl = required(config, 'DATABASE_URL');
  const warning = openToOthers(config);
  if (warning !== undefined) log.warn(warning);
  const target = { address: required(config, 'TEMPORAL_ADDRESS'), namespace: config.TEMPORAL_NAMESPACE };
  const database = openDatabase(databaseUrl, { log, name: 'api', seconds: config.BATON_DATABASE_SECONDS });
  const connection = lazyTemporal(target);
  const temporal = temporalClient(connection, target, `baton-api@${hostname()}`);
  const closing = new AbortController();
  const streamer = openStreamer(config, database, log);
  const deps = { database, temporal, config, log, streamer, closing: closing.signal };
  const { app, attachSockets } = createApi(deps);
  const { server, url } = await listen(app, {
    host: config.BATON_HOST,
    port: config.BATON_PORT,
    exact: (process.env['BATON_PORT'] ?? '') !== '',
  });
  attachSockets(server);
  log.info({ url }, 'API listens');
  process.send?.('ready');
  const migrated = migrateWhenPossible(databaseUrl, log, closing.signal);

  const signal = await new Promise((resolve) => {
    process.once('SIGTERM', resolve).once('SIGINT', resolve);
  });
  log.info({ signal }, 'API ends');
  closing.abort();
  await drain(server, DRAIN_MS);
  await Promise.allSettled([migrated, streamer.close(), connection.close(), closeDatabase(database)]);
}

/** Tries until the database is there. Until then every read answers 503. */
async function migrateWhenPossible(databaseUrl: string, log: Logger, closing: AbortSignal): Promise<void> {
  for (let wait = 250; !closing.aborted; wait = Math.min(wait * 2, LONGEST_MIGRATE_DELAY_MS)) {
    try {
      await migrate(databaseUrl, log);
      return;
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'the database cannot be brought up to date yet; trying again');
      await delay(wait, undefined, { signal: closing }).catch(() => undefined);
    }
  }
}

function required(config: Config, name: 'DATABASE_URL' | 'TEMPORAL_ADDRESS'): string {
  const value = config[name];
  if (value !== undefined) return value;
  throw new ConfigError(`${name} is not set. Set it, or let \`baton up\` start everything.`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(safeText(`baton api: ${messageOf(error)}\n`));
  process.exitCode = 1;
}
