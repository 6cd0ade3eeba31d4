import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancelledFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runs } from '../../../test/support/running.ts';
import { startMcpServer } from '../../../test/support/mcp-server.ts';
import {
  failureOf,
  patientEnvironment,
  runActivity,
  testConfig,
} from '../../../test/support/step-attempt.ts';
import { until } from '../../../test/support/until.ts';
import type { Database } from '../../database/database.ts';
import { createLogger } from '../../log/log.ts';
import type { Json } from '../../plan/json.ts';
import type { McpServerSpec } from '../../plan/plan.ts';
import type { ToolActivityInput, ToolActivityOutput } from '../../protocol/agent.ts';
import { stepAgent } from '../network/guarded-agent.ts';
import { createLauncher } from '../processes/launcher.ts';
import { readSecrets } from '../secrets.ts';
import { toolDefinitions } from './catalogue.ts';
import { ToolRefusal } from './tool.ts';
import { toolActivity } from './tool-activity.ts';
import { createToolbox } from './toolbox.ts';

const home = realpathSync(mkdtempSync(join(tmpdir(), 'baton-tool-')));
const root = join(home, 'workspaces/run-1/1');
mkdirSync(root, { recursive: true });
afterAll(() => rmSync(home, { recursive: true, force: true }));
const env = { PATH: process.env['PATH'], BATON_SECRET_KEY: 'hush-hush', ANTHROPIC_API_KEY: 'sk-1234' };
const secrets = readSecrets(env);
const stored: string[] = [];
/** Results above 256 bytes go to the blob table: here they are only counted. */
const database = {
  query: async (statement: { values: string[] }) => {
    stored.push(statement.values[2] ?? '');
    return { rows: [] };
  },
} as unknown as Database;
const deps = { database, log: createLogger('test', 'silent'), secrets };
/** None of these steps may. */
const propose = () => Promise.reject(new ToolRefusal('This step may not propose edits of the plan.'));

const launcher = createLauncher(testConfig({ BATON_HOME: home }));
const toolbox = (commands = true, allowPrivate = true) =>
  createToolbox({
    config: { BATON_ALLOW_COMMANDS: commands },
    env,
    secrets,
    agent: stepAgent({ allowPrivate }),
    launcher,
  });

function inputOf(name: string, args: Json, over: Partial<ToolActivityInput> = {}): ToolActivityInput {
  return {
    run: { id: 'run-1', workflow: 'demo', version: '1.0.0' },
    step: { key: 'work', title: 'Work', attempt: 1, turn: 2, index: 0 },
    idempotencyKey: 'run-1/0/work/2.0',
    call: { id: 'call-1', name, input: { value: args }, preview: '' },
    mcp: null,
    workspace: root,
    timeoutMs: 60_000,
    ...over,
  };
}

function call(
  name: string,
  args: Json,
  over: Partial<ToolActivityInput> = {},
  tools = toolbox(),
): Promise<ToolActivityOutput> {
  return runActivity(toolActivity(deps, tools, { propose }), inputOf(name, args, over));
}

/** A call that goes on until it is cancelled; `ended`: what it throws then. */
function begin(input: ToolActivityInput): { cancel: () => void; ended: Promise<unknown> } {
  const environment = patientEnvironment();
  const ending = runActivity(toolActivity(deps, toolbox(), { propose }), input, environment);
  return { cancel: () => environment.cancel(), ended: ending.catch((thrown: unknown) => thrown) };
}

const node = (code: string, ...args: string[]) => [process.execPath, '-e', code, ...args];

