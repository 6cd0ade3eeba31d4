/** All activities of a worker, by the names under which the workflow calls them. */
import { readAgentFiles } from '../agent-files/index.ts';
import { Compiler } from '../compiling/compiler.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import type { Logger } from '../log/log.ts';
import type { LoadPlanActivity, WorkspaceActivity } from '../protocol/activity.ts';
import type { ToolActivity, TurnActivity } from '../protocol/agent.ts';
import type { Streamer } from '../streaming/streamer.ts';
import { NodeDesk } from './nodes/desk.ts';
import { Errands } from './nodes/errands.ts';
import { callNode } from './nodes/call-node.ts';
import { createProviders } from './agents/providers/index.ts';
import { turnActivity } from './agents/turn.ts';
import { Effects } from './effects/effects.ts';
import type { ActivityDeps } from './frame.ts';
import { loadPlanActivity } from './load-plan.ts';
import { stepAgent } from './network/guarded-agent.ts';
import { createLauncher, type Launcher } from './processes/launcher.ts';
import { proposer } from './tools/edit-plan/propose.ts';
import { readSecrets } from './secrets.ts';
import { stepActivities, type StepActivities } from './step-activities.ts';
import { toolDefinitions } from './tools/catalogue.ts';
import { toolActivity } from './tools/tool-activity.ts';
import { createToolbox } from './tools/toolbox.ts';
import { snapshotter } from './workspace/snapshots/snapshots.ts';
import { openWorkspaceActivity } from './workspace/open-workspace.ts';

export interface ActivitySettings {
  readonly database: Database;
  readonly config: Config;
  readonly log: Logger;
  /** Where the answers of models are told while they come. */
  readonly streamer: Pick<Streamer, 'begin'>;
  /** The task queue that leads to the workspaces of this worker's home. */
  readonly workspaceQueue: string;
  /** Secrets, vendors' keys and commands' PATH come from here. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** @default one of this configuration */
  readonly launcher?: Launcher;
}

/** The activities, and the way to let what they do come to its end. */
export interface Performing {
  readonly activities: Activities;
  readonly effects: Pick<Effects, 'settle'>;
  readonly errands: Pick<Errands, 'close'>;
}

export interface Activities extends StepActivities {
  readonly agent: TurnActivity;
  readonly tool: ToolActivity;
  readonly workspace: WorkspaceActivity;
  readonly plan: LoadPlanActivity;
}

/** Makes the activities; what they may do is fixed by the configuration for the life of the worker. */
export function createActivities(settings: ActivitySettings): Activities {
  return createPerforming(settings).activities;
}

/** The same, for a worker that stops. */
export function createPerforming(settings: ActivitySettings): Performing {
  const { database, config, log, env = process.env, launcher = createLauncher(config) } = settings;
  const secrets = readSecrets(env);
  const effects = new Effects({ database, log, secrets });
  const deps: ActivityDeps = { database, log, secrets, effects };
  const means = { launcher, masking: secrets };
  const allowPrivate = config.BATON_ALLOW_PRIVATE_NETWORK;
  const agent = stepAgent({ allowPrivate });
  const agentFiles = () => readAgentFiles(config.BATON_AGENTS);
  const toolbox = createToolbox({ config, env, secrets, agent, launcher });
  const snapshots = snapshotter({ env, ...means }, database);
  const desk = new NodeDesk({ database, log, call: callNode({ allowPrivate }) });
  const errands = new Errands({
    address: config.TEMPORAL_ADDRESS ?? '',
    namespace: config.TEMPORAL_NAMESPACE,
  });
  const activities: Activities = {
    agent: turnActivity({
      ...deps,
      models: { config, env },
      providers: createProviders({ config, env }, config.BATON_SCRIPT),
      streamer: settings.streamer,
      offerTools: ({ spec, mcp }, request) => toolDefinitions(spec.tools, { ...request, mcp }, toolbox),
    }),
    tool: toolActivity(deps, toolbox, {
      propose: proposer({ database, compiler: new Compiler(), agentFiles }),
      snapshots,
    }),
    workspace: openWorkspaceActivity(deps, {
      home: config.BATON_HOME,
      localSources: config.BATON_WORKSPACE_SOURCES,
      allowPrivate,
      queue: settings.workspaceQueue,
      env,
      ...means,
    }),
    ...stepActivities(deps, { agent, config, env, snapshots, desk, errands, ...means }),
    plan: loadPlanActivity(deps),
  };
  return { activities, effects, errands };
}
