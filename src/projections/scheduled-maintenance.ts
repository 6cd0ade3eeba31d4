/** The projector keeps the schedule of maintenance, on connections of its own, so that following runs waits for nothing. */
import { hostname } from 'node:os';
import type { Config } from '../config.ts';
import { closeDatabase, openDatabase } from '../database/database.ts';
import type { Logger } from '../log/log.ts';
import { keepSchedule } from '../maintenance/index.ts';

const HOUR_MS = 3_600_000;
/** Longest that a statement of maintenance may take. */
const PATIENCE_SECONDS = 3_600;

interface Scheduled {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Until stopped; at once where it is switched off. Never throws. */
export async function maintainOnSchedule({ config, databaseUrl, log, signal }: Scheduled): Promise<void> {
  const { BATON_MAINTAIN_HOURS: hours, BATON_AUDIT_DAYS: days, BATON_ARCHIVE: archive } = config;
  if (hours === 0) return;
  const options = { log, name: 'maintenance', max: 3, seconds: PATIENCE_SECONDS };
  const database = openDatabase(databaseUrl, options);
  const schedule = {
    ...{ database, log, by: `projector-${process.pid}@${hostname()}`, everyMs: hours * HOUR_MS },
    ...{ archive: archive ?? null, auditMs: days === 0 ? null : days * 24 * HOUR_MS },
  };
  await keepSchedule(schedule, signal);
  await closeDatabase(database);
}
