/** The streamer that the settings choose: Redis where `REDIS_URL` is set, else Postgres. */
import type { Database } from '../database/database.ts';
import type { Logger } from '../log/log.ts';
import { PostgresStreamer } from './postgres-streamer.ts';
import { RedisStreamer } from './redis/redis-streamer.ts';
import type { Streamer } from './streamer.ts';

export interface StreamSettings {
  readonly REDIS_URL?: string | undefined;
  readonly BATON_STREAM_MINUTES: number;
}

/** @param database of Postgres, untouched when Redis is chosen */
export function openStreamer(
  { REDIS_URL: url, BATON_STREAM_MINUTES: minutes }: StreamSettings,
  database: Database,
  log: Logger,
): Streamer {
  return url === undefined ? new PostgresStreamer(database, log) : new RedisStreamer(url, minutes, log);
}
