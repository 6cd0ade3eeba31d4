/** The activities of steps, by the kinds whose work they are. The others do theirs in the workflow, or as turns and calls. */
import type { Agent } from 'undici';
import type { Config } from '../config.ts';
import type { StepKind } from '../plan/plan.ts';
import type { StepActivity } from '../protocol/activity.ts';
import { performCommand } from './command.ts';
import type { ActivityDeps } from './frame.ts';
import { actsByHttp, performHttp } from './http.ts';
import type { NodeDesk } from './nodes/desk.ts';
import { performErrand } from './nodes/errand.ts';
import type { Errands } from './nodes/errands.ts';
import { performNode } from './nodes/node.ts';
import type { ProcessMeans } from './processes/run-process.ts';
import { stepActivity } from './step-activity.ts';
import type { Snapshots } from './workspace/snapshots/snapshots.ts';
import { performTransform } from './transform.ts';

/** A kind that is not named here has an activity of its own. */
type Performed = Exclude<StepKind, 'agent' | 'ask' | 'wait'>;

export type StepActivities = Readonly<Record<Performed, StepActivity>>;

interface Means extends ProcessMeans {
  readonly agent: Agent;
  readonly config: Config;
  /** The worker's environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly snapshots: Snapshots;
  readonly desk: NodeDesk;
  readonly errands: Errands;
}

export function stepActivities(
  deps: ActivityDeps,
  { agent, config, desk, errands, ...means }: Means,
): StepActivities {
  const errand = performErrand({ errands, allowed: config.BATON_NODE_TASK_QUEUES });
  const command = performCommand({ allowed: config.BATON_ALLOW_COMMANDS, ...means });
  return {
    http: stepActivity(deps, performHttp(agent, deps.secrets), actsByHttp),
    command: stepActivity(deps, command, () => true),
    // What a node or a worker has begun outlives its attempt by itself: see the desk, and errands.
    node: stepActivity(deps, performNode(desk, errand)),
    transform: stepActivity(deps, performTransform),
  };
}
