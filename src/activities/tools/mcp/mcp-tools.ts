/**
 * Tools of MCP servers: what there is, and calling one. A server that dies, hangs or answers garbage makes the call an
 * error that says so; it harms neither the worker nor other runs.
 */
import { createHash } from 'node:crypto';
import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CallToolResultSchema, ListToolsResultSchema, type Tool } from '@modelcontextprotocol/sdk/types.js';
import { LRUCache } from 'lru-cache';
import type { Agent } from 'undici';
import { writeJson } from '../../../plan/exact-json.ts';
import type { Json, JsonObject } from '../../../plan/json.ts';
import type { McpServerSpec } from '../../../plan/plan.ts';
import type { Masking } from '../../../secrets/masking.ts';
import { inheritedEnvironment } from '../../processes/command-environment.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { Secrets } from '../../secrets.ts';
import type { ToolDefinition } from '../tool-definition.ts';
import { count, ToolRefusal, type ToolReply } from '../tool.ts';
import { unveiled, veiled } from '../../network/veiled-numbers.ts';
import { mcpValue } from './mcp-content.ts';
import { mcpFailure } from './mcp-failure.ts';
import { mcpToolName } from './mcp-names.ts';
import type { McpConnection, McpPool, McpTarget } from './mcp-pool.ts';
import { mcpServer } from './mcp-server.ts';
import { wrongArguments } from './wrong-arguments.ts';

const MAX_CACHED = 200;
const CACHE_MS = 10 * 60_000;
const MAX_PAGES = 20;
const LIST_MS = 30_000;
/** setTimeout knows no longer time. */
const LONGEST_MS = 2 ** 31 - 1;

export interface McpToolsOptions {
  readonly pool: McpPool;
  readonly secrets: Secrets;
  readonly agent: Agent;
  /** May this worker start programs? */
  readonly allowCommands: boolean;
  readonly launcher: Launcher;
  /** The worker's environment. */
  readonly env: NodeJS.ProcessEnv;
}

/** One server, as a run reaches it. */
interface McpRequest {
  /** As the definition calls it. */
  readonly name: string;
  readonly spec: McpServerSpec;
  readonly run: string;
  readonly workspace: string | null;
  readonly signal: AbortSignal;
}

export interface McpCall extends McpRequest {
  /** As it was offered: `mcp__SERVER__TOOL`. */
  readonly tool: string;
  readonly args: JsonObject;
  readonly idempotencyKey: string;
}

export interface McpTools {
  /** All that the server offers. @throws ToolRefusal when it cannot be asked */
  list(request: McpRequest): Promise<readonly McpTool[]>;
  /** @throws ToolRefusal */
  call(call: McpCall): Promise<ToolReply>;
}

interface McpTool {
  /** As the server calls it. */
  readonly tool: string;
  readonly definition: ToolDefinition;
}

/** Makes the tools of a worker. */
export function createMcpTools(options: McpToolsOptions): McpTools {
  const cache = new LRUCache<string, readonly McpTool[]>({ max: MAX_CACHED, ttl: CACHE_MS });

  const list = async (request: McpRequest): Promise<readonly McpTool[]> => {
    const target = targetOf(request, options);
    const key = hashOf(target);
    const known = cache.get(key);
    if (known !== undefined) return known;
    const tools = await onConnection(request, target, options.pool, (connection) =>
      listTools(request, connection),
    );
    cache.set(key, tools);
    return tools;
  };

  const call = async (request: McpCall): Promise<ToolReply> => {
    const target = targetOf(request, options);
    try {
      const found = await find(request, list);
      const wrong = wrongArguments(found.definition.inputSchema, request.args);
      if (wrong !== null) throw new ToolRefusal(`The arguments of ${request.tool} are wrong. ${wrong}.`);
      return await onConnection(request, target, options.pool, (connection) =>
        callTool(request, found, connection, options.secrets.mask),
      );
    } catch (error) {
      // The server may offer other tools than it did.
      cache.delete(hashOf(target));
      throw error;
    }
  };
  return { list, call };
}

