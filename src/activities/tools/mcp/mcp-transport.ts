/**
 * The two ways to an MCP server: a program of this worker, spoken to by its stdin and stdout, and streamable HTTP, under
 * the same rule of addresses as every request of a step.
 */
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { fetch, type Agent, type RequestInit as UndiciInit } from 'undici';
import type { McpServer } from './mcp-server.ts';

/** What is kept of a program's stderr, from its end, in characters. */
const STDERR_CHARS = 2_000;
/** Most bytes of one answer. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export interface TransportOptions {
  /** Where a program works. */
  readonly cwd: string | null;
  readonly agent: Agent;
}

export interface OpenTransport {
  readonly transport: Transport;
  /** The end of what the program wrote to stderr; empty for HTTP. */
  readonly stderr: () => string;
}

/** Makes a transport that is not started yet. @throws TypeError for a URL that is none */
export function openTransport(server: McpServer, options: TransportOptions): OpenTransport {
  return server.transport === 'stdio' ? overStdio(server, options) : overHttp(server, options);
}

function overStdio(
  { argv, env }: Extract<McpServer, { transport: 'stdio' }>,
  { cwd }: TransportOptions,
): OpenTransport {
  const [command = '', ...args] = argv;
  const transport = new StdioClientTransport({
    command,
    args,
    env,
    stderr: 'pipe',
    maxBufferSize: MAX_ANSWER_BYTES,
    ...(cwd === null ? {} : { cwd }),
  });
  let tail = '';
  // Read on in any case: a program blocks when nobody does.
  transport.stderr?.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString('utf8')).slice(-STDERR_CHARS);
  });
  return { transport, stderr: () => tail.trim() };
}

function overHttp(
  { url, headers }: Extract<McpServer, { transport: 'http' }>,
  { agent }: TransportOptions,
): OpenTransport {
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    fetch: (target, init) => guardedFetch(agent, target, init),
    requestInit: { headers: { ...headers } },
  });
  return { transport, stderr: () => '' };
}

/** undici's own fetch, since only that takes its agent; the two sets of types describe the same objects. */
async function guardedFetch(agent: Agent, target: string | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(target, { ...(init as unknown as UndiciInit), dispatcher: agent });
  return init?.method === 'POST'
    ? bounded(response as unknown as Response)
    : (response as unknown as Response);
}

function bounded(response: Response): Response {
  let bytes = 0;
  const meter = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      bytes += chunk.byteLength;
      if (bytes <= MAX_ANSWER_BYTES) controller.enqueue(chunk);
      else controller.error(new Error(`the answer has more than ${MAX_ANSWER_BYTES} bytes`));
    },
  });
  if (response.body === null) return response;
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(meter), { status, statusText, headers: [...headers] });
}
