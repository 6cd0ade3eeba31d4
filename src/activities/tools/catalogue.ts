/** What an agent may call, as it is offered to its model. */
import type { McpServerSpec } from '../../plan/plan.ts';
import { ASK_USER, EDIT_PLAN } from '../../protocol/agent.ts';
import { EDIT_PLAN_DEFINITION } from './edit-plan/definition.ts';
import { StepFailure } from '../step-failure.ts';
import { ASK_USER_DEFINITION } from './ask-user.ts';
import { allowsMcpTool, mcpServerOf } from './mcp/mcp-names.ts';
import type { Toolbox } from './toolbox.ts';
import type { ToolDefinition } from './tool-definition.ts';
import { ToolRefusal } from './tool.ts';

export interface CatalogueRequest {
  /** The agent's servers by name. */
  readonly mcp: Readonly<Record<string, McpServerSpec>>;
  readonly run: string;
  readonly workspace: string | null;
  readonly signal: AbortSignal;
}

/**
 * The definitions of the named tools, in their order; `mcp__SERVER__*` stands for all of a server.
 *
 * @throws StepFailure `mcp_failed` when a server cannot be asked or has no such tool, `not_allowed` for an unknown name
 */
export async function toolDefinitions(
  names: readonly string[],
  request: CatalogueRequest,
  toolbox: Toolbox,
): Promise<readonly ToolDefinition[]> {
  const found = await Promise.all(names.map((name) => definitionsOf(name, request, toolbox)));
  // A tool may be named by itself and by its server.
  return [...new Map(found.flat().map((definition) => [definition.name, definition])).values()];
}

async function definitionsOf(
  name: string,
  request: CatalogueRequest,
  toolbox: Toolbox,
): Promise<readonly ToolDefinition[]> {
  if (name === ASK_USER) return [ASK_USER_DEFINITION];
  if (name === EDIT_PLAN) return [EDIT_PLAN_DEFINITION];
  const own = toolbox.builtIn.get(name);
  if (own !== undefined) return [own.definition];
  const server = mcpServerOf(name);
  const spec = server === null ? undefined : request.mcp[server];
  if (server !== null && spec !== undefined) return ofServer(name, server, spec, request, toolbox);
  throw new StepFailure(
    'not_allowed',
    server === null
      ? `This worker knows no tool "${name}".`
      : `Tool "${name}": the agent has no MCP server "${server}".`,
  );
}

async function ofServer(
  name: string,
  server: string,
  spec: McpServerSpec,
  request: CatalogueRequest,
  { mcp }: Toolbox,
): Promise<readonly ToolDefinition[]> {
  const tools = await offered(() => mcp.list({ ...request, name: server, spec }));
  const allowed = tools.filter(({ tool }) => allowsMcpTool(name, server, tool));
  if (allowed.length > 0 || name.endsWith('__*')) return allowed.map(({ definition }) => definition);
  const names = tools.map(({ definition }) => definition.name).join(', ');
  throw new StepFailure(
    'mcp_failed',
    `MCP server "${server}" has no tool ${name}. It has: ${names || 'none'}.`,
    { retryable: false },
  );
}

async function offered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ToolRefusal)
      throw new StepFailure('mcp_failed', error.message, {}, { cause: error });
    throw error;
  }
}
