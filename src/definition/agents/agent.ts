/** One agent: what a definition or a file says of it, over what is there already under its name or under `extends`. */
import type { AgentProfile } from '../../plan/plan.ts';
import type { Path } from '../../plan/json.ts';
import { hintFor } from '../hints/suggest.ts';
import type { Problems } from '../text/problem.ts';
import { agentSchema } from '../fields/schema.ts';
import { shaped } from '../fields/shape.ts';
import { compileMcp, type McpServers } from './mcp.ts';
import { builtInAgent, systemOf } from './roster.ts';
import { compileSettings, merged, NO_SETTINGS, type AgentSettings, type Layer } from './settings.ts';
import { allOf, isWorkspaceTool, serverOf } from './tools.ts';

export interface Agent {
  readonly purpose: string;
  /** What it is told to be, where its author did not write the whole system prompt. */
  readonly role: string;
  /** The author's own system prompt, taken as it is. */
  readonly system: string | null;
  readonly mcp: McpServers;
  readonly settings: AgentSettings;
}

/** The layers below the one that is compiled. */
export interface Below {
  readonly find: (name: string) => Agent | undefined;
  readonly names: () => readonly string[];
}

/** An agent of whom nothing but a name is known. */
export function unknownAgent(name: string): Agent {
  const role = `You are the "${name}" agent: an expert in what this role means.`;
  return { purpose: `Acts as ${name}`, role, system: null, mcp: {}, settings: NO_SETTINGS };
}

/** A built-in agent; its tools work on files, so without a workspace it has none. */
export function rosterAgent(name: string, workspace: boolean): Agent | undefined {
  const known = builtInAgent(name);
  if (known === undefined) return undefined;
  const settings = { ...NO_SETTINGS, tools: workspace ? known.tools : [] };
  return { purpose: known.purpose, role: known.role, system: null, mcp: {}, settings };
}

/** The agent `name` as `value` describes it. What is wrong is noted, and left out. */
export function compileAgent(
  name: string,
  value: unknown,
  below: Below,
  { path, problems, workspace }: Pick<Layer, 'path' | 'problems' | 'workspace'>,
): Agent {
  const shape = shaped(agentSchema, value ?? {}, path, problems);
  const base = baseOf(name, shape?.extends, below, [...path, 'extends'], problems);
  if (shape === null) return base;
  const own = compileMcp(shape.mcp, [...path, 'mcp'], problems);
  const mcp = { ...base.mcp, ...own };
  // A server that is declared is meant to be used: its tools are granted unless the list of tools names some.
  const granted = [...(shape.tools ?? base.settings.tools ?? [])];
  const named = new Set(granted.map(serverOf));
  const added = Object.keys(own).filter((server) => !named.has(server));
  const said = added.length === 0 ? shape : { ...shape, tools: [...granted, ...added.map(allOf)] };
  const inherited = base.settings.tools ?? [];
  const layer = { path, problems, workspace, servers: new Set(Object.keys(mcp)), inherited };
  const settings = merged(compileSettings(said, layer), base.settings);
  const purpose = shape.purpose ?? base.purpose;
  return { purpose, role: base.role, system: shape.system ?? base.system, mcp, settings };
}

/** What the plan keeps of an agent. */
export function profileOf({ purpose, role, system, mcp, settings }: Agent): AgentProfile {
  const worksOnFiles = (settings.tools ?? []).some(isWorkspaceTool);
  return { purpose, system: system ?? systemOf(role, worksOnFiles), mcp };
}

function baseOf(
  name: string,
  named: string | undefined,
  below: Below,
  path: Path,
  problems: Problems,
): Agent {
  if (named === undefined) return below.find(name) ?? unknownAgent(name);
  const base = below.find(named);
  if (base !== undefined) return base;
  const message = `There is no agent "${named}" to extend.`;
  problems.error('agent_unknown', path, message, () => hintFor(named, below.names(), ''));
  return unknownAgent(name);
}
