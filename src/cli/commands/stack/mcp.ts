/** `baton mcp`: Baton as an MCP server over stdin and stdout, for a program that starts it. */
import { once } from 'node:events';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { InvalidArgumentError, type Command } from 'commander';
import { messageOf } from '../../../errors/errors.ts';
import { createMcpServer } from '../../../mcp/server.ts';
import { parseScopes, SCOPE_FORM, within, type Scope } from '../../../mcp/scope.ts';
import { batonVersion } from '../../../places.ts';
import { HttpDoor } from '../../client/http-door.ts';
import { OpenAnswers } from '../../client/open-answers.ts';
import { apiClient, cliConfig } from '../../client/target.ts';
import { note } from '../../terminal/output.ts';

/** What was asked before stdin ended may take so long. */
const LAST_ANSWERS_MS = 2_000;

export function addMcp(program: Command): void {
  program
    .command('mcp')
    .description('be an MCP server on stdin and stdout: programs with models look at runs and steer them')
    .option('--scope <scopes>', 'what it offers: read, steer, author, with commas (default: all)', scopesOf)
    .action(async ({ scope }: { readonly scope?: readonly Scope[] }) => {
      const config = cliConfig();
      const bound = config.BATON_MCP_SCOPE;
      await serve(scope === undefined ? bound : within(bound, scope));
    });
}

function scopesOf(text: string): readonly Scope[] {
  const scopes = parseScopes(text);
  if (scopes === undefined) throw new InvalidArgumentError(SCOPE_FORM);
  return scopes;
}

/** Until its client goes: that is when stdin ends. Nothing but the protocol goes to stdout. */
async function serve(scopes: readonly Scope[]): Promise<void> {
  const session = crypto.randomUUID();
  let name = 'mcp';
  const server = createMcpServer({
    version: batonVersion(),
    door: new HttpDoor(apiClient(), () => `baton-mcp (${name})`),
    scopes,
    client: (told) => ({ name: (name = told ?? name), session }),
  });
  server.server.onerror = (error) => note(`baton mcp: ${messageOf(error)}`);
  const closed = new Promise<void>((resolve) => (server.server.onclose = resolve));
  const transport = new StdioServerTransport();
  await server.connect(transport);
  const answers = new OpenAnswers(transport);
  await Promise.race([once(process.stdin, 'end'), closed]);
  await answers.end(LAST_ANSWERS_MS);
  await server.close();
}
