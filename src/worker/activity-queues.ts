/** What a worker of activities does for steps, and on which task queues. */
import type { WorkerOptions } from '@temporalio/worker';
import { createPerforming } from '../activities/activities.ts';
import { createLauncher } from '../activities/processes/launcher.ts';
import { workspaceQueue } from '../activities/workspace/worker-queue.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../log/log.ts';
import type { Stores } from './stores.ts';
import { ACTIVITY_OPTIONS, EFFECT_MS, WORKSPACE_OPTIONS } from './worker-options.ts';

/** Of one worker. */
export type QueueOptions = Pick<WorkerOptions, 'taskQueue' | 'activities'> & Partial<WorkerOptions>;

/** What this process does for steps, by queue; the first is the run's own. */
export async function activityQueues(
  { config, log }: { readonly config: Config; readonly log: Logger },
  { database, streamer, ending }: Stores,
): Promise<readonly QueueOptions[]> {
  const workspaces = await workspaceQueue(config);
  const launcher = createLauncher(config);
  if (config.BATON_ALLOW_COMMANDS) await launcher.announce(log);
  const settings = { database, config, log, streamer, launcher, workspaceQueue: workspaces };
  const { activities, effects, errands } = createPerforming(settings);
  ending.push(
    () => effects.settle(EFFECT_MS),
    () => errands.close(),
  );
  const shared = [config.BATON_TASK_QUEUE, ...capabilityQueues(config)];
  return [
    ...shared.map((taskQueue) => ({ taskQueue, activities, ...ACTIVITY_OPTIONS })),
    { taskQueue: workspaces, activities, ...WORKSPACE_OPTIONS },
  ];
}

function capabilityQueues(config: Config): string[] {
  return [...new Set(config.BATON_CAPABILITIES)].filter((name) => name !== config.BATON_TASK_QUEUE);
}
