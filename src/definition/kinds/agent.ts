/** Compiles a step of kind `agent`: who it names, what it overrides, and everything resolved. */
import type { z } from 'zod';
import type { AgentSpec } from '../../plan/plan.ts';
import { EDIT_PLAN } from '../../protocol/agent.ts';
import { hintFor } from '../hints/suggest.ts';
import { NO_LIMITS } from '../../protocol/limits.ts';
import { agentSettings, named, template } from '../fields/schema.ts';
import { STAND_IN } from '../fields/shape.ts';
import { PLAIN, stepSchema } from './kind.ts';
import type { KindContext, KindDefinition } from './kind.ts';
import { unknownAgent, type Agent } from '../agents/agent.ts';
import { compileSettings, merged, noteWorkspaceMissing, type AgentSettings } from '../agents/settings.ts';
import { grants, isWorkspaceTool, serverOf } from '../agents/tools.ts';

const DEFAULT_MAX_TURNS = 30;
/** One vendor's bad minute must not end an agent's long work: the tries are for each turn anew. */
const TRIES_PER_TURN = 4;

const schema = stepSchema({ agent: named, prompt: template, ...agentSettings });
type AgentStep = z.infer<typeof schema>;

export const agentDefinition: KindDefinition<AgentSpec, AgentStep> = {
  ...PLAIN,
  schema,
  retries: {
    usual: { ...PLAIN.retries.usual, attempts: TRIES_PER_TURN, initialMs: 2_000 },
    attempts: TRIES_PER_TURN,
  },
  proposes: true,
  compile: compileAgentSpec,
  worksInWorkspace: (spec, agents) => worksInWorkspace(spec, agents.named(spec.agent)),
};

/** The spec of a step. What is wrong is noted. */
function compileAgentSpec(step: AgentStep, context: KindContext): AgentSpec {
  const { path, problems, templates, workspace } = context;
  const agent = agentOf(step.agent, context);
  const own = compileSettings(step, {
    path,
    problems,
    servers: new Set(Object.keys(agent.mcp)),
    inherited: agent.settings.tools ?? [],
    workspace: workspace ? 'yes' : 'no',
  });
  const all = merged(own, agent.settings);
  const granted = all.tools ?? [];
  const tools = context.edits === null ? granted : [...granted, EDIT_PLAN];
  const isGranted = grants(tools);
  // What the step itself names was judged above.
  const missing = workspace || own.tools !== null ? undefined : tools.find(isWorkspaceTool);
  if (missing !== undefined) noteWorkspaceMissing(missing, [...path, 'agent'], problems);
  return {
    kind: 'agent',
    agent: step.agent,
    prompt: templates.node(step.prompt, [...path, 'prompt']),
    models: modelsOf(all, own, context),
    outputSchema: all.outputSchema,
    temperature: all.temperature,
    maxOutputTokens: all.maxOutputTokens,
    tools,
    approve: (all.approve ?? []).filter((entry) => entry === '*' || isGranted(entry)),
    limits: { ...NO_LIMITS, maxTurns: DEFAULT_MAX_TURNS, ...all.limits },
    ...onlySaid(all),
  };
}

/** These stand in a plan only where they say something, so that plans without them keep their hash. */
function onlySaid({
  continuations,
  contextWindow,
  compact,
}: AgentSettings): Pick<AgentSpec, 'continuations' | 'contextWindow' | 'compact'> {
  return {
    ...(continuations === null ? {} : { continuations }),
    ...(contextWindow === null ? {} : { contextWindow }),
    ...(compact === 'off' ? { compact } : {}),
  };
}

/** Does the step need the directory that steps of a run share? Servers are started only for tools that are granted. */
function worksInWorkspace({ tools }: AgentSpec, agent: Agent | undefined): boolean {
  const servers = Object.entries(agent?.mcp ?? {}).filter(([, { transport }]) => transport === 'stdio');
  const names = new Set(servers.map(([name]) => name));
  return tools.some((tool) => isWorkspaceTool(tool) || names.has(serverOf(tool) ?? ''));
}

function agentOf(name: string, { path, problems, agents }: KindContext): Agent {
  const agent = agents.named(name);
  if (agent !== undefined) return agent;
  if (name === STAND_IN || name.includes('{{')) return unknownAgent(name);
  const hint = () => hintFor(name, agents.names(), '');
  problems.error('agent_unknown', [...path, 'agent'], `There is no agent "${name}".`, hint);
  return unknownAgent(name);
}

/** The model, then those that stand in for it. Without a model the worker's default is asked, and has no stand-ins. */
function modelsOf(
  { model, fallbackModels }: AgentSettings,
  own: AgentSettings,
  { path, problems }: KindContext,
): readonly string[] {
  const fallbacks = fallbackModels ?? [];
  if (model !== null) return [...new Set([model, ...fallbacks])];
  if (fallbacks.length > 0) {
    const at = own.fallbackModels === null ? 'agent' : 'fallback_models';
    const message = 'There are fallback models, but no model that they could stand in for.';
    problems.error('model_missing', [...path, at], message, 'Add model: provider/model.');
  }
  return [];
}
