/** The ways to the MCP server: scopes, sessions, what is refused before any tool, waits that are cancelled, an end of stdin. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../src/contract/audit.ts';
import type { Problem } from '../../src/contract/problem.ts';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import { builtProgram } from '../support/built-program.ts';
import { runId, until } from '../support/index.ts';
import { temporaryHome } from '../support/temporary-home.ts';
import { ask, call, connected, problemOf, startServed, textOf, TRANSPORTS } from './clients.ts';

const baton = await startServed();
await baton.publish('name: slow\nversion: 1.0.0\nsteps: [{ key: nap, wait: 10m }]');
const many = Array.from({ length: 199 }, (_, at) => `  - { key: s${at}, transform: "${at}" }`).join('\n');
await baton.publish(`
name: wide
version: 1.0.0
inputs: { what: { type: string } }
steps:
  - { key: big, transform: "inputs.what" }
${many}
`);
const waiting = async (): Promise<string> => {
  const { id } = await baton.start({ workflow: 'served', inputs: { what: 'a poem' }, id: runId('served') });
  await until(async () => (await baton.run(id)).waiting_for.some(({ kind }) => kind === 'question'));
  return id;
};

describe.each(TRANSPORTS)('over %s', (transport) => {
  it('shows the tools of its scopes, and refuses the others', async () => {
    const client = await connected(baton, transport, { scope: 'read,steer' });
    const { tools } = await client.listTools();
    const names = TOOLS.filter(({ scope }) => scope !== 'author').map(({ name }) => name);
    expect(tools.map(({ name }) => name)).toEqual(names);
    const refused = await call(client, 'publish_workflow', { definition: 'name: x' });
    expect(problemOf(refused)).toMatchObject({ code: 'out_of_scope' });
    expect(textOf(refused)).toBe(
      'out_of_scope: publish_workflow needs the scope author; this client has read, steer. Whoever set the client up can widen it.',
    );
    expect(problemOf(await call(client, 'fly'))).toMatchObject({ code: 'tool_not_found' });
    expect(await baton.items('/audit?action=publish&outcome=refused')).toEqual([]);
  });

  it('has no resources and prompts without the scope to read', async () => {
    const client = await connected(baton, transport, { scope: 'steer' });
    expect(client.getServerCapabilities()).toEqual({ tools: {} });
    await expect(client.listResources()).rejects.toThrow(/Method not found/);
  });

  it('has runs and definitions as resources, whose names it completes', async () => {
    const client = await connected(baton, transport);
    const id = await waiting();
    const { resources } = await client.listResources();
    const uri = `baton://runs/${id}`;
    expect(resources.map((one) => one.uri)).toEqual(
      expect.arrayContaining([uri, 'baton://definitions/served']),
    );
    expect((await client.listResourceTemplates()).resourceTemplates).toHaveLength(3);
    const read = async (of: string) => (await client.readResource({ uri: of })).contents[0];
    expect(await read(uri)).toMatchObject({ text: expect.stringMatching(`^${id} of served: running`) });
    expect(await read(`${uri}/thread`)).toMatchObject({ text: expect.stringContaining('Go?') });
    expect(await read('baton://definitions/served')).toMatchObject({
      ...{ mimeType: 'application/yaml', text: expect.stringContaining('name: served') },
    });
    await expect(read('baton://runs/none')).rejects.toThrow(/run_not_found/);
    await expect(read('file:///etc/passwd')).rejects.toThrow(/invalid_request/);
    const complete = async (argument: { name: string; value: string }) =>
      (await client.complete({ ref: { type: 'ref/resource', uri: 'baton://runs/{id}' }, argument }))
        .completion.values;
    expect(await complete({ name: 'id', value: id.slice(0, -2) })).toContain(id);
    expect(await complete({ name: 'name', value: 'ser' })).toEqual(['served']);
  });

  it('has prompts', async () => {
    const client = await connected(baton, transport);
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual([
      'why_did_this_run_fail',
      'what_needs_me',
      'review_cost',
    ]);
    const { messages } = await client.getPrompt({
      name: 'why_did_this_run_fail',
      arguments: { run: 'a"\nb' },
    });
    expect(messages[0]?.content).toMatchObject({
      text: expect.stringContaining('the run "a\\"\\nb" of Baton'),
    });
    await expect(client.getPrompt({ name: 'none' })).rejects.toThrow(/no prompt/);
  });

  it('serves two clients at once, each under its name', async () => {
    const id = await waiting();
    const clients = await Promise.all(
      ['ann', 'bob'].map((name) => connected(baton, transport, { name: `${name}-${transport}` })),
    );
    await Promise.all(clients.map((client) => ask(client, 'send_message', { run: id, content: 'Hello' })));
    const said = await baton.items<{ author: string; content: string }>(
      `/runs/${id}/messages?message_type=user`,
    );
    expect(said.map(({ author }) => author).toSorted()).toEqual([`ann-${transport}`, `bob-${transport}`]);
  });

  it('lets a call that waits be cancelled, and goes on', async () => {
    const client = await connected(baton, transport);
    const { id } = await baton.start({ workflow: 'slow', id: runId('slow') });
    const stop = new AbortController();
    const waits = client.callTool({ name: 'wait_for_run', arguments: { run: id, seconds: 50 } }, undefined, {
      signal: stop.signal,
      onprogress: () => stop.abort('enough'),
    });
    // Over HTTP an answer is one piece of JSON: nothing is told before it.
    if (transport === 'http') setTimeout(() => stop.abort('enough'), 1_000);
    await expect(waits).rejects.toThrow(/enough/);
    expect(await ask(client, 'cancel_run', { run: id })).toHaveProperty('message_id');
  });

  it('refuses what is too large, and goes on', async () => {
    const id = await waiting();
    const client = await connected(baton, transport);
    const large = { run: id, content: 'x'.repeat(200_000) };
    expect(problemOf(await call(client, 'send_message', large))).toMatchObject({ code: 'invalid_request' });
    const huge = { workflow: 'served', inputs: { what: 'x'.repeat(2_000_000) } };
    // Over HTTP it is the body of the protocol that is: no tool was called.
    const refused = await call(client, 'run_workflow', huge).then((result) => problemOf(result).code, String);
    expect(refused).toContain('body_too_large');
    expect(await ask(client, 'list_runs', { limit: 1 })).toHaveProperty('runs');
  });

  it('cuts a large answer, says so, and keeps to the schema', async () => {
    const client = await connected(baton, transport);
    await client.listTools();
    const { id } = await baton.start({
      workflow: 'wide',
      inputs: { what: 'x'.repeat(50_000) },
      id: runId('wide'),
    });
    await baton.finished(id);
    const status = await call(client, 'get_workflow_status', { run: id });
    expect(status.structuredContent).toMatchObject({ more_steps: 160 });
    const output = await call(client, 'get_output', { run: id, step: 'big' });
    expect(output.structuredContent).toMatchObject({ whole: false });
    expect(textOf(output)).toContain('Only the beginning of its JSON');
    expect(JSON.stringify(output).length).toBeLessThan(100_000);
  });
});

describe('/mcp', () => {
  const initialize = {
    ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
  };
  interface Sent {
    readonly headers?: Record<string, string>;
    readonly path?: string;
    readonly method?: string;
    readonly body?: string;
  }
  /** By hand: what a browser or another program would send. */
  const send = async ({ headers = {}, path = '/mcp', method = 'POST', body }: Sent = {}) => {
    const sent = request(`${baton.url}${path}`, {
      method,
      headers: {
        ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        ...headers,
      },
    });
    sent.end(body ?? JSON.stringify(initialize));
    const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
    const told = await text(answer);
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: (told === '' ? {} : JSON.parse(told)) as Problem,
    };
  };

  it('answers in JSON, with a session that any process can read', async () => {
    const { status, headers, body } = await send();
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(body).toMatchObject({
      result: { serverInfo: { name: 'baton' }, instructions: expect.any(String) },
    });
    const other = await baton.startApi();
    const id = await waiting();
    const said = { jsonrpc: '2.0', id: 2, method: 'tools/call' };
    const params = { name: 'send_message', arguments: { run: id, content: 'Once.' } };
    const session = {
      'mcp-session-id': String(headers['mcp-session-id']),
      'mcp-protocol-version': '2025-06-18',
    };
    const again = async (url: string) =>
      fetch(`${url}/mcp`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...session,
        },
        body: JSON.stringify({ ...said, params }),
      }).then(async (response) => (await response.json()) as object);
    expect(await again(baton.url)).toMatchObject({ result: { structuredContent: { done: true } } });
    // The same request, sent again to another process: it counts once.
    expect(await again(other.url)).toMatchObject({ result: { structuredContent: { done: true } } });
    const messages = await baton.items<{ author: string }>(`/runs/${id}/messages?message_type=user`);
    expect(messages.map(({ author }) => author)).toEqual(['raw']);
    await other.stop();
  });

  it.each([
    ['a foreign Origin', { headers: { origin: 'https://evil.example' } }, 403, 'cross_origin'],
    ['a foreign Host', { headers: { host: 'evil.example' } }, 403, 'host_refused'],
    ['a form', { headers: { 'content-type': 'text/plain' } }, 415, 'unsupported_media_type'],
    ['no JSON', { body: '{' }, 400, 'invalid_json'],
    ['no message', { body: '[]' }, 400, 'invalid_request'],
    ['a stream of its own', { method: 'GET', body: '' }, 405, 'method_not_allowed'],
    ['an unknown scope', { path: '/mcp?scope=all' }, 400, 'invalid_request'],
    ['an unknown scope in a header', { headers: { 'baton-mcp-scope': 'all' } }, 400, 'invalid_request'],
  ] as const)('refuses %s', async (_, sent: Sent, status, code) => {
    const answer = await send(sent);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('ends the request of a call that its client cancels', async () => {
    const { id: run } = await baton.start({ workflow: 'slow', id: runId('slow') });
    const session = String((await send()).headers['mcp-session-id']);
    const message = (members: object) => ({
      headers: { 'mcp-session-id': session },
      body: JSON.stringify({ jsonrpc: '2.0', ...members }),
    });
    const params = { name: 'wait_for_run', arguments: { run, seconds: 50 } };
    let status: number | undefined;
    const waits = send(message({ id: 7, method: 'tools/call', params })).then(
      (answer) => (status = answer.status),
    );
    const cancel = message({ method: 'notifications/cancelled', params: { requestId: 7 } });
    await until(async () => (await send(cancel)).status === 202 && status !== undefined, { timeout: 45_000 });
    expect(await waits).toBe(202);
  });

  it('narrows scopes by a header, and tells tools of no more', async () => {
    const list = JSON.stringify({ jsonrpc: '2.0', id: 3, method: 'tools/list' });
    const scopes = { path: '/mcp?scope=read,author', headers: { 'baton-mcp-scope': 'author,steer' } };
    const { body } = await send({ ...scopes, body: list });
    const { result } = body as unknown as { result: { tools: { name: string }[] } };
    expect(result.tools.map(({ name }) => name)).toEqual(
      TOOLS.filter(({ scope }) => scope === 'author').map(({ name }) => name),
    );
  });

  it('leaves no row in the audit log by itself', async () => {
    const rows = await baton.items<AuditRecord>('/audit?limit=500');
    expect(rows.filter(({ route, outcome }) => route === '/mcp' && outcome === 'accepted')).toEqual([]);
  });
});

