/**
 * The projector: follows every open run of the task queue and keeps the read tables up to date.
 *
 * Any number may run side by side; they share the runs by leases, and one that dies is replaced within ten seconds.
 * While Temporal or Postgres are away, or silent, it tries again and again, and goes on when they are back; its health
 * (`pulse.ts`) says so meanwhile.
 */
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../config.ts';
import type { Config } from '../config.ts';
import { closeDatabase, openDatabase } from '../database/database.ts';
import type { Database } from '../database/database.ts';
import { migrate } from '../database/migrate.ts';
import { messageOf } from '../errors/errors.ts';
import type { Logger } from '../log/log.ts';
import { pollingTemporal } from '../temporal/connection.ts';
import { HistorySource } from '../temporal/history-source.ts';
import { Discovery } from './following/discovery.ts';
import { listenForHints } from './following/hints.ts';
import { serveMetrics } from './metrics/metrics-server.ts';
import { PageWriter } from './page-writer.ts';
import type { WriteHook } from './page-writer.ts';
import { PollBudget } from './following/poll-budget.ts';
import { ProcessWatch } from './following/process-watch.ts';
import { Pulse } from './metrics/pulse.ts';
import { renewRows } from './rebuild/renewal.ts';
import { maintainOnSchedule } from './scheduled-maintenance.ts';
import { sendEvents } from './sent-events.ts';
import { noteLags } from './following/note-lag.ts';
import { sweepStreams } from './following/sweep-streams.ts';
import { releaseLeases } from './sql/release-leases.ts';
import { Tails } from './following/tails.ts';
import { exportSpans } from './tracing/index.ts';
import { isExporting } from '../tracing/otlp-settings.ts';

const RETRY_MS = 1_000;
/** Longest that a statement of a rebuild may take. */
const REBUILD_SECONDS = 120;
/** What tails may take to end; the process may have 5 s in all. */
const STOP_MS = 2_500;

export interface ProjectorSettings {
  readonly config: Config;
  readonly log: Logger;
  /** Its abort stops the projector. */
  readonly signal: AbortSignal;
  /** Called once hints are heard and the first sweep went through. */
  readonly onReady?: () => void;
  /** For tests that stop the process in the middle of a page. */
  readonly writeHook?: WriteHook;
}

/**
 * Runs until `signal` aborts.
 *
 * @throws ConfigError without TEMPORAL_ADDRESS or DATABASE_URL
 */
export async function runProjector(settings: ProjectorSettings): Promise<void> {
  const { config, log } = settings;
  const address = required(config, 'TEMPORAL_ADDRESS');
  const databaseUrl = required(config, 'DATABASE_URL');
  // A signal of our own: everything that waits listens to it.
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const abort = () => stop.abort();
  if (settings.signal.aborted) abort();
  settings.signal.addEventListener('abort', abort, { once: true });
  const database = openDatabase(databaseUrl, {
    log,
    name: 'projector',
    seconds: config.BATON_DATABASE_SECONDS,
  });
  const patientDatabase = openDatabase(databaseUrl, {
    log,
    name: 'projector-rebuild',
    max: 2,
    seconds: Math.max(REBUILD_SECONDS, config.BATON_DATABASE_SECONDS),
  });
  const connection = pollingTemporal({ address, namespace: config.TEMPORAL_NAMESPACE });
  const pulse = new Pulse();
  const metricsServer = await serveMetrics(config, pulse, log);
  try {
    await migratePatiently(databaseUrl, log, stop.signal);
    const source = new HistorySource(connection, config.TEMPORAL_NAMESPACE);
    await Promise.all([
      project({ ...settings, signal: stop.signal }, { database, patientDatabase, source, pulse }),
      maintainOnSchedule({ config, databaseUrl, log, signal: stop.signal }),
      sendEvents({ config, databaseUrl, log, signal: stop.signal }),
      exportSpans({ config, databaseUrl, log, signal: stop.signal }),
    ]);
  } finally {
    metricsServer.close();
    settings.signal.removeEventListener('abort', abort);
    await Promise.allSettled([closeDatabase(database), closeDatabase(patientDatabase), connection.close()]);
  }
}

interface Means {
  readonly database: Database;
  readonly patientDatabase: Database;
  readonly source: HistorySource;
  readonly pulse: Pulse;
}

async function project(
  { config, log, signal, onReady, writeHook }: ProjectorSettings,
  { database, patientDatabase, source, pulse }: Means,
): Promise<void> {
  const owner = `projector-${process.pid}@${hostname()}-${randomUUID()}`;
  const taskQueue = config.BATON_TASK_QUEUE;
  const writer = new PageWriter(database, owner, pulse, writeHook);
  const polls = new PollBudget(signal);
  const tracing = isExporting(config);
  const context = { database, patientDatabase, source, writer, polls, owner, tracing, log, signal };
  const tails = new Tails(context, pulse);
  const shared = { database, source, taskQueue, log, signal };
  const discovery = new Discovery({
    ...shared,
    pulse,
    onFound: (runId, first) => tails.ensure(runId, first),
  });
  const watch = new ProcessWatch({ ...shared, tails: () => tails.all() });
  const ready = readiness(2, () => {
    log.info({ taskQueue, owner }, 'projector follows runs');
    onReady?.();
  });
  await Promise.all([
    listenForHints({
      ...shared,
      onHint: (execution) => {
        tails.stir(execution.runId);
        void discovery.takeHint(execution);
      },
      onListening: ready('hints'),
      onAlive: () => pulse.beat('hints'),
      onLost: (error) => pulse.miss('hints', error),
    }),
    discovery.run(ready('sweep')),
    watch.run(),
    sweepStreams({ ...shared, minutes: config.BATON_STREAM_MINUTES }),
    noteLags(shared),
    tails.run(),
    renewRows({ database: patientDatabase, log, signal }),
  ]);
  await Promise.race([tails.ended(), sleep(STOP_MS)]);
  await database.query(releaseLeases(owner)).catch((error: unknown) => {
    log.debug({ reason: messageOf(error) }, 'leases were not given back; they run out');
  });
}

/** Calls `done` once, when so many different things have happened. */
function readiness(count: number, done: () => void): (name: string) => () => void {
  const happened = new Set<string>();
  return (name) => () => {
    if (happened.has(name)) return;
    happened.add(name);
    if (happened.size === count) done();
  };
}

async function migratePatiently(url: string, log: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await migrate(url, log);
      return;
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'Postgres is away or cannot be migrated; trying again');
      await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }
}

function required(config: Config, name: 'TEMPORAL_ADDRESS' | 'DATABASE_URL'): string {
  const value = config[name];
  if (value !== undefined) return value;
  throw new ConfigError(
    `environment: a projector needs ${name}; \`baton up\` sets it for the embedded stack`,
  );
}