describe('a call', () => {
  it('answers with a result and a comment', async () => {
    writeFileSync(join(root, 'a.txt'), 'hello');
    expect(await call('read_file', { path: 'a.txt' })).toEqual({
      result: { value: 'hello', bytes: 7, preview: 'hello' },
      isError: false,
      comment: 'Reading file: a.txt (5 bytes)',
    });
  });

  it.each([
    ['an unknown tool', 'no_tool', {}, /There is no tool "no_tool".*read_file, write_file/],
    ['a tool of a server that the agent does not have', 'mcp__x__y', {}, /There is no tool/],
    ['wrong arguments', 'write_file', { path: 'x' }, /content: .*Call it again/],
    ['a refused path', 'read_file', { path: '../x' }, /leads out of the workspace/],
  ])('of %s answers with what is wrong', async (_, name, args, message) => {
    const { result, isError, comment } = await call(name, args);
    expect(isError).toBe(true);
    expect(result.value).toMatch(message);
    expect(comment).toMatch(new RegExp(`^${name} failed: .`));
  });

  it('shows no secrets, neither to the model nor in comments', async () => {
    const { result, comment } = await call('run_command', { argv: ['echo', 'hush-hush', 'sk-1234'] });
    expect(result.value).toContain('*** ***');
    expect(comment).toBe('echo *** ***: PASSED (exit code 0)');
  });

  it('yields text that a database can hold', async () => {
    const { result } = await call('run_command', { argv: node('process.stdout.write("a\\0b")') });
    expect(result.value).toBe('exit code 0\nstdout:\na\ufffdb');
  });

  it('fails when the workspace has vanished', async () => {
    const failure = await failureOf(call('read_file', { path: 'x' }, { workspace: join(root, 'gone') }));
    expect(failure).toMatchObject({
      type: 'workspace_lost',
      message: expect.stringContaining('not on this worker'),
    });
  });

  it('that takes too long answers so, before its activity times out', async () => {
    // Two seconds for a program to end may be too few on a busy machine: then it is called once more.
    const output = await until(() =>
      call('run_command', { argv: node('setInterval(() => {}, 1000)') }, { timeoutMs: 4_000 }),
    );
    expect(output).toMatchObject({
      isError: true,
      result: { value: expect.stringMatching(/took longer than .* s and was stopped/) },
    });
  });

  it('ends with a cancel, and what it had started ends too, even who ignores SIGTERM', async () => {
    const mark = randomUUID();
    const argv = node(
      `process.on("SIGTERM", () => {}); require("fs").writeFileSync("began", "yes"); setInterval(() => {}, 1000); // ${mark}`,
    );
    const { cancel, ended } = begin(inputOf('run_command', { argv }));
    await until(() => existsSync(join(root, 'began')));
    expect(runs(mark)).toBe(true);
    cancel();
    expect(await ended).toBeInstanceOf(CancelledFailure);
    expect(runs(mark)).toBe(false);
  });

  it('of an MCP server ends with a cancel, and the server is told so', async () => {
    const server = await startMcpServer();
    const mcp: McpServerSpec = { transport: 'http', url: server.url, headers: {} };
    const { cancel, ended } = begin(inputOf('mcp__srv__hang', {}, { mcp }));
    const call = await until(() => [...server.hanging][0]);
    cancel();
    expect(await ended).toBeInstanceOf(CancelledFailure);
    await until(() => call.aborted);
    await server.close();
  });
});

describe('run_command', () => {
  it('answers with output and how it ended', async () => {
    const argv = node('console.log("out"); console.error("err"); process.exit(1)');
    expect(await call('run_command', { argv, purpose: 'Build verification' })).toMatchObject({
      result: { value: 'exit code 1\nstdout:\nout\n\nstderr:\nerr\n' },
      isError: true,
      comment: 'Build verification: FAILED (exit code 1)',
    });
  });

  it('runs without a shell, in a folder of the workspace, in an environment without keys', async () => {
    mkdirSync(join(root, 'sub'), { recursive: true });
    const code =
      'console.log(JSON.stringify([process.cwd(), process.argv.slice(1), Object.keys(process.env).filter((name) => name !== "HOME").sort()]))';
    const { result } = await call('run_command', { argv: node(code, '$(id) && *'), cwd: 'sub' });
    expect(result.value).toContain(
      JSON.stringify([join(root, 'sub'), ['$(id) && *'], ['BATON_IDEMPOTENCY_KEY', 'PATH']]),
    );
  });

  it('gives stdin', async () => {
    expect(await call('run_command', { argv: ['cat'], stdin: 'in' })).toMatchObject({
      result: { value: 'exit code 0\nstdout:\nin' },
      comment: 'cat: PASSED (exit code 0)',
    });
  });

  it('stops what does not end', async () => {
    const argv = node('setInterval(() => {}, 1000)');
    expect(await call('run_command', { argv, timeout_seconds: 0.3, purpose: 'Server' })).toMatchObject({
      isError: true,
      comment: 'Server: FAILED (stopped after 0.3 s)',
    });
  });

  it('keeps beginning and end of much output', async () => {
    stored.length = 0;
    const code = 'process.stdout.write("first\\n" + "x".repeat(3e6) + "\\nlast")';
    const { result } = await call('run_command', { argv: node(code) });
    expect(result.bytes).toBeLessThan(40 * 1024);
    expect(stored[0]).toMatch(/first.*\[cut: \d+ bytes\].*last/);
  });

  it.each([
    [
      'when the worker does not allow it',
      { argv: ['true'] },
      /does not run commands.*BATON_ALLOW_COMMANDS=1/,
      false,
    ],
    ['for a program that is not there', { argv: ['no-such-program'] }, /no program "no-such-program"/, true],
    ['for a folder that is not there', { argv: ['true'], cwd: 'nowhere' }, /"nowhere" is no folder/, true],
    ['for a folder outside', { argv: ['true'], cwd: '..' }, /leads out/, true],
    ['for a command line', { argv: 'npm test' }, /argv: /, true],
    ['for nothing', { argv: [] }, /argv: /, true],
    ['for an empty program', { argv: [''] }, /could not be started/, true],
    ['for a NUL', { argv: ['a\0b'] }, /could not be started/, true],
  ])('refuses %s', async (_, args, message, allowed) => {
    const { result, isError } = await call('run_command', args, {}, toolbox(allowed));
    expect(isError).toBe(true);
    expect(result.value).toMatch(message);
  });
});

