/** Notes each minute how far the tables were behind Temporal at most, for whoever looks back. What could not be noted is not tried again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../database/database.ts';
import { messageOf } from '../../errors/errors.ts';
import type { Logger } from '../../log/log.ts';
import { takeLongestLag } from '../metrics/metrics.ts';
import { insertLag } from '../sql/insert-lag.ts';

const MINUTE_MS = 60_000;

interface LagNotes {
  readonly database: Database;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Until it is aborted; what has come since the last minute is noted then, too. */
export async function noteLags({ database, log, signal }: LagNotes): Promise<void> {
  while (!signal.aborted) {
    await sleep(MINUTE_MS, undefined, { signal }).catch(() => undefined);
    await noteLag(database).catch((error: unknown) => {
      log.debug({ reason: messageOf(error) }, 'the lag of the projection was not noted');
    });
  }
}

/** Nothing where nothing was written. */
export async function noteLag(database: Pick<Database, 'query'>): Promise<void> {
  const longest = takeLongestLag();
  if (longest !== null) await database.query(insertLag(longest));
}
