/** What went wrong between Baton and an MCP server, in words for a model and for people. */
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { messageOf } from '../../../errors/errors.ts';
import { rootCause } from '../../../errors/root-cause.ts';
import { ToolRefusal } from '../tool.ts';
import { McpUnreachable } from './mcp-pool.ts';

/** A refusal that says it, with the end of what the server wrote to stderr. Aborts stay as they are. */
export function mcpFailure(error: unknown, name: string, stderr: string): unknown {
  const server = `MCP server "${name}"`;
  if (error instanceof McpUnreachable) {
    return new ToolRefusal(
      `${server} cannot be reached: ${messageOf(rootCause(error))}${tail(error.stderr)}`,
    );
  }
  if (error instanceof McpError) {
    const code: number = error.code;
    if (code === ErrorCode.ConnectionClosed)
      return new ToolRefusal(`${server} ended during the call.${tail(stderr)}`);
    if (code === ErrorCode.RequestTimeout)
      return new ToolRefusal(`${server} did not answer in time.${tail(stderr)}`);
    return new ToolRefusal(`${server} refused: ${error.message}`);
  }
  if (error instanceof ToolRefusal || !(error instanceof Error) || error.name === 'AbortError') return error;
  return new ToolRefusal(
    `${server} answered what is no MCP answer: ${messageOf(rootCause(error))}${tail(stderr)}`,
  );
}

function tail(stderr: string): string {
  return stderr === '' ? '' : `\nIts last words: ${stderr}`;
}
