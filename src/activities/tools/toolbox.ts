/** All tools of a worker: Baton's own by name, and those of MCP servers. One for the life of the process. */
import type { Agent } from 'undici';
import type { Config } from '../../config.ts';
import type { Launcher } from '../processes/launcher.ts';
import type { Secrets } from '../secrets.ts';
import { editFileTool } from './files/edit-file.ts';
import { listFilesTool } from './files/list-files.ts';
import { readFileTool } from './files/read-file.ts';
import { searchFilesTool } from './files/search-files.ts';
import { writeFileTool } from './files/write-file.ts';
import { httpFetchTool } from './http-fetch.ts';
import type { McpTools, McpToolsOptions } from './mcp/mcp-tools.ts';
import { runCommandTool } from './run-command.ts';
import type { BuiltInTool } from './tool.ts';

export interface Toolbox {
  readonly builtIn: ReadonlyMap<string, BuiltInTool>;
  readonly mcp: McpTools;
}

export interface ToolboxOptions {
  readonly config: Pick<Config, 'BATON_ALLOW_COMMANDS'>;
  /** The worker's environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly secrets: Secrets;
  /** For requests, under the worker's rule of addresses. */
  readonly agent: Agent;
  readonly launcher: Launcher;
}

/** Makes the tools; what they may do is fixed by the configuration. */
export function createToolbox({ config, env, secrets, agent, launcher }: ToolboxOptions): Toolbox {
  const allowCommands = config.BATON_ALLOW_COMMANDS;
  const tools = [
    readFileTool,
    writeFileTool,
    editFileTool,
    listFilesTool,
    searchFilesTool,
    runCommandTool({ allowed: allowCommands, env, launcher, masking: secrets }),
    httpFetchTool(agent),
  ];
  return {
    builtIn: new Map(tools.map((tool) => [tool.definition.name, tool])),
    mcp: laterMcpTools({ secrets, agent, allowCommands, launcher, env }),
  };
}

/** The forms of the protocol take long to load: the first step that has such a server does it. */
function laterMcpTools(options: Omit<McpToolsOptions, 'pool'>): McpTools {
  let tools: Promise<McpTools> | undefined;
  const loaded = () => (tools ??= loadMcpTools(options));
  return {
    list: async (request) => (await loaded()).list(request),
    call: async (call) => (await loaded()).call(call),
  };
}

async function loadMcpTools(options: Omit<McpToolsOptions, 'pool'>): Promise<McpTools> {
  const [{ createMcpPool }, { createMcpTools }] = await Promise.all([
    import('./mcp/mcp-pool.ts'),
    import('./mcp/mcp-tools.ts'),
  ]);
  return createMcpTools({ ...options, pool: createMcpPool() });
}
