/** Names of tools that an agent can be given. What they do stands in the activities. */
import { ASK_USER } from '../../protocol/agent.ts';

/** Work on the files of the run's workspace. */
const WORKSPACE_TOOLS: readonly string[] = [
  'read_file',
  'write_file',
  'edit_file',
  'list_files',
  'search_files',
  'run_command',
];

export const BUILT_IN_TOOLS: readonly string[] = [...WORKSPACE_TOOLS, 'http_fetch', ASK_USER];

/** No `__` inside, so that `mcp__SERVER__TOOL` can be read in one way only. */
export const MCP_SERVER_NAME = /^[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*$/;
const MCP_TOOL = /^mcp__([A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*)__(.+)$/;

export const isWorkspaceTool = (name: string): boolean => WORKSPACE_TOOLS.includes(name);

/** The server of an `mcp__SERVER__TOOL`; null for every other name. */
export function serverOf(tool: string): string | null {
  return MCP_TOOL.exec(tool)?.[1] ?? null;
}

/** `mcp__SERVER__*`: all tools of a server. */
export const allOf = (server: string): string => `mcp__${server}__*`;

/** Says of a tool, a name or all of a server, whether it is among `granted`. */
export function grants(granted: readonly string[]): (tool: string) => boolean {
  const names = new Set(granted);
  const servers = new Set(granted.map(serverOf));
  return (tool) => {
    if (names.has(tool)) return true;
    const server = serverOf(tool);
    if (server === null) return false;
    const all = allOf(server);
    return names.has(all) || (tool === all && servers.has(server));
  };
}
