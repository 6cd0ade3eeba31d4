/**
 * The two ways to an MCP server: a program of this worker, spoken to by its stdin and stdout, and streamable HTTP, under
 * the same rule of addresses as every request of a step.
 */
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ReadBuffer } from '@modelcontextprotocol/sdk/shared/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { fetch, type Agent, type RequestInit as UndiciInit } from 'undici';
import { messageOf } from '../../../errors/errors.ts';
import { AnswerMeter, boundedResponse, MAX_ANSWER_BYTES } from '../../network/bounded-response.ts';
import type { McpServer } from './mcp-server.ts';

/** What is kept of a program's stderr, from its end, in characters. */
const STDERR_CHARS = 2_000;

export interface TransportOptions {
  /** Where a program works. */
  readonly cwd: string | null;
  readonly agent: Agent;
}

export interface OpenTransport {
  readonly transport: Transport;
  /** The end of what the program wrote to stderr, and why it was left; empty for HTTP. */
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
    ...(cwd === null ? {} : { cwd }),
  });
  // It offers a bound of bytes only. The field belongs to the exactly pinned version; a test says when it does not.
  const buffer = new MeteredBuffer();
  Object.assign(transport, { _readBuffer: buffer });
  let tail = '';
  // Read on in any case: a program blocks when nobody does.
  transport.stderr?.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString('utf8')).slice(-STDERR_CHARS);
  });
  return { transport, stderr: () => `${tail.trim()}${buffer.refusal}` };
}

/** Messages that come line by line, none of them beyond the limits. */
class MeteredBuffer extends ReadBuffer {
  readonly #meter = new AnswerMeter('line');
  /** Why the program was left, if it was. */
  refusal = '';

  constructor() {
    super({ maxBufferSize: MAX_ANSWER_BYTES });
  }

  override append(chunk: Buffer): void {
    try {
      this.#meter.add(chunk);
      super.append(chunk);
    } catch (error) {
      this.refusal = ` [It was stopped: ${messageOf(error)}.]`;
      throw error;
    }
  }
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
  return boundedResponse(response as unknown as Response, init?.method === 'POST' ? 'body' : 'event');
}
