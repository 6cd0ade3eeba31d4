/** The SDK's own client to Baton as an MCP server, over both transports; and a run for it to look at. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Problem } from '../../src/contract/problem.ts';
import { afterFile } from '../support/after-file.ts';
import { startBaton, type Baton } from '../support/baton.ts';
import { builtProgram } from '../support/built-program.ts';
import { startFakeOpenAi } from '../support/fake-openai.ts';
import { temporaryHome } from '../support/temporary-home.ts';

export const TRANSPORTS = ['stdio', 'http'] as const;

/** Asks a person before the second agent works. */
export const DEFINITION = (version = '1.0.0') => `
name: served
version: ${version}
description: Writes something, and asks before it ships.
failure: finish
inputs: { what: { type: string } }
agents: { writer: { purpose: writes, system: You write. } }
steps:
  - { key: draft, agent: writer, model: compatible/writer, prompt: "Write {{ inputs.what }}", tools: [] }
  - { key: ask, ask: { prompt: "Go?", approval: true } }
  - { key: polish, agent: writer, model: compatible/writer, prompt: Polish, tools: [], dependencies: [draft, ask] }
  - { key: ship, transform: "polish.result", dependencies: [polish] }
`;

export async function startServed(environment: Record<string, string> = {}): Promise<Baton> {
  const vendor = await startFakeOpenAi({ answer: async () => ({ reply: 'Always the same.' }) });
  afterFile(() => vendor.stop());
  const baton = await startBaton({
    ...{ BATON_COMPATIBLE_BASE_URL: vendor.url, BATON_ALLOW_PRIVATE_NETWORK: '1' },
    ...environment,
  });
  await baton.publish(DEFINITION());
  return baton;
}

interface Options {
  readonly scope?: string;
  readonly name?: string;
}

/** A client that is connected until the file ends. */
export async function connected(
  baton: Pick<Baton, 'url'>,
  transport: (typeof TRANSPORTS)[number],
  { scope, name = 'tester' }: Options = {},
): Promise<Client> {
  const client = new Client({ name, version: '1.0.0' });
  await client.connect(transport === 'http' ? overHttp(baton.url, scope) : overStdio(baton.url, scope));
  afterFile(() => client.close());
  return client;
}

function overHttp(url: string, scope?: string): Transport {
  const address = new URL(`${url}/mcp${scope === undefined ? '' : `?scope=${scope}`}`);
  return new StreamableHTTPClientTransport(address) as Transport;
}

function overStdio(url: string, scope?: string): Transport {
  const home = temporaryHome();
  return new StdioClientTransport({
    command: process.execPath,
    args: [...builtProgram('cli/main'), 'mcp', ...(scope === undefined ? [] : ['--scope', scope])],
    env: { PATH: process.env['PATH'] ?? '', HOME: home, BATON_HOME: home, BATON_URL: url },
  });
}

/** What a tool answers, whether it is an error or not. */
export async function call(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
): Promise<CallToolResult> {
  return (await client.callTool({ name, arguments: args })) as CallToolResult;
}

/** The data of what went well. @throws Error with what was answered otherwise */
export async function ask<T>(client: Client, name: string, args: Record<string, unknown> = {}): Promise<T> {
  const result = await call(client, name, args);
  if (result.isError === true) throw new Error(`${name}: ${textOf(result)}`);
  return result.structuredContent as T;
}

export function textOf({ content }: CallToolResult): string {
  return content.map((part) => (part.type === 'text' ? part.text : part.type)).join('\n');
}

/** The problem of what was refused. */
export function problemOf({ isError, _meta }: CallToolResult): Partial<Problem> {
  return isError === true ? (_meta?.['baton/problem'] as Problem) : {};
}
