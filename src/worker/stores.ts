/** What a worker has of Postgres and of the store of streams. */
import { ConfigError, type Config } from '../config.ts';
import { closeDatabase, openDatabase, type Database } from '../database/database.ts';
import type { Logger } from '../log/log.ts';
import { openStreamer } from '../streaming/open-streamer.ts';
import { measuredStreamer } from './measured-streamer.ts';
import type { Streamer } from '../streaming/streamer.ts';

/** Of a worker that runs activities. */
export interface Stores {
  readonly database: Database;
  readonly streamer: Streamer;
  /** What is still to be done before they are closed. */
  readonly ending: (() => Promise<void>)[];
  close(): Promise<void>;
}

/** @throws ConfigError without DATABASE_URL */
export function openStores(config: Config, log: Logger): Stores {
  const url = required(config, 'DATABASE_URL');
  const seconds = config.BATON_DATABASE_SECONDS;
  const database = openDatabase(url, { log, name: 'worker', seconds });
  // Apart, so that streaming takes no connection from what must be stored.
  const streaming = openDatabase(url, { log, name: 'streaming', max: 2, seconds });
  const streamer = measuredStreamer(openStreamer(config, streaming, log));
  const ending: (() => Promise<void>)[] = [];
  return {
    database,
    streamer,
    ending,
    close: async () => {
      for (const end of ending) await end();
      await streamer.close();
      await Promise.all([closeDatabase(database), closeDatabase(streaming)]);
    },
  };
}

/** Of a worker that runs workflows only: where stalls of runs are counted. It works without, and then counts none. */
export function openStallStore(config: Config, log: Logger): Pick<Stores, 'database' | 'close'> | null {
  if (config.DATABASE_URL === undefined) return null;
  const seconds = config.BATON_DATABASE_SECONDS;
  const database = openDatabase(config.DATABASE_URL, { log, name: 'worker', max: 1, seconds });
  return { database, close: () => closeDatabase(database) };
}

/** @throws ConfigError when it is not set */
export function required(config: Config, name: 'TEMPORAL_ADDRESS' | 'DATABASE_URL'): string {
  const value = config[name];
  if (value !== undefined) return value;
  throw new ConfigError(`environment: a worker needs ${name}; \`baton up\` sets it for the embedded stack`);
}
