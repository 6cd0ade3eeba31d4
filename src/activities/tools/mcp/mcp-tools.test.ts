import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { withinSpan } from '../../../tracing/current-span.ts';
import { formatTraceparent } from '../../../tracing/traceparent.ts';
import { mcpServerArgv, startMcpServer } from '../../../../test/support/mcp-server.ts';
import { runs } from '../../../../test/support/running.ts';
import { testConfig } from '../../../../test/support/step-attempt.ts';
import { until } from '../../../../test/support/until.ts';
import type { JsonObject } from '../../../plan/json.ts';
import type { McpServerSpec } from '../../../plan/plan.ts';
import { stepAgent } from '../../network/guarded-agent.ts';
import { createLauncher } from '../../processes/launcher.ts';
import { readSecrets } from '../../secrets.ts';
import { ToolRefusal } from '../tool.ts';
import { mcpServerOf, mcpToolName } from './mcp-names.ts';
import { createMcpPool, type McpPool } from './mcp-pool.ts';
import { createMcpTools, type McpCall } from './mcp-tools.ts';

const pools: McpPool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

const stdio = (...behaviour: string[]): McpServerSpec => ({
  transport: 'stdio',
  argv: mcpServerArgv(...behaviour),
  env: { TOKEN: { $expr: 'secrets.KEY' } },
});
const http = (url: string): McpServerSpec => ({
  transport: 'http',
  url,
  headers: { authorization: { $text: ['Bearer ', { $expr: 'secrets.KEY' }] } },
});

const launcher = createLauncher(testConfig());

function toolsOf(
  options: { idleMs?: number; connectMs?: number; commands?: boolean; allowPrivate?: boolean } = {},
) {
  const { commands = true, allowPrivate = true, ...ms } = options;
  const pool = createMcpPool(ms);
  pools.push(pool);
  const tools = createMcpTools({
    pool,
    secrets: readSecrets({ BATON_SECRET_KEY: 'hush' }),
    agent: stepAgent({ allowPrivate }),
    allowCommands: commands,
    launcher,
    env: process.env,
  });
  const callOf = (spec: McpServerSpec, tool: string, args: JsonObject, over: Partial<McpCall>): McpCall => ({
    name: 'srv',
    spec,
    run: 'run-1',
    workspace: process.cwd(),
    signal: new AbortController().signal,
    tool: `mcp__srv__${tool}`,
    args,
    idempotencyKey: 'run-1/0/work/1.0',
    ...over,
  });
  return {
    list: (spec: McpServerSpec) => tools.list(callOf(spec, '', {}, {})),
    call: (spec: McpServerSpec, tool: string, args: JsonObject = {}, over: Partial<McpCall> = {}) =>
      tools.call(callOf(spec, tool, args, over)),
  };
}

