/** Opens what the service of a process needs: Postgres, Temporal, and what models say. */
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError, type Config } from '../config.ts';
import { closeDatabase, openDatabase } from '../database/database.ts';
import { migrate } from '../database/migrate.ts';
import { messageOf } from '../errors/errors.ts';
import type { Logger } from '../log/log.ts';
import { openStreamer } from '../streaming/open-streamer.ts';
import { lazyTemporal, temporalClient } from '../temporal/connection.ts';
import type { ServiceDeps } from './services.ts';

const LONGEST_MIGRATE_DELAY_MS = 5_000;

export interface Opened {
  readonly deps: Required<
    Pick<ServiceDeps, 'database' | 'temporal' | 'config' | 'log' | 'streamer' | 'closing'>
  >;
  /** Brings the tables up to date as soon as the database is there. Never throws. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Nothing has to be there yet.
 *
 * @param name of the process, for operators
 * @param closing aborted when the process is about to end
 * @throws ConfigError when it is not said where Postgres or Temporal is
 */
export function openService(name: string, config: Config, log: Logger, closing: AbortSignal): Opened {
  const databaseUrl = required(config, 'DATABASE_URL');
  const target = { address: required(config, 'TEMPORAL_ADDRESS'), namespace: config.TEMPORAL_NAMESPACE };
  const database = openDatabase(databaseUrl, { log, name, seconds: config.BATON_DATABASE_SECONDS });
  const connection = lazyTemporal(target);
  const temporal = temporalClient(connection, target, `baton-${name}@${hostname()}`);
  const streamer = openStreamer(config, database, log);
  return {
    deps: { database, temporal, config, log, streamer, closing },
    migrate: () => migrateWhenPossible(databaseUrl, log, closing),
    close: async () => {
      await Promise.allSettled([streamer.close(), connection.close(), closeDatabase(database)]);
    },
  };
}

/** Tries until the database is there. Until then every read says that it is away. */
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
