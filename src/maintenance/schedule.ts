/**
 * Maintenance without an operator: whoever keeps the schedule looks now and then whether it is due, and has it done.
 *
 *     looking ──(due, and nobody else is at it)──▶ retention, audit log, blobs ──▶ looking again
 *
 * Any number of processes may keep it: they share the lock of all maintenance and the record of what was done
 * (`maintenance_runs`). What fails is told there and in the log, and tried again an hour later; nothing is thrown. A
 * process that dies in the middle leaves whole runs here or gone, and the next one goes on an hour later.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database/database.ts';
import { BatonError, messageOf } from '../errors/errors.ts';
import type { Logger } from '../log/log.ts';
import { exclusively } from './exclusively.ts';
import { doTasks, type Chores } from './chores.ts';
import { beginMaintenance, endMaintenance, isDue } from './maintenance-runs.ts';

export interface Schedule extends Chores {
  readonly database: Database;
  readonly log: Logger;
  /** Who keeps it. */
  readonly by: string;
  readonly everyMs: number;
}

/** What a look came to. */
export type Looked = 'not_due' | 'busy' | 'done' | 'failed';

/** A process that has just started has more urgent things to do. */
const FIRST_LOOK_MS = 60_000;
const LOOK_MS = 300_000;

/** Looks until stopped; work that is under way then is given up. Never throws. */
export async function keepSchedule(schedule: Schedule, signal: AbortSignal): Promise<void> {
  const pause = (ms: number) => sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await pause(Math.min(FIRST_LOOK_MS, schedule.everyMs));
  while (!signal.aborted) {
    await Promise.race([maintainWhenDue(schedule), stopped]);
    await pause(Math.min(LOOK_MS, schedule.everyMs));
  }
}

/** Never throws. */
export async function maintainWhenDue(schedule: Schedule): Promise<Looked> {
  const { database, log, everyMs } = schedule;
  try {
    if (!(await isDue(database, everyMs))) return 'not_due';
    // Somebody else may have done it before the lock was had.
    return await exclusively(database, async () =>
      (await isDue(database, everyMs)) ? maintain(schedule) : 'not_due',
    );
  } catch (error) {
    if (error instanceof BatonError && error.code === 'maintenance_running') return 'busy';
    log.warn({ reason: messageOf(error) }, 'maintenance could not be looked after; trying again');
    return 'failed';
  }
}

async function maintain(schedule: Schedule): Promise<Looked> {
  const { database, log, by } = schedule;
  const id = await beginMaintenance(database, by);
  const { failure, done } = await doTasks(database, schedule);
  await endMaintenance(database, id, { outcome: failure ?? 'done', detail: done });
  if (failure === null) log.info({ done }, 'maintenance done');
  else log.error({ failure, done }, 'maintenance has failed; trying again in an hour');
  return failure === null ? 'done' : 'failed';
}