async function refusal(ending: Promise<unknown>): Promise<string> {
  const error: unknown = await ending.then(
    () => new Error('it was not refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ToolRefusal)) throw error;
  return error.message;
}

interface Where {
  readonly cwd: string;
  readonly token: string;
  readonly instance: string;
  readonly call: number;
}

describe('by stdio', () => {
  it('offers what the server has, by names that every vendor takes', async () => {
    const found = await toolsOf().list(stdio());
    expect(found.map(({ definition }) => definition.name)).toEqual([
      'mcp__srv__add',
      'mcp__srv__where_am-i',
      'mcp__srv__refuse',
      'mcp__srv__flood',
      'mcp__srv__die',
      'mcp__srv__hang',
    ]);
    expect(found[0]?.definition).toMatchObject({
      description: 'Adds two numbers.',
      inputSchema: { type: 'object', required: ['a', 'b'] },
    });
  });

  it('answers, errors included, and bounds what is said', async () => {
    const { call } = toolsOf();
    expect(await call(stdio(), 'add', { a: 2, b: 3 })).toEqual({
      value: '5',
      isError: false,
      comment: 'srv: add (1 byte)',
    });
    expect(await call(stdio(), 'refuse')).toMatchObject({ value: 'I would rather not.', isError: true });
    const { value } = await call(stdio(), 'flood');
    expect(value).toMatch(/x\n\[cut: \d+ more bytes/);
    expect((value as string).length).toBeLessThan(70_000);
  });

  it('keeps the server for the run, and shares it with no other', async () => {
    const { call } = toolsOf();
    const where = async (over: Partial<McpCall> = {}) =>
      (await call(stdio(), 'where_am-i', {}, over)).value as unknown as Where;
    const [first, second] = [await where(), await where()];
    expect(first).toMatchObject({ cwd: process.cwd(), token: '***', call: 1 });
    expect(second).toMatchObject({ instance: first.instance, call: 2 });
    expect((await where({ run: 'run-2' })).instance).not.toBe(first.instance);
  });

  it('closes a server that nobody uses', async () => {
    const { call } = toolsOf({ idleMs: 10 });
    const { value } = await call(stdio(), 'where_am-i');
    await until(() => !runs((value as unknown as Where).instance));
    expect(await call(stdio(), 'where_am-i')).toMatchObject({ value: { call: 1 } });
  });

  it('survives a server that dies, with its last words, and starts it anew', async () => {
    const { call } = toolsOf();
    expect(await refusal(call(stdio(), 'die'))).toMatch(
      /"srv" ended during the call.\s+Its last words: out of cheese/,
    );
    expect(await call(stdio(), 'add', { a: 1, b: 1 })).toMatchObject({ value: '2' });
  });

  it('leaves a server that hangs when the call is stopped', async () => {
    const { call } = toolsOf();
    const before = (await call(stdio(), 'where_am-i')).value as unknown as Where;
    await expect(call(stdio(), 'hang', {}, { signal: AbortSignal.timeout(200) })).rejects.toThrow(
      /did not answer|abort|time/i,
    );
    await until(() => !runs(before.instance));
    expect(await call(stdio(), 'add', { a: 1, b: 1 })).toMatchObject({ value: '2' });
  });

  it('stops one call without harm to another that uses the same server', async () => {
    const { call } = toolsOf();
    const before = (await call(stdio(), 'where_am-i')).value as unknown as Where;
    const stop = new AbortController();
    const other = new AbortController();
    const calls = [stop, other].map(({ signal }) => call(stdio(), 'hang', {}, { signal }));
    const [stopped, going] = calls.map((ending) => ending.then(String, String));
    stop.abort(new Error('enough'));
    await stopped;
    // A call after it has a server of its own, and the other one goes on where it was.
    const after = (await call(stdio(), 'where_am-i')).value as unknown as Where;
    expect(after.instance).not.toBe(before.instance);
    expect(runs(before.instance)).toBe(true);
    expect(await Promise.race([going, Promise.resolve('goes on')])).toBe('goes on');
    other.abort(new Error('enough'));
    await going;
    await until(() => !runs(before.instance));
  });

  it('passes over lines that are no messages', async () => {
    expect(await toolsOf().call(stdio('garbage'), 'add', { a: 1, b: 1 })).toMatchObject({ value: '2' });
  });

  it.each([
    ['a server that never answers', stdio('silent'), { connectMs: 300 }, /cannot be reached: .*timed out/],
    [
      'a program that is not there',
      { ...stdio(), argv: ['no-such-program'] },
      {},
      /cannot be reached: .*ENOENT/,
    ],
    [
      'a program that is no server',
      { ...stdio(), argv: [process.execPath, '-e', 'console.error("usage: x"); process.exit(2)'] },
      {},
      /cannot be reached: .*closed\s+Its last words: usage: x/,
    ],
    ['programs when the worker runs none', stdio(), { commands: false }, /BATON_ALLOW_COMMANDS=1/],
  ])('refuses %s', async (_, spec, options, message) => {
    expect(await refusal(toolsOf(options).call(spec as McpServerSpec, 'add', { a: 1, b: 1 }))).toMatch(
      message,
    );
  });

  it.each([
    ['an unknown tool', 'no-such', {}, /has no tool mcp__srv__no-such. It has: mcp__srv__add, /],
    ['a missing argument', 'add', { a: 1 }, /arguments of mcp__srv__add are wrong.*"b"/],
    ['a wrong argument', 'add', { a: 1, b: 'x' }, /arguments of mcp__srv__add are wrong.*number/],
  ])('refuses %s', async (_, tool, args: JsonObject, message) => {
    expect(await refusal(toolsOf().call(stdio(), tool, args))).toMatch(message);
  });
});

/** Writes JSON itself: the library's own server rounds large numbers. */
const RAW_ANSWER = `
const answer = (line) => {
  const { id, method } = JSON.parse(line);
  const results = {
    initialize: '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"raw","version":"1"}}',
    'tools/list': '{"tools":[{"name":"give","inputSchema":{"type":"object"}}]}',
    'tools/call': '{"content":[],"structuredContent":{"id":7615917337495251231,"sent":' + JSON.stringify(line) + '}}',
  };
  return id === undefined ? null : '{"jsonrpc":"2.0","id":' + id + ',"result":' + results[method] + '}';
};`;
const RAW_STDIO = `${RAW_ANSWER}
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const text = answer(line);
  if (text !== null) console.log(text);
});`;
const RAW_HTTP = `${RAW_ANSWER}
require('node:http').createServer(async (request, response) => {
  let line = '';
  for await (const piece of request) line += piece;
  const text = line === '' ? null : answer(line);
  if (text === null) return response.writeHead(request.method === 'GET' ? 405 : 202).end();
  response.writeHead(200, { 'content-type': line.includes('tools/call') ? 'text/event-stream' : 'application/json' });
  response.end(line.includes('tools/call') ? 'event: message\\ndata: ' + text + '\\n\\n' : text);
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;

it('takes and gives whole numbers of any size, over both ways', async () => {
  const id = 7615917337495251231n;
  const child = spawn(process.execPath, ['-e', RAW_HTTP], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  const servers = [
    { transport: 'stdio', argv: [process.execPath, '-e', RAW_STDIO], env: {} },
    { transport: 'http', url: `http://127.0.0.1:${port.toString().trim()}/mcp`, headers: {} },
  ] as const;
  for (const server of servers) {
    const { value } = await toolsOf().call(server, 'give', { id, list: [id] });
    expect(value).toEqual({ id, sent: expect.stringContaining(`{"id":${id},"list":[${id}]}`) as string });
  }
  child.kill();
});

