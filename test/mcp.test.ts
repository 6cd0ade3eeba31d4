/** Agents with MCP servers, end to end: by stdio and over HTTP, with an allow list each, and with approvals. */
import { expect, test } from 'vitest';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import { startFakeOpenAi } from './support/fake-openai.ts';
import type { Answerer, FakeRequest as Asked } from './support/fake-openai.ts';
import { until } from './support/index.ts';
import { mcpServerArgv, startMcpServer } from './support/mcp-server.ts';

const TOKEN = 'a-token-that-nobody-may-see';
process.env['BATON_SECRET_mcp_token'] = TOKEN;
const USAGE = { input: 50, output: 5 };
let answer: Answerer = () => ({});
const vendor = await startFakeOpenAi({ answer: (request, n) => answer(request, n) });
const remote = await startMcpServer();
afterFile(async () => {
  delete process.env['BATON_SECRET_mcp_token'];
  await Promise.all([vendor.stop(), remote.close()]);
});
const baton = await startBaton({
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_MODEL: 'compatible/any',
  BATON_ALLOW_PRIVATE_NETWORK: '1',
  BATON_ALLOW_COMMANDS: '1',
});

const get = baton.items;
const toolAnswers = ({ messages }: Asked) =>
  messages.filter(({ role }) => role === 'tool').map(({ content }) => JSON.stringify(content));

const definition = (name: string, agent: string) => `
name: ${name}
version: 1.0.0
workspace: {}
agents:
  clerk:
    mcp:
      local: { command: ${JSON.stringify(mcpServerArgv())}, env: { TOKEN: "{{ secrets.mcp_token }}" } }
      remote: { url: "${remote.url}", headers: { authorization: "Bearer {{ secrets.mcp_token }}" } }
    ${agent}
steps:
  - { key: work, agent: clerk, prompt: Work }
`;

test('tools of both servers are offered as far as they are granted, and answer', async () => {
  const seen: Asked[] = [];
  answer = (request) => {
    seen.push(request);
    if (seen.length > 1) return { reply: 'done', usage: USAGE };
    return {
      usage: USAGE,
      toolCalls: [
        { name: 'mcp__local__add', arguments: { a: 2, b: 3 } },
        { name: 'mcp__local__where_am-i', arguments: {} },
        { name: 'mcp__remote__refuse', arguments: {} },
        { name: 'mcp__remote__add', arguments: { a: 2, b: 'three' } },
        { name: 'mcp__local__refuse', arguments: {} },
        { name: 'mcp__local__add', arguments: { a: 20, b: 30 } },
      ],
    };
  };
  await baton.publish(
    definition('both-servers', 'tools: [mcp__local__add, "mcp__local__where_am-i", mcp__remote__*]'),
  );
  const { id } = await baton.start({ workflow: 'both-servers', inputs: {} });
  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'completed', output: 'done', turns: 2, diverged: null });

  const offered = seen[0]?.tools ?? [];
  const local = offered.filter((name) => name.startsWith('mcp__local__'));
  expect(local).toHaveLength(2);
  expect(offered).toContain('mcp__remote__refuse');
  const [added, , refused, wrong, ungranted, again] = seen[1] === undefined ? [] : toolAnswers(seen[1]);
  expect(added).toContain('5');
  expect(refused).toContain('I would rather not.');
  expect(wrong).toMatch(/b/);
  expect(ungranted).toContain('There is no tool');
  expect(again).toContain('50');
  expect(remote.requests.some(({ authorization }) => authorization === `Bearer ${TOKEN}`)).toBe(true);

  const record = JSON.stringify([seen[1], await get(`/runs/${id}/events?limit=200`)]);
  expect(record).not.toContain(TOKEN);
});

test('a call that needs approval waits with its exact arguments, is edited, and runs as edited', async () => {
  const seen: Asked[] = [];
  answer = (request) => {
    seen.push(request);
    return seen.length > 1
      ? { reply: 'done', usage: USAGE }
      : { usage: USAGE, toolCalls: [{ name: 'mcp__remote__add', arguments: { a: 1, b: 1 } }] };
  };
  const agent = 'tools: [mcp__local__add, "mcp__remote__*"]\n    approve: [mcp__remote__add]';
  await baton.publish(definition('with-approval', agent));
  const { id } = await baton.start({ workflow: 'with-approval', inputs: {} });
  const [question] = await until(async () => {
    const open = await get<{ id: string; kind: string; call: object }>(`/runs/${id}/questions?status=open`);
    return open.length > 0 && open;
  });
  expect(question).toMatchObject({
    kind: 'approval',
    call: { name: 'mcp__remote__add', input: { a: 1, b: 1 } },
  });
  const { status } = await baton.call('POST', `/runs/${id}/answers`, {
    ...{ question: question?.id, decision: 'edit', answer: { a: 40, b: 2 }, by: 'eva' },
  });
  expect(status).toBeLessThan(300);
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', diverged: null });
  expect(seen[1] === undefined ? [] : toolAnswers(seen[1])).toEqual([expect.stringContaining('42')]);
});

test('a server that cannot be reached, or talks nonsense, fails the step with its name', async () => {
  answer = () => ({ reply: 'done', usage: USAGE });
  const broken = (name: string, server: string) =>
    `name: ${name}\nversion: 1.0.0\nworkspace: {}\nagents: { clerk: { mcp: { files: ${server} } } }\nsteps:\n  - { key: work, agent: clerk, prompt: Work, retry: { attempts: 2, initial: 10ms } }\n`;
  const closed = await startMcpServer();
  await closed.close();
  await baton.publish(broken('gone', `{ url: "${closed.url}" }`));
  await baton.publish(broken('nonsense', '{ command: [node, "-e", "process.exit(3)"] }'));
  for (const workflow of ['gone', 'nonsense']) {
    const { id } = await baton.start({ workflow, inputs: {} });
    const run = await baton.finished(id);
    expect(run).toMatchObject({
      status: 'failed',
      error: { type: 'mcp_failed', step: 'work' },
      diverged: null,
    });
    expect(run.error?.message).toContain('files');
    expect((await baton.steps(id))['work']?.attempts).toHaveLength(2);
  }
});