async function find(request: McpCall, list: McpTools['list']): Promise<McpTool> {
  const tools = await list(request);
  const found = tools.find(({ definition }) => definition.name === request.tool);
  if (found !== undefined) return found;
  const names = tools.map(({ definition }) => definition.name).join(', ');
  throw new ToolRefusal(
    `MCP server "${request.name}" has no tool ${request.tool}. It has: ${names || 'none'}.`,
  );
}

function targetOf(request: McpRequest, options: McpToolsOptions): McpTarget {
  const { secrets, agent, launcher } = options;
  if (request.spec.transport === 'stdio' && !options.allowCommands) {
    throw new ToolRefusal(
      `MCP server "${request.name}" is a program, and this worker does not run any. ` +
        'Set BATON_ALLOW_COMMANDS=1 on a worker you trust with the definition.',
    );
  }
  return {
    ...{ server: mcpServer(request.spec, secrets), run: request.run, cwd: request.workspace, agent },
    ...{ launcher, masking: secrets, env: inheritedEnvironment(options.env) },
  };
}

/** Which tools there are depends neither on the run nor on where it works. */
function hashOf({ server }: McpTarget): string {
  return createHash('sha256').update(writeJson(server)).digest('hex');
}

async function listTools(
  { name, signal }: McpRequest,
  { client }: McpConnection,
): Promise<readonly McpTool[]> {
  const tools: Tool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const params = cursor === undefined ? {} : { cursor };
    const request = { method: 'tools/list', params } as const;
    const answer = await client.request(request, ListToolsResultSchema, { signal, timeout: LIST_MS });
    tools.push(...answer.tools);
    cursor = answer.nextCursor;
    if (cursor === undefined) break;
  }
  return tools.map((tool) => ({
    tool: tool.name,
    definition: {
      name: mcpToolName(name, tool.name),
      description: tool.description ?? tool.title ?? tool.name,
      inputSchema: unveiled(tool.inputSchema as JsonObject) as JsonObject,
    },
  }));
}

async function callTool(
  request: McpCall,
  { tool }: McpTool,
  { client }: McpConnection,
  mask: Masking['mask'],
): Promise<ToolReply> {
  const params = {
    name: tool,
    arguments: veiled(request.args),
    _meta: { 'baton/idempotency-key': request.idempotencyKey },
  };
  const answer = await client.request({ method: 'tools/call', params }, CallToolResultSchema, {
    signal: request.signal,
    timeout: LONGEST_MS,
  });
  const value = mcpValue(unveiled(answer as unknown as Json) as unknown as typeof answer, mask);
  const isError = answer.isError === true;
  return {
    value,
    isError,
    comment: `${request.name}: ${tool}${isError ? ' failed' : ''} (${sizeOf(value)})`,
  };
}

function sizeOf(value: Json): string {
  const text = typeof value === 'string' ? value : writeJson(value);
  return count(Buffer.byteLength(text), 'byte');
}

/** A kept connection whose session the server has forgotten is opened again, once: nothing was done on it. */
async function onConnection<T>(
  request: McpRequest,
  target: McpTarget,
  pool: McpPool,
  work: (connection: McpConnection) => Promise<T>,
): Promise<T> {
  let used: McpConnection | undefined;
  const attempt = () =>
    pool.use(target, request.signal, (connection) => {
      used = connection;
      return work(connection);
    });
  try {
    return await attempt().catch((error: unknown) => {
      if (!(used?.reused === true && error instanceof StreamableHTTPError && error.code === 404)) throw error;
      pool.drop(target);
      return attempt();
    });
  } catch (error) {
    // A server that did not answer in time may never answer again.
    if (request.signal.aborted) pool.drop(target);
    throw mcpFailure(error, request.name, used?.stderr() ?? '');
  }
}