describe('over HTTP', () => {
  it('answers, with the headers of the definition', async () => {
    const server = await startMcpServer();
    const { call } = toolsOf();
    const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true, isTold: true };
    const answer = await withinSpan(span, () => call(http(server.url), 'add', { a: 2, b: 3 }));
    expect(answer).toMatchObject({ value: '5' });
    expect(server.requests.map(({ traceparent }) => traceparent)).toContain(formatTraceparent(span));
    expect(new Set(server.requests.map(({ authorization }) => authorization))).toEqual(
      new Set(['Bearer hush']),
    );
    await server.close();
  });

  it('opens its session again when the server has forgotten it', async () => {
    const server = await startMcpServer();
    const { call } = toolsOf();
    await call(http(server.url), 'add', { a: 2, b: 3 });
    server.forget();
    expect(await call(http(server.url), 'add', { a: 2, b: 4 })).toMatchObject({ value: '6' });
    await server.close();
  });

  it.each([
    ['a private address', 'http://127.0.0.1:54321/mcp', false, /127.0.0.1 \(loopback\) is not public/],
    ['nobody there', 'http://127.0.0.1:3/mcp', true, /cannot be reached: .*ECONNREFUSED/],
    ['another scheme', 'ftp://127.0.0.1/mcp', true, /cannot be reached: /],
    ['no URL', 'example', true, /cannot be reached: Invalid URL/],
  ])('refuses %s', async (_, url, allowPrivate, message) => {
    expect(await refusal(toolsOf({ allowPrivate }).call(http(url), 'add', { a: 1, b: 1 }))).toMatch(message);
  });

  it.each([
    ['an error', 500, 'text/plain', 'no'],
    ['garbage', 200, 'application/json', '{"half": '],
    ['a page', 200, 'text/html', '<html>'],
    ['nothing', 200, 'application/json', ''],
  ])('refuses a server that answers %s', async (_, status, type, body) => {
    const server = createServer((_request, response) =>
      response.writeHead(status, { 'content-type': type }).end(body),
    );
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await refusal(toolsOf({ connectMs: 500 }).call(http(url), 'add', { a: 1, b: 1 }))).toMatch(
      /MCP server "srv" cannot be reached: ./,
    );
    server.closeAllConnections();
    server.close();
  });
});

/** What a server answers instead of what it was asked for. */
const BOMBS = [
  ['values', `{"jsonrpc":"2.0","id":0,"result":{"x":[${'[],'.repeat(1_100_000)}1]}}`],
  ['depth', `{"jsonrpc":"2.0","id":0,"result":{"x":${'['.repeat(1_000_000)}`],
] as const;

describe('answers that would become far more than their text', () => {
  it.each(BOMBS)('are refused by stdio: %s', async (_, line) => {
    const [head, piece] = [line.slice(0, 60), line.slice(60, 63)].map((text) => JSON.stringify(text));
    const answer = `process.stdout.write(${head} + ${piece}.repeat(1_200_000) + '\\n')`;
    const program = `process.stdin.once('data', () => ${answer}); setInterval(() => {}, 1_000)`;
    const mark = randomUUID();
    const spec = { ...stdio(), argv: [process.execPath, '-e', program, mark] };
    const message = await refusal(toolsOf().call(spec, 'add', { a: 1, b: 1 }));
    expect(message).toMatch(/the answer (holds|is nested) more/);
    await until(() => !runs(mark));
  });

  it.each(BOMBS)('are refused over HTTP: %s', async (_, body) => {
    const server = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(body),
    );
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await refusal(toolsOf().call(http(url), 'add', { a: 1, b: 1 }))).toMatch(
      /the answer (holds|is nested) more/,
    );
    server.closeAllConnections();
    server.close();
  });
});

describe('names', () => {
  it('are short, plain, and lead back to the server', () => {
    expect(mcpToolName('git-hub', 'issues/list')).toBe('mcp__git-hub__issues_list');
    const long = mcpToolName('srv', 'x'.repeat(100));
    expect(long).toMatch(/^mcp__srv__x+_[0-9a-f]{8}$/);
    expect(long).toHaveLength(64);
    expect(mcpToolName('srv', `${'x'.repeat(99)}y`)).not.toBe(long);
  });

  it.each([
    ['mcp__srv__a', 'srv'],
    ['mcp__srv__a__b', 'srv'],
    ['mcp__srv__*', 'srv'],
    ['mcp__srv', null],
    ['read_file', null],
  ])('%s is of %s', (name, server) => {
    expect(mcpServerOf(name)).toBe(server);
  });
});
