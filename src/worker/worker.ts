/**
 * Runs Temporal workers of one role until told to stop.
 *
 * Workflows and activities are roles of separate processes, since a workflow activation that takes over 5 s ends its
 * process; `all` puts both into one (tests, benchmarks). Activities are served on the task queue and on every
 * capability.
 */
import {
  GracefulShutdownPeriodExpiredError,
  type ActivityInterceptorsFactory,
  type NativeConnection,
  type Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import type { Config } from '../config.ts';
import { messageOf } from '../errors/errors.ts';
import type { Logger } from '../log/log.ts';
import { IS_BUILT } from '../places.ts';
import type { QueueOptions } from './activity-queues.ts';
import { BUNDLE_FILE, bundleWorkflows } from './bundle.ts';
import { connectPatiently } from './connect.ts';
import { createWorker } from './create-worker.ts';
import { showHealth } from './health.ts';
import { measureActivity } from './measure-activity.ts';
import type { Serves } from './poll-proof.ts';
import { openStallStore, openStores, required, type Stores } from './stores.ts';
import { isExporting } from '../tracing/otlp-settings.ts';
import { RunTraces, traceActivity } from './trace-activity.ts';
import { StallGuard } from './watch/stall-guard.ts';
import { PATIENCE_MS, StuckThreadError, threadWatch } from './watch/watch-threads.ts';
import { withWatchedThreads } from './watch/workflow-threads.ts';
import { COMMON_OPTIONS, WORKFLOW_OPTIONS, workerIdentity } from './worker-options.ts';

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
  /** Threads for workflow code; 2 unless told. */
  readonly threads?: number;
  /** How long workflow code may keep a thread busy before it is stopped; 8 s unless told. */
  readonly threadPatienceMs?: number;
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
  const stallStore = stores ?? openStallStore(config, log);
  try {
    const connection = await connectPatiently(address, log, signal, { relay: config.BATON_TEMPORAL_RELAY });
    if (connection === null) return;
    try {
      const guard =
        stallStore === null
          ? null
          : new StallGuard(stallStore.database, connection, config.TEMPORAL_NAMESPACE, log);
      // Before the first poll: what has stalled its workers too often is not taken up again.
      await guard?.endRepeated();
      await serve(settings, connection, stores, guard);
    } finally {
      // It cannot be closed under a thread that does not end.
      await connection
        .close()
        .catch((error: unknown) => log.warn({ reason: messageOf(error) }, 'not closed'));
    }
  } finally {
    await stallStore?.close();
  }
}

/** Creates the workers and runs them, with their health for others to see. */
async function serve(
  settings: WorkerSettings,
  connection: NativeConnection,
  stores: Stores | null,
  guard: StallGuard | null,
): Promise<void> {
  const { role, config, log } = settings;
  const identity = workerIdentity(role);
  const stuck = new AbortController();
  const patienceMs = settings.threadPatienceMs ?? PATIENCE_MS;
  const watch = threadWatch({ guard, patienceMs, identity, log, onStuck: () => stuck.abort() });
  const workers = await withWatchedThreads(watch, () =>
    createWorkers(settings, connection, stores, identity),
  );
  log.info({ role, queues: workers.map((worker) => worker.options.taskQueue) }, 'worker started');
  const serves: readonly Serves[] = role === 'all' ? ['workflows', 'activities'] : [role];
  const { silentMs } = watch;
  const hide = await showHealth({ config, connection, identity, serves, workers, log, silentMs });
  try {
    await runAll(workers, { ...settings, signal: AbortSignal.any([settings.signal, stuck.signal]) });
  } catch (error) {
    // What a worker says whose thread is still at work is of no interest.
    if (!stuck.signal.aborted) throw error;
  } finally {
    await hide();
  }
  if (stuck.signal.aborted) throw new StuckThreadError();
}

/** One worker for each queue: the run's own, those of its capabilities, and the one that leads to its workspaces. */
async function createWorkers(
  settings: WorkerSettings,
  connection: NativeConnection,
  stores: Stores | null,
  identity: string,
): Promise<Worker[]> {
  const { role, config } = settings;
  const base = {
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    identity,
    ...COMMON_OPTIONS,
    interceptors: { activity: [measureActivity, ...tracing(config, stores)] },
  };
  const workflows =
    role === 'activities'
      ? null
      : {
          workflowBundle: await bundleFor(settings),
          ...WORKFLOW_OPTIONS,
          workflowThreadPoolSize: settings.threads ?? WORKFLOW_OPTIONS.workflowThreadPoolSize,
        };
  const serving = stores === null ? [] : await servingSteps(settings, stores);
  const own: WorkerOptions = { ...base, taskQueue: config.BATON_TASK_QUEUE, ...workflows, ...serving[0] };
  const further = serving.slice(1).map((options): WorkerOptions => ({ ...base, ...options }));
  return Promise.all([own, ...further].map(createWorker));
}

/** A worker without a database has no activities of steps. */
function tracing(config: Config, stores: Stores | null): readonly ActivityInterceptorsFactory[] {
  if (stores === null) return [];
  const traces = new RunTraces(stores.database);
  return [traceActivity(traces, config.BATON_TRACE_PROPAGATE, isExporting(config))];
}

/** The code of activities is half of a worker's, and no business of one that runs workflows only. */
async function servingSteps(settings: WorkerSettings, stores: Stores): Promise<readonly QueueOptions[]> {
  const { activityQueues } = await import('./activity-queues.ts');
  return activityQueues(settings, stores);
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

/**
 * What is cut short by our own stop is no failure: Temporal notices by heartbeat and gives it to another worker. Of workers
 * that stop together the SDK says of one that its time is over, and may say of the others that they are still in use.
 */
function endedBy(reason: unknown, signal: AbortSignal, log: Logger): void {
  if (!signal.aborted || !isLateStop(reason)) throw reason;
  log.warn({ reason: messageOf(reason) }, 'stopped before all activities had ended');
}

const isLateStop = (reason: unknown): boolean =>
  reason instanceof GracefulShutdownPeriodExpiredError || messageOf(reason).startsWith('Worker still in use');

/** `shutdown` throws in any other state. */
function shutdown(worker: Worker): void {
  if (worker.getState() === 'RUNNING') worker.shutdown();
}
