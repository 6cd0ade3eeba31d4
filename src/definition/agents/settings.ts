/** What is said of an agent in one layer (step, definition, file, built-in), and how a layer covers the one below. */
import { writeJson } from '../../plan/exact-json.ts';
import type { JsonObject, Path } from '../../plan/json.ts';
import { EDIT_PLAN } from '../../protocol/agent.ts';
import { toolMeant } from '../hints/foreign-names.ts';
import { hintFor } from '../hints/suggest.ts';
import { compileSchema } from '../fields/json-schema.ts';
import { MAX_TOOLS } from '../text/effort.ts';
import { compileLimits, type SomeLimits } from '../fields/limits.ts';
import type { Problems } from '../text/problem.ts';
import type { AgentShape } from '../fields/schema.ts';
import { compileModels, type ModelSettings } from './models.ts';
import { allOf, BUILT_IN_TOOLS, grants, isWorkspaceTool, serverOf } from './tools.ts';

/** null = nothing is said here. */
export interface AgentSettings extends ModelSettings {
  readonly tools: readonly string[] | null;
  /** `*` = all. */
  readonly approve: readonly string[] | null;
  readonly limits: SomeLimits;
  readonly temperature: number | null;
  readonly maxOutputTokens: number | null;
  readonly continuations: number | null;
  readonly contextWindow: number | null;
  readonly compact: 'auto' | 'off' | null;
  readonly outputSchema: JsonObject | null;
}

export const NO_SETTINGS: AgentSettings = {
  model: null,
  fallbackModels: null,
  tools: null,
  approve: null,
  limits: {},
  temperature: null,
  maxOutputTokens: null,
  continuations: null,
  contextWindow: null,
  compact: null,
  outputSchema: null,
};

/** Where a layer stands. */
export interface Layer {
  readonly path: Path;
  readonly problems: Problems;
  /** Names of the MCP servers within reach. */
  readonly servers: ReadonlySet<string>;
  /** Tools of the layer below. */
  readonly inherited: readonly string[];
  /** May tools of the workspace be named here? `later`: whoever uses this layer judges. */
  readonly workspace: 'yes' | 'no' | 'later';
}

type Fields = Omit<AgentShape, 'purpose' | 'system' | 'extends' | 'mcp'>;

/** The settings of one layer. What is wrong is noted, and left out. */
export function compileSettings(fields: Fields, layer: Layer): AgentSettings {
  const { path, problems } = layer;
  const tools = compileTools(fields.tools, layer);
  const schema = fields.output_schema as JsonObject | undefined;
  return {
    ...compileModels(fields, path, problems),
    tools,
    approve: compileApprove(fields.approve, tools ?? layer.inherited, layer),
    limits: allLimits(fields, path, problems),
    temperature: fields.temperature ?? null,
    maxOutputTokens: fields.max_output_tokens ?? null,
    continuations: fields.continuations ?? null,
    contextWindow: fields.context_window ?? null,
    compact: fields.compact ?? null,
    outputSchema: schema === undefined ? null : compileSchema(schema, [...path, 'output_schema'], problems),
  };
}

/** `over` where it says something, else `base`. */
export function merged(over: AgentSettings, base: AgentSettings): AgentSettings {
  return {
    model: over.model ?? base.model,
    fallbackModels: over.fallbackModels ?? base.fallbackModels,
    tools: over.tools ?? base.tools,
    approve: over.approve ?? base.approve,
    limits: { ...base.limits, ...over.limits },
    temperature: over.temperature ?? base.temperature,
    maxOutputTokens: over.maxOutputTokens ?? base.maxOutputTokens,
    continuations: over.continuations ?? base.continuations,
    contextWindow: over.contextWindow ?? base.contextWindow,
    compact: over.compact ?? base.compact,
    outputSchema: over.outputSchema ?? base.outputSchema,
  };
}

