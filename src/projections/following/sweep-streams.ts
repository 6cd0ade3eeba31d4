/**
 * Forgets what was streamed of answers through Postgres, some time after their last piece. Several projectors may do it
 * at once. Redis forgets by itself; what was written before it was chosen is still forgotten here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../database/database.ts';
import { messageOf } from '../../errors/errors.ts';
import type { Logger } from '../../log/log.ts';
import { metrics } from '../metrics/metrics.ts';
import { PostgresStreamer } from '../../streaming/postgres-streamer.ts';

const MINUTE_MS = 60_000;

export interface StreamSweep {
  readonly database: Database;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly minutes: number;
}

/** Looks every minute, or twice in the time they are kept, until stopped. Never throws. */
export async function sweepStreams({ database, log, signal, minutes }: StreamSweep): Promise<void> {
  const streamer = new PostgresStreamer(database, log);
  const interval = Math.min(MINUTE_MS, (minutes * MINUTE_MS) / 2);
  while (!signal.aborted) {
    await sleep(interval, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const pieces = await streamer.clean(minutes);
      metrics.swept.inc(pieces);
      metrics.sweeps.inc({ result: 'ok' });
      if (pieces > 0) log.debug({ pieces }, 'streamed answers cleaned');
    } catch (error) {
      metrics.sweeps.inc({ result: 'failed' });
      log.warn({ reason: messageOf(error) }, 'streamed answers could not be cleaned; trying again');
    }
  }
}
