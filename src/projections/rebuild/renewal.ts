/**
 * After an upgrade: the rows that an older version has left are written anew in the background, run by run, while the
 * projector follows what is open.
 *
 *     looking ──(some are outdated)──▶ renewing, run by run ──▶ looking again a minute later
 *
 * What is done stays done when the process ends; the next one, or another projector, goes on. A run that cannot be
 * renewed is told, and tried again with the next look.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../database/database.ts';
import type { Logger } from '../../log/log.ts';
import { metrics } from '../metrics/metrics.ts';
import { countOutdated, outdatedRuns, renewRun } from './renew-run.ts';

const LOOK_MS = 60_000;
const TELL_MS = 10_000;

export interface RenewalSettings {
  /** For what may take its time. */
  readonly database: Database;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Looks and renews until stopped. Never throws. */
export async function renewRows({ database, log, signal }: RenewalSettings): Promise<void> {
  while (!signal.aborted) {
    try {
      await renewOutdated({ database, log, signal });
    } catch (error) {
      if (!signal.aborted)
        log.debug({ err: error }, 'looking for rows of an older version failed; trying again');
    }
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
  }
}

async function renewOutdated({ database, log, signal }: RenewalSettings): Promise<void> {
  const outdated = await countOutdated(database);
  metrics.outdatedRuns.set(outdated);
  if (outdated === 0) return;
  log.info({ runs: outdated }, 'rows of an older version are written anew from the stored events');
  let done = 0;
  let toldAt = Date.now();
  for await (const runId of outdatedRuns(database)) {
    if (signal.aborted) return;
    const beganAt = performance.now();
    if (await renewed(runId, { database, log, signal })) {
      done += 1;
      metrics.outdatedRuns.dec();
    }
    if (Date.now() - toldAt > TELL_MS) {
      log.info(
        { done, left: Math.max(0, outdated - done) },
        'rows of an older version are being written anew',
      );
      toldAt = Date.now();
    }
    // Rests as long as it has worked: what is open goes first.
    await sleep(performance.now() - beganAt, undefined, { signal }).catch(() => {});
  }
  const left = await countOutdated(database);
  metrics.outdatedRuns.set(left);
  log.info(
    { done, left },
    left === 0 ? 'all rows are of this version' : 'some rows are still of an older version',
  );
}

/** False when the run's rows stay as they are. */
async function renewed(runId: string, { database, log, signal }: RenewalSettings): Promise<boolean> {
  try {
    return (await renewRun(database, runId)) !== null;
  } catch (error) {
    if (!signal.aborted) {
      log.error(
        { err: error, run: runId },
        'the rows of a run could not be written anew; trying again later',
      );
    }
    return false;
  }
}