/** `max_turns` is short for `limits.max_turns`. */
function allLimits(fields: Fields, path: Path, problems: Problems): SomeLimits {
  const limits = compileLimits(fields.limits, [...path, 'limits'], problems);
  if (fields.max_turns === undefined) return limits;
  if (limits.maxTurns !== undefined) {
    const message = 'max_turns and limits.max_turns are the same.';
    problems.error('field_duplicate', [...path, 'max_turns'], message, 'Keep one of them.', 'key');
  }
  return { ...limits, maxTurns: fields.max_turns };
}

function compileTools(tools: readonly string[] | undefined, layer: Layer): readonly string[] | null {
  if (tools === undefined || isTooLong(tools, [...layer.path, 'tools'], layer.problems)) return null;
  const good = tools.filter((tool, at) => isUsable(tool, [...layer.path, 'tools', at], layer));
  return [...new Set(good)];
}

function isTooLong(list: readonly unknown[], path: Path, problems: Problems): boolean {
  if (list.length <= MAX_TOOLS) return false;
  const message = `This list has ${list.length} tools; the limit is ${MAX_TOOLS}.`;
  problems.error(
    'too_many_tools',
    path,
    message,
    'Name all tools of a server at once: mcp__SERVER__*.',
    'key',
  );
  return true;
}

function isUsable(tool: string, path: Path, { problems, servers, workspace }: Layer): boolean {
  const server = serverOf(tool);
  if (server !== null) {
    if (servers.has(server)) return true;
    const message = `This agent has no MCP server "${server}".`;
    const hint = () => hintFor(server, [...servers], 'Add it under "mcp" of the agent.');
    problems.error('tool_unknown', path, message, hint);
    return false;
  }
  if (!BUILT_IN_TOOLS.includes(tool)) {
    const known = () => [...BUILT_IN_TOOLS, ...[...servers].map(allOf)];
    const meant = toolMeant(tool);
    if (tool === EDIT_PLAN) {
      const message = `The tool "${tool}" is not granted by a list: a policy does it.`;
      problems.error(
        'tool_unknown',
        path,
        message,
        'Write edits: ask (or auto) at the step, and leave it out here.',
      );
      return false;
    }
    const hint = () => (meant === undefined ? hintFor(tool, known(), '') : `Did you mean "${meant}"?`);
    problems.error('tool_unknown', path, `There is no tool "${tool}".`, hint);
    return false;
  }
  if (!isWorkspaceTool(tool) || workspace !== 'no') return true;
  noteWorkspaceMissing(tool, path, problems);
  return false;
}

/** A tool that works on files, where there are none. */
export function noteWorkspaceMissing(tool: string, path: Path, problems: Problems): void {
  const message = `The tool "${tool}" works in a workspace, and this definition has none.`;
  problems.error('workspace_missing', path, message, 'Add workspace: {} to the definition, or {git: URL}.');
}

function compileApprove(
  value: unknown,
  tools: readonly string[],
  { path, problems, workspace }: Layer,
): readonly string[] | null {
  if (value === undefined) return null;
  if (value === true) return ['*'];
  const at = [...path, 'approve'];
  if (Array.isArray(value) && isTooLong(value, at, problems)) return null;
  const isGranted = grants(tools);
  if (!Array.isArray(value)) {
    problems.error('field_type', at, '"approve" must be a list of tools, or true for all.');
    return null;
  }
  const good = (value as readonly unknown[]).filter((entry, index): entry is string => {
    if (typeof entry === 'string' && (entry === '*' || isGranted(entry))) return true;
    if (typeof entry === 'string' && isWorkspaceTool(entry) && workspace !== 'yes') {
      if (workspace === 'no') noteWorkspaceMissing(entry, [...at, index], problems);
      return workspace === 'later';
    }
    const written = writeJson(entry);
    const message = `${written} is not among the tools of this agent.`;
    const word = typeof entry === 'string' ? entry : written;
    const hint = () => hintFor(word, tools, 'It has no tools: add them under "tools".');
    problems.error('tool_not_granted', [...at, index], message, hint);
    return false;
  });
  return good.includes('*') ? ['*'] : [...new Set(good)];
}
