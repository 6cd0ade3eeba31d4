/**
 * The two ways to an MCP server: a program of this worker, spoken to by its stdin and stdout, and streamable HTTP, under
 * the same rule of addresses as every request of a step.
 */
import type { ChildProcess } from 'node:child_process';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ReadBuffer } from '@modelcontextprotocol/sdk/shared/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { fetch, type Agent, type RequestInit as UndiciInit } from 'undici';
import { messageOf } from '../../../errors/errors.ts';
import { traceHeaders } from '../../../tracing/current-span.ts';
import { AnswerMeter, boundedResponse, MAX_ANSWER_BYTES } from '../../network/bounded-response.ts';
import { unveiledText, veiledLine, veiledResponse } from '../../network/veiled-numbers.ts';
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
  const transport = new ExactStdioTransport({
    command: launch.file,
    args: [...launch.args],
    env: launch.env,
    stderr: 'pipe',
    ...(launch.cwd === undefined ? {} : { cwd: launch.cwd }),
  });
  // It offers a bound of bytes only. The field belongs to the exactly pinned version; a test says when it does not.
  const buffer = new MeteredBuffer(() => childOf(transport)?.kill('SIGKILL'));
  Object.assign(transport, { _readBuffer: buffer });
  const tail = new MaskedTail(masking, STDERR_CHARS);
  // Read on in any case: a program blocks when nobody does.
  transport.stderr?.on('data', (chunk: Buffer) => tail.push(chunk));
  return { transport, stderr: () => `${tail.text().trim()}${buffer.refusal}`, sweep: launch.sweep };
}

/** Writes whole numbers as they are. The field belongs to the exactly pinned version, as above. */
class ExactStdioTransport extends StdioClientTransport {
  override send(message: JSONRPCMessage): Promise<void> {
    const plain = JSON.stringify(message);
    const text = unveiledText(plain);
    const stdin = childOf(this)?.stdin;
    if (text === plain || !stdin) return super.send(message);
    return new Promise((resolve) => {
      if (stdin.write(`${text}\n`)) resolve();
      else stdin.once('drain', resolve);
    });
  }
}

/** The program, while it is not being closed. */
const childOf = (transport: StdioClientTransport): ChildProcess | undefined =>
  (transport as unknown as { readonly _process?: ChildProcess })._process;

/** Messages that come line by line, none of them beyond the limits. */
class MeteredBuffer extends ReadBuffer {
  readonly #meter = new AnswerMeter('line');
  readonly #kill: () => void;
  /** Why the program was stopped, if it was. */
  refusal = '';

  /** @param kill ends the program at once: who waits for its answer is told when it is gone, and it may not go by itself */
  constructor(kill: () => void) {
    super({ maxBufferSize: MAX_ANSWER_BYTES });
    this.#kill = kill;
  }

  override readMessage(): JSONRPCMessage | null {
    const own = this as unknown as { _buffer?: Buffer };
    const end = own._buffer?.indexOf('\n') ?? -1;
    if (own._buffer !== undefined && end >= 0) {
      const line = own._buffer.toString('utf8', 0, end);
      const exact = veiledLine(line);
      if (exact !== line) own._buffer = Buffer.concat([Buffer.from(exact), own._buffer.subarray(end)]);
    }
    return super.readMessage();
  }

  override append(chunk: Buffer): void {
    try {
      this.#meter.add(chunk);
      super.append(chunk);
    } catch (error) {
      this.refusal = ` [It was stopped: ${messageOf(error)}.]`;
      this.#kill();
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
  const { body } = init ?? {};
  const exact = typeof body === 'string' ? { ...init, body: unveiledText(body) } : init;
  const headers = new Headers(init?.headers);
  const traced = { ...Object.fromEntries(headers), ...traceHeaders(headers.keys()) };
  const request = { ...(exact as unknown as UndiciInit), headers: traced, dispatcher: agent };
  const response = await fetch(target, request);
  const scope = init?.method === 'POST' ? 'body' : 'event';
  return veiledResponse(boundedResponse(response as unknown as Response, scope));
}
