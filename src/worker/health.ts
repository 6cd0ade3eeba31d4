/** The health of a worker while it runs: whether its polls reach Temporal and its threads answer, with its figures. */
import type { NativeConnection, Worker } from '@temporalio/worker';
import type { Config } from '../config.ts';
import type { Logger } from '../log/log.ts';
import { serveHealth } from './health-server.ts';
import { metrics, registry } from './metrics.ts';
import { PollProof, type Serves } from './poll-proof.ts';

/** A thread that is silent for longer is about to be replaced. */
const SILENCE_MS = 5_000;

export interface WatchedWorker {
  readonly config: Config;
  readonly connection: NativeConnection;
  readonly identity: string;
  readonly serves: readonly Serves[];
  readonly workers: readonly Worker[];
  readonly log: Logger;
  /** How long the slowest thread of workflows has been at one piece of work, in ms. */
  readonly silentMs: () => number;
}

/** Serves it on BATON_METRICS_PORT, if there is one, until the answered function is called. */
export async function showHealth(watched: WatchedWorker): Promise<() => Promise<void>> {
  const { config, connection, identity, serves, workers, log, silentMs } = watched;
  if (config.BATON_METRICS_PORT === 0) return async () => {};
  const { TEMPORAL_NAMESPACE: namespace, BATON_TASK_QUEUE: taskQueue } = config;
  const proof = new PollProof({ connection, namespace, taskQueue, identity, serves });
  const missing = () =>
    silentMs() > SILENCE_MS
      ? `a thread of workflows has not answered for ${Math.round(silentMs() / 1000)} s`
      : proof.missing();
  const figures = async () => {
    observe(workers);
    return registry.metrics();
  };
  const server = await serveHealth(config, { missing, figures, type: registry.contentType }, log);
  const ended = new AbortController();
  const proving = proof.run(ended.signal);
  return async () => {
    ended.abort();
    server.close();
    await proving;
  };
}

function observe(workers: readonly Worker[]): void {
  const all = workers.map((worker) => worker.getStatus());
  const sum = (figure: (status: (typeof all)[number]) => number) =>
    all.reduce((total, status) => total + figure(status), 0);
  for (const [of, slots] of slotsOf(workers)) metrics.slots.set({ of }, slots);
  metrics.activities.set(sum((status) => status.numInFlightActivities));
  metrics.activations.set(sum((status) => status.numInFlightWorkflowActivations));
  metrics.cachedRuns.set(sum((status) => status.numCachedWorkflows));
}

/** Workers that serve no such thing have none. */
function slotsOf(workers: readonly Worker[]): readonly (readonly [string, number])[] {
  const sum = (figure: (options: Worker['options']) => number | false | undefined) =>
    workers.reduce((total, { options }) => total + (figure(options) || 0), 0);
  return [
    [
      'activities',
      sum(({ activities, maxConcurrentActivityTaskExecutions: most }) => activities?.size && most),
    ],
    [
      'workflow_tasks',
      sum(
        ({ workflowBundle, maxConcurrentWorkflowTaskExecutions: most }) =>
          workflowBundle !== undefined && most,
      ),
    ],
  ];
}
