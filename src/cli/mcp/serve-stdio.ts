/** Serves MCP on stdin and stdout, over the API that the command line finds. */
import { once } from 'node:events';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { messageOf } from '../../errors/errors.ts';
import { clientName } from '../../mcp/client-name.ts';
import type { Scope } from '../../mcp/scope.ts';
import { createMcpServer } from '../../mcp/server.ts';
import { batonVersion } from '../../places.ts';
import { apiClient } from '../client/target.ts';
import { note } from '../terminal/output.ts';
import { HttpDoor } from './http-door.ts';
import { OpenAnswers } from './open-answers.ts';

/** What was asked before stdin ended may take so long. */
const LAST_ANSWERS_MS = 2_000;

/** Until its client goes: that is when stdin ends. Nothing but the protocol goes to stdout. */
export async function serveStdio(scopes: readonly Scope[]): Promise<void> {
  const session = crypto.randomUUID();
  const { server } = createMcpServer({
    version: batonVersion(),
    door: new HttpDoor(apiClient(), () => clientName(server.getClientVersion()?.name)),
    scopes,
    client: (told) => ({ name: clientName(told), session }),
  });
  server.onerror = (error) => note(`baton mcp: ${messageOf(error)}`);
  const closed = new Promise<void>((resolve) => (server.onclose = resolve));
  const transport = new StdioServerTransport();
  await server.connect(transport);
  const answers = new OpenAnswers(transport);
  await Promise.race([once(process.stdin, 'end'), closed]);
  await answers.end(LAST_ANSWERS_MS);
  await server.close();
}
