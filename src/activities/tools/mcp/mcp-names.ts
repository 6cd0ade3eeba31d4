/** How tools of MCP servers are called here: `mcp__SERVER__TOOL`, in the letters that all vendors take. */
import { createHash } from 'node:crypto';

const PREFIX = 'mcp__';
/** Longest name of a tool that all vendors take. */
const MAX_NAME = 64;
const HASH_CHARS = 8;

/** The name under which a server's tool is offered to a model. */
export function mcpToolName(server: string, tool: string): string {
  const name = `${PREFIX}${server}__${tool.replace(/[^a-zA-Z0-9_-]/g, '_')}`;
  if (name.length <= MAX_NAME) return name;
  const hash = createHash('sha256').update(tool).digest('hex').slice(0, HASH_CHARS);
  return `${name.slice(0, MAX_NAME - HASH_CHARS - 1)}_${hash}`;
}

/** The server in a tool's name (or in `mcp__SERVER__*`), null for every other tool. Servers' names hold no `__`. */
export function mcpServerOf(name: string): string | null {
  if (!name.startsWith(PREFIX)) return null;
  const end = name.indexOf('__', PREFIX.length);
  return end === -1 ? null : name.slice(PREFIX.length, end);
}

/** True when an agent that may use `allowed` may use the tool. */
export function allowsMcpTool(allowed: string, server: string, tool: string): boolean {
  return allowed === `${PREFIX}${server}__*` || allowed === mcpToolName(server, tool);
}
