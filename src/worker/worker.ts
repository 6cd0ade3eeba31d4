/**
 * Runs Temporal workers of one role until told to stop.
 *
 * Workflows and activities are roles of separate processes, since a workflow activation that takes over 5 s ends its
 * process; `all` puts both into one (tests, benchmarks). Activities are served on the task queue and on every
 * capability.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GracefulShutdownPeriodExpiredError,
  type NativeConnection,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import { createActivities } from '../activities/activities.ts';
import { createLauncher } from '../activities/processes/launcher.ts';
import { workspaceQueue } from '../activities/workspace/worker-queue.ts';
import { ConfigError, type Config } from '../config.ts';
import { openDatabase, type Database } from '../database/database.ts';
import type { Logger } from '../log/log.ts';
import { openStreamer } from '../streaming/open-streamer.ts';
import type { Streamer } from '../streaming/streamer.ts';
import { BUNDLE_FILE, bundleWorkflows, IS_BUILT } from './bundle.ts';
import { connectPatiently } from './connect.ts';
import {
  ACTIVITY_OPTIONS,
  COMMON_OPTIONS,
  WORKFLOW_OPTIONS,
  WORKSPACE_OPTIONS,
  workerIdentity,
} from './worker-options.ts';

export const ROLES = ['workflows', 'activities', 'all'] as const;
export type Role = (typeof ROLES)[number];

export interface WorkerSettings {
  readonly role: Role;
  readonly config: Config;
  readonly log: Logger;
  /** Its abort stops the workers; runs and activities go on elsewhere. */
  readonly signal: AbortSignal;
  /** Takes the place of the built bundle. */
  readonly workflowBundle?: { readonly code: string };
  /** Called once all workers poll. */
  readonly onReady?: () => void;
}

/**
 * Resolves after a stop by `signal`.
 *
 * @throws ConfigError without TEMPORAL_ADDRESS (or DATABASE_URL and a BATON_HOME to write where activities run)
 * @throws UnavailableError when Temporal cannot be reached for a minute, and whatever ends a worker fatally
 */
export async function runWorker(settings: WorkerSettings): Promise<void> {
  const { role, config, log, signal } = settings;
  const address = required(config, 'TEMPORAL_ADDRESS');
  const stores = role === 'workflows' ? null : openStores(config, log);
  try {
    const connection = await connectPatiently(address, log, signal);
    if (connection === null) return;
    try {
      const workers = await createWorkers(settings, connection, stores);
      log.info({ role, queues: workers.map((worker) => worker.options.taskQueue) }, 'worker started');
      await runAll(workers, settings);
    } finally {
      await connection.close();
    }
  } finally {
    await stores?.close();
  }
}

interface Stores {
  readonly database: Database;
  readonly streamer: Streamer;
  close(): Promise<void>;
}

function openStores(config: Config, log: Logger): Stores {
  const url = required(config, 'DATABASE_URL');
  const database = openDatabase(url, { log, name: 'worker' });
  // Apart, so that streaming takes no connection from what must be stored.
  const streaming = openDatabase(url, { log, name: 'streaming', max: 2 });
  const streamer = openStreamer(config, streaming, log);
  return {
    database,
    streamer,
    close: async () => {
      await streamer.close();
      // A connection that hangs would keep the process from its end.
      const ended = Promise.race([streaming.end(), sleep(1_000, undefined, { ref: false })]);
      await Promise.all([database.end(), ended]);
    },
  };
}

function required(config: Config, name: 'TEMPORAL_ADDRESS' | 'DATABASE_URL'): string {
  const value = config[name];
  if (value !== undefined) return value;
  throw new ConfigError(`environment: a worker needs ${name}; \`baton up\` sets it for the embedded stack`);
}

/** One worker for each queue: the run's own, those of its capabilities, and the one that leads to its workspaces. */
async function createWorkers(
  settings: WorkerSettings,
  connection: NativeConnection,
  stores: Stores | null,
): Promise<Worker[]> {
  const { role, config } = settings;
  const base = {
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    identity: workerIdentity(role),
    ...COMMON_OPTIONS,
  };
  const workflows =
    role === 'activities' ? null : { workflowBundle: await bundleFor(settings), ...WORKFLOW_OPTIONS };
  const serving = stores === null ? [] : await activityQueues(settings, stores);
  const own: WorkerOptions = { ...base, taskQueue: config.BATON_TASK_QUEUE, ...workflows, ...serving[0] };
  const further = serving.slice(1).map((options): WorkerOptions => ({ ...base, ...options }));
  return Promise.all([own, ...further].map((options) => Worker.create(options)));
}

type QueueOptions = Pick<WorkerOptions, 'taskQueue' | 'activities'> & Partial<WorkerOptions>;

/** What this process does for steps, by queue; the first is the run's own. */
async function activityQueues(
  { config, log }: WorkerSettings,
  { database, streamer }: Stores,
): Promise<readonly QueueOptions[]> {
  const workspaces = await workspaceQueue(config);
  const launcher = createLauncher(config);
  if (config.BATON_ALLOW_COMMANDS) await launcher.announce(log);
  const activities = createActivities({
    ...{ database, config, log, streamer, launcher },
    workspaceQueue: workspaces,
  });
  const shared = [config.BATON_TASK_QUEUE, ...capabilityQueues(config)];
  return [
    ...shared.map((taskQueue) => ({ taskQueue, activities, ...ACTIVITY_OPTIONS })),
    { taskQueue: workspaces, activities, ...WORKSPACE_OPTIONS },
  ];
}

function capabilityQueues(config: Config): string[] {
  return [...new Set(config.BATON_CAPABILITIES)].filter((name) => name !== config.BATON_TASK_QUEUE);
}

async function bundleFor({
  workflowBundle,
}: WorkerSettings): Promise<{ code: string } | { codePath: string }> {
  if (workflowBundle !== undefined) return workflowBundle;
  return IS_BUILT ? { codePath: BUNDLE_FILE } : { code: await bundleWorkflows() };
}

/** Runs the workers together: when one fails, the others stop too. */
async function runAll(workers: readonly Worker[], { signal, log, onReady }: WorkerSettings): Promise<void> {
  const stop = () => workers.forEach(shutdown);
  const running = workers.map((worker) => worker.run().finally(stop));
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  onReady?.();
  const outcomes = await Promise.allSettled(running);
  signal.removeEventListener('abort', stop);
  for (const outcome of outcomes) if (outcome.status === 'rejected') endedBy(outcome.reason, signal, log);
}

/** What is cut short by our own stop is no failure: Temporal notices by heartbeat and gives it to another worker. */
function endedBy(reason: unknown, signal: AbortSignal, log: Logger): void {
  if (!signal.aborted || !(reason instanceof GracefulShutdownPeriodExpiredError)) throw reason;
  log.warn('stopped before all activities had ended');
}

/** `shutdown` throws in any other state. */
function shutdown(worker: Worker): void {
  if (worker.getState() === 'RUNNING') worker.shutdown();
}
