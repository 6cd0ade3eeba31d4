/**
 * A small real MCP server for tests, by stdio when run as a program (`mcp-server.ts [BEHAVIOUR]`, bundled) and over
 * HTTP by {@link startMcpServer}. BEHAVIOUR: `garbage` writes nonsense to stdout, `silent` never answers.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { z } from 'zod';
import { bundledProgram } from './bundled-program.ts';

/** argv of the server as a program. */
export const mcpServerArgv = (...behaviour: string[]): string[] => [
  process.execPath,
  bundledProgram(fileURLToPath(import.meta.url)),
  ...behaviour,
];

function serverOf(hanging: Set<AbortSignal> = new Set()): McpServer {
  const server = new McpServer({ name: 'test', version: '1' });
  let calls = 0;
  const instance = randomUUID();
  // By this it is found from outside; tests of HTTP keep their own title.
  if (process.argv[1] === fileURLToPath(import.meta.url)) process.title = `mcp-${instance}`;
  server.registerTool(
    'add',
    { description: 'Adds two numbers.', inputSchema: { a: z.number(), b: z.number() } },
    async ({ a, b }) => ({ content: [{ type: 'text', text: String(a + b) }] }),
  );
  server.registerTool('where.am-i', { description: 'Where it works, and which call this is.' }, async () => {
    const where = {
      cwd: process.cwd(),
      token: process.env['TOKEN'] ?? null,
      instance,
      call: ++calls,
    };
    return { content: [{ type: 'text', text: 'see structured' }], structuredContent: where };
  });
  server.registerTool('refuse', { description: 'Says no.' }, async () => ({
    isError: true,
    content: [{ type: 'text', text: 'I would rather not.' }],
  }));
  server.registerTool('flood', { description: 'Says much.' }, async () => ({
    content: [{ type: 'text', text: 'x'.repeat(500_000) }],
  }));
  server.registerTool('die', { description: 'Ends the server.' }, async () => {
    process.stderr.write('out of cheese\n');
    process.exit(3);
  });
  server.registerTool('hang', { description: 'Never answers.' }, ({ signal }) => {
    hanging.add(signal);
    return new Promise<never>(() => {});
  });
  return server;
}

interface HttpMcpServer {
  readonly url: string;
  /** Headers of all requests so far. */
  readonly requests: readonly IncomingHttpHeaders[];
  /** Calls of `hang`, each aborted once its caller has said that it needs no answer any more. */
  readonly hanging: ReadonlySet<AbortSignal>;
  /** Forgets all sessions, as a restart does. */
  forget(): void;
  close(): Promise<void>;
}

/** Serves MCP over streamable HTTP on loopback. */
export async function startMcpServer(): Promise<HttpMcpServer> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const requests: IncomingHttpHeaders[] = [];
  const hanging = new Set<AbortSignal>();
  const http = createServer((request, response) => {
    requests.push(request.headers);
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? sessions.get(id) : undefined;
    if (known === undefined && id !== undefined) {
      response.writeHead(404).end('no such session');
      return;
    }
    const handle = async () => {
      const transport = known ?? (await opened());
      await transport.handleRequest(request, response);
    };
    handle().catch(() => response.destroy());
  });
  const opened = async (): Promise<StreamableHTTPServerTransport> => {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    await serverOf(hanging).connect(transport as Transport);
    return transport;
  };
  await new Promise<void>((ready) => http.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    requests,
    hanging,
    forget: () => sessions.clear(),
    close: async () => {
      http.closeAllConnections();
      await new Promise((done) => http.close(done));
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const behaviour = process.argv[2];
  if (behaviour === 'garbage') process.stdout.write('Listening!\n{"half": \n\u0000\u0001\n');
  if (behaviour === 'silent') process.stdin.resume();
  else await serverOf().connect(new StdioServerTransport());
}
