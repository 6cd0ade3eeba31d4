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
import { MaskedTail } from '../../../secrets/masked-tail.ts';
import { assertProgram } from '../../processes/find-program.ts';
import type { LaunchRequest } from '../../processes/launcher.ts';
import type { ProcessMeans } from '../../processes/run-process.ts';
import type { McpServer } from './mcp-server.ts';

/** What is kept of a program's stderr, from its end, in characters. */
const STDERR_CHARS = 2_000;

export interface TransportOptions extends ProcessMeans {
  /** Of commands on this worker, without what a server's own `env` adds. */
  readonly env: Readonly<Record<string, string>>;
  /** Where a program works. */
  readonly cwd: string | null;
  readonly agent: Agent;
}

export interface OpenTransport {
  readonly transport: Transport;
  /** The end of what the program wrote to stderr, and why it was left; empty for HTTP. */
  readonly stderr: () => string;
  /** Ends what the program has left behind, once it has ended. */
  readonly sweep: () => Promise<void>;
}

/** Makes a transport that is not started yet. @throws TypeError for a URL that is none, and for a program that is not there */
export async function openTransport(server: McpServer, options: TransportOptions): Promise<OpenTransport> {
  return server.transport === 'stdio' ? overStdio(server, options) : overHttp(server, options);
}

async function overStdio(
  { argv, env: own }: Extract<McpServer, { transport: 'stdio' }>,
  { cwd, env, launcher, masking }: TransportOptions,
): Promise<OpenTransport> {
  const request: LaunchRequest = { argv, cwd, workspace: cwd, env: { ...env, ...own }, trust: 'none' };
  await assertProgram(request);
  const launch = await launcher.prepare(request);
  const transport = new StdioClientTransport({
    command: launch.file,
    args: [...launch.args],
    env: launch.env,
    stderr: 'pipe',
    ...(launch.cwd === undefined ? {} : { cwd: launch.cwd }),
  });
  // It offers a bound of bytes only. The field belongs to the exactly pinned version; a test says when it does not.
  const buffer = new MeteredBuffer();
  Object.assign(transport, { _readBuffer: buffer });
  const tail = new MaskedTail(masking, STDERR_CHARS);
  // Read on in any case: a program blocks when nobody does.
  transport.stderr?.on('data', (chunk: Buffer) => tail.push(chunk));
  return { transport, stderr: () => `${tail.text().trim()}${buffer.refusal}`, sweep: launch.sweep };
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
  return { transport, stderr: () => '', sweep: async () => {} };
}

/** undici's own fetch, since only that takes its agent; the two sets of types describe the same objects. */
async function guardedFetch(agent: Agent, target: string | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(target, { ...(init as unknown as UndiciInit), dispatcher: agent });
  return boundedResponse(response as unknown as Response, init?.method === 'POST' ? 'body' : 'event');
}
