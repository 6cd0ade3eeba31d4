/** All activities of a worker, by the names under which the workflow calls them. */
import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import type { Logger } from '../log/log.ts';
import type { LoadPlanActivity, StepActivity } from '../protocol/activity.ts';
import type { TurnActivity } from '../protocol/agent.ts';
import { createProviders } from './agents/providers/index.ts';
import { turnActivity } from './agents/turn.ts';
import { performCommand } from './command.ts';
import type { ActivityDeps } from './frame.ts';
import { performHttp } from './http.ts';
import { loadPlanActivity } from './load-plan.ts';
import { stepAgent } from './network/guarded-agent.ts';
import { readSecrets } from './secrets.ts';
import { stepActivity } from './step-activity.ts';
import { performTransform } from './transform.ts';

export interface ActivitySettings {
  readonly database: Database;
  readonly config: Config;
  readonly log: Logger;
  /** Secrets, vendors' keys and commands' PATH come from here. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

export interface Activities {
  readonly agent: TurnActivity;
  readonly http: StepActivity;
  readonly command: StepActivity;
  readonly transform: StepActivity;
  readonly plan: LoadPlanActivity;
}

/** Makes the activities; what they may do is fixed by the configuration for the life of the worker. */
export function createActivities(settings: ActivitySettings): Activities {
  const { database, config, log, env = process.env } = settings;
  const deps: ActivityDeps = { database, log, secrets: readSecrets(env) };
  const agent = stepAgent({ allowPrivate: config.BATON_ALLOW_PRIVATE_NETWORK });
  return {
    agent: turnActivity({
      ...deps,
      models: { config, env },
      providers: createProviders({ config, env }, config.BATON_SCRIPT),
      offerTools: async () => [],
    }),
    http: stepActivity(deps, performHttp(agent)),
    command: stepActivity(deps, performCommand({ allowed: config.BATON_ALLOW_COMMANDS, env })),
    transform: stepActivity(deps, performTransform),
    plan: loadPlanActivity({ database, log }),
  };
}