describe('http_fetch', () => {
  let url = '';
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const server = createServer((request, response) => answer(request, response));
  beforeAll(async () => {
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('answers with status, type and text, and shows no query', async () => {
    answer = (_, response) => response.setHeader('content-type', 'text/plain').end('hello');
    expect(await call('http_fetch', { url: `${url}/page?token=x` })).toMatchObject({
      result: { value: 'HTTP 200 OK, text/plain\n\nhello' },
      isError: false,
      comment: `Fetched ${url}/page (200, 5 bytes)`,
    });
  });

  it('posts with the key of the effect', async () => {
    let seen: IncomingMessage | undefined;
    answer = (request, response) => {
      seen = request;
      request.pipe(response);
    };
    const args = { url, method: 'POST', body: 'data', headers: { 'x-a': 'b' } };
    expect(await call('http_fetch', args)).toMatchObject({
      result: { value: expect.stringContaining('data') },
      comment: `Fetched POST ${url}/ (200, 4 bytes)`,
    });
    expect(seen?.headers).toMatchObject({ 'idempotency-key': 'run-1/0/work/2.0', 'x-a': 'b' });
  });

  it.each([
    ['before the answer begins', () => {}],
    ['in the middle of the answer', (response: ServerResponse) => void response.write('half')],
  ])('hangs up at a cancel %s', async (_, send) => {
    let asked = false;
    let left = false;
    answer = (_request, response) => {
      asked = true;
      response.on('close', () => (left = true));
      send(response);
    };
    const { cancel, ended } = begin(inputOf('http_fetch', { url }));
    await until(() => asked);
    cancel();
    expect(await ended).toBeInstanceOf(CancelledFailure);
    await until(() => left);
  });

  it('tells errors of the server, and what is no text', async () => {
    answer = (_, response) => response.writeHead(404).end(Buffer.from([0, 1, 2]));
    expect(await call('http_fetch', { url })).toMatchObject({
      isError: true,
      result: { value: 'HTTP 404 Not Found\n\n[3 bytes of what is no text]' },
      comment: `Fetched ${url}/ (404, 3 bytes)`,
    });
  });

  it('does not read without end', async () => {
    let ended = false;
    answer = (_, response) => {
      const chunk = Buffer.alloc(1024 * 1024, 'x');
      const write = (): void => {
        while (response.writable && response.write(chunk));
      };
      response.on('drain', write).on('close', () => (ended = true));
      write();
    };
    expect(await call('http_fetch', { url })).toMatchObject({
      comment: `Fetched ${url}/ (200, more than 5,242,880 bytes)`,
    });
    await until(() => ended);
  });

  it.each([
    ['a private address', { url: 'http://127.0.0.1:54321/' }, /127.0.0.1 \(loopback\) is not public/, false],
    ['another scheme', { url: 'file:///etc/passwd' }, /http or https/, true],
    ['no URL', { url: 'example' }, /is no URL/, true],
    ['a body that is not sent', { url: 'https://example.com', body: 'x' }, /has no body; use POST/, true],
    ['another method', { url: 'https://example.com', method: 'DELETE' }, /method: /, true],
    [
      'a header that cannot be',
      { url: 'http://127.0.0.1:54321/', headers: { a: 'b\nc' } },
      /cannot be fetched/,
      true,
    ],
    ['nobody there', { url: 'http://127.0.0.1:3/' }, /cannot be fetched/, true],
  ])('refuses %s', async (_, args, message, allowPrivate) => {
    const { result, isError } = await call('http_fetch', args, {}, toolbox(true, allowPrivate));
    expect(isError).toBe(true);
    expect(result.value).toMatch(message);
  });
});

describe('toolDefinitions', () => {
  const request = { mcp: {}, run: 'run-1', workspace: null, signal: new AbortController().signal };

  it('describes every tool of the list once, with a schema of an object', async () => {
    const names = [
      'read_file',
      'write_file',
      'edit_file',
      'list_files',
      'search_files',
      'run_command',
      'http_fetch',
    ];
    const found = await toolDefinitions([...names, 'ask_user', 'read_file'], request, toolbox());
    expect(found.map(({ name }) => name)).toEqual([...names, 'ask_user']);
    for (const { description, inputSchema } of found) {
      expect(description).not.toBe('');
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(inputSchema).not.toHaveProperty('$schema');
    }
    expect(found[0]?.inputSchema).toMatchObject({
      properties: { path: { type: 'string' }, offset: { type: 'integer' } },
      required: ['path'],
    });
  });

  it.each([
    ['no_tool', /knows no tool "no_tool"/],
    ['mcp__x__y', /no MCP server "x"/],
  ])('refuses %s', async (name, message) => {
    await expect(toolDefinitions([name], request, toolbox())).rejects.toThrow(message);
  });
});