describe('baton mcp', () => {
  const start = (env: Record<string, string>, ...args: string[]) => {
    const home = temporaryHome();
    const child = spawn(process.execPath, [...builtProgram('cli/main'), 'mcp', ...args], {
      env: { PATH: process.env['PATH'] ?? '', HOME: home, BATON_HOME: home, ...env },
    });
    return { child, out: text(child.stdout), err: text(child.stderr), end: once(child, 'close') };
  };
  const line = (message: object) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`;
  const hello = line({
    ...{ id: 1, method: 'initialize' },
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
  });

  it('writes nothing but the protocol to stdout, says what is wrong beside it, and ends with stdin', async () => {
    const { child, out, err, end } = start({ BATON_URL: 'http://127.0.0.1:1' });
    child.stdin.write(hello);
    child.stdin.write('this is no message\n');
    child.stdin.write(line({ id: 2, method: 'tools/call', params: { name: 'list_runs', arguments: {} } }));
    child.stdin.end();
    const [code] = await end;
    const messages = (await out)
      .trimEnd()
      .split('\n')
      .map((told) => JSON.parse(told) as { id: number; result: object });
    expect(code).toBe(0);
    expect(messages.at(-1)).toMatchObject({
      id: 2,
      result: {
        isError: true,
        content: [{ text: expect.stringMatching(/^api_unreachable: cannot reach the API/) }],
      },
    });
    expect(await err).toMatch(/^baton mcp: /m);
  });

  it('takes BATON_MCP_SCOPE for the most that --scope can be', async () => {
    const { child, out } = start({ BATON_MCP_SCOPE: 'read,author' }, '--scope', 'steer,author');
    child.stdin.end(`${hello}${line({ id: 2, method: 'tools/list' })}`);
    const told = JSON.parse((await out).trimEnd().split('\n').at(-1) ?? '') as {
      result: { tools: { name: string }[] };
    };
    expect(told.result.tools.map(({ name }) => name)).toEqual(
      TOOLS.filter(({ scope }) => scope === 'author').map(({ name }) => name),
    );
  });

  it('refuses a scope that there is not', async () => {
    const { child, err, end } = start({}, '--scope', 'all');
    child.stdin.end();
    const [code] = await end;
    expect(code).toBe(2);
    expect(await err).toContain('write read, steer, author');
  });
});
