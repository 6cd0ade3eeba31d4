/** Agents end to end: turns, limits and going on, budgets, people, with the real client against a fake vendor. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import type { RunNow } from '../src/contract/run.ts';
import { startFakeOpenAi } from './support/fake-openai.ts';
import { until } from './support/index.ts';
import { recordHistory } from './support/record-history.ts';
import type { ModelCall } from '../src/contract/call.ts';
import type { Question } from '../src/contract/question.ts';

/** Turns of a conversation so far: each answer of the model is one. */
const turnsSoFar = (messages: readonly { readonly role: string }[]) =>
  messages.filter((message) => message.role === 'assistant').length;
const LIST = { toolCalls: [{ name: 'list_files', arguments: {} }], usage: { input: 90, output: 10 } };

let answer: Parameters<typeof startFakeOpenAi>[0] = {};
const vendor = await startFakeOpenAi({ answer: (request, n) => answer?.answer?.(request, n) ?? {} });
afterFile(() => vendor.stop());
/** Calls with a known price: 1,000 tokens in and 100 out of a model in the price list. */
const priced = { model: 'anthropic/claude-sonnet-4-5', usage: { input_tokens: 1000, output_tokens: 100 } };
const script = join(mkdtempSync(join(tmpdir(), 'baton-script-')), 'script.yaml');
writeFileSync(
  script,
  JSON.stringify({
    script: 1,
    calls: [
      { step: 'spend', turn: 42, reply: 'all spent', ...priced },
      { step: 'spend', tool_calls: [{ name: 'list_files' }], ...priced },
    ],
  }),
);

const baton = await startBaton({
  BATON_SCRIPT: script,
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_MODEL: 'compatible/gpt-5.4',
  BATON_ALLOW_PRIVATE_NETWORK: '1',
});

const get = baton.items;
const callsOf = (id: string) => get<ModelCall>(`/runs/${id}/calls?limit=200`);
const threadOf = async (id: string) =>
  (await get<{ content: string }>(`/runs/${id}/messages?limit=200`)).map(({ content }) => content);

async function expectSums(run: RunNow): Promise<void> {
  const calls = await callsOf(run.id);
  expect(run.total_tokens).toBe(calls.reduce((total, call) => total + (call.total_tokens ?? 0), 0));
  // The fake vendor's prices are nobody's: an unknown price is null, never 0.
  expect(run.cost_estimate).toBeNull();
}

const agentDefinition = (name: string, more = '') => `
name: ${name}
version: 1.0.0
workspace: {}
steps:
  - { key: cleanup, agent: code, prompt: "Clean up", tools: [list_files, write_file, ask_user]${more} }
  - { key: report, transform: '"done: " + cleanup.result', dependencies: [cleanup] }
`;

test('10 of 10 turns, then 20 more with a message: the same session goes on to the end', async () => {
  answer = {
    answer: ({ messages }) =>
      turnsSoFar(messages) < 14 ? LIST : { reply: 'all clean', usage: { input: 90, output: 10 } },
  };
  await baton.publish(agentDefinition('cleanup', ', max_turns: 10'));
  const { id } = await baton.start({ workflow: 'cleanup', inputs: {} });
  const stopped = await baton.finished(id);
  expect(stopped).toMatchObject({
    status: 'failed',
    terminal_reason: 'error_max_turns',
    turns: 10,
    total_tokens: 1_000,
    error: { type: 'error_max_turns', step: 'cleanup' },
  });
  expect(stopped['error_message']).toContain('10 of 10 turns');
  expect(stopped.needs).toMatchObject([{ step: 'cleanup' }]);
  expect(await threadOf(id)).toContainEqual(expect.stringContaining('8 of 10 turns'));
  await expectSums(stopped);

  const { status } = await baton.call('POST', '/workflows/claude-code/run/cleanup/continue', {
    session_id: stopped.session_id,
    additional_turns: 20,
    message: 'Continue the cleanup task from where you left off',
  });
  expect(status).toBeLessThan(300);
  await until(async () => (await baton.run(id)).status !== 'failed');
  const run = await baton.finished(id);
  expect(run).toMatchObject({
    ...{ id, status: 'completed', terminal_reason: 'completed', output: 'done: all clean' },
    ...{ turns: 15, total_tokens: 1_500, session_id: stopped.session_id, diverged: null },
  });
  await expectSums(run);
  const cleanup = (await baton.steps(id))['cleanup'];
  expect(cleanup?.['segments']).toMatchObject([
    { segment: 1, turns: 10, max_turns: 10, terminal_reason: 'error_max_turns' },
    { segment: 2, turns: 5, max_turns: 20 },
  ]);
  const asked = JSON.stringify(vendor.requests.at(-1)?.messages);
  expect(asked).toContain('Continue the cleanup task from where you left off');
  expect(Math.max(...Object.values(vendor.counts()))).toBe(1);
  const again = await baton.call('POST', `/runs/${id}/continue`, {
    session_id: stopped.session_id,
    message: 'More',
  });
  expect(again.status).toBeLessThan(300);
  await until(async () => (await baton.run(id)).turns === 16);
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', diverged: null });
});

test('money: a limit stops the agent, more money lets it go on, and cost is the sum of its calls', async () => {
  await baton.publish(`
name: spender
version: 1.0.0
workspace: {}
steps:
  - key: spend
    agent: code
    model: scripted/any
    prompt: Spend
    tools: [list_files]
    limits: { max_turns: 100, max_cost_usd: 0.018 }
`);
  const price = 1_000 * 3 + 100 * 15;
  const { id } = await baton.start({ workflow: 'spender', inputs: {} });
  const stopped = await baton.finished(id);
  expect(stopped).toMatchObject({ terminal_reason: 'error_max_budget', turns: 4, cost_estimate: 4 * price });
  await baton.call('POST', `/runs/${id}/continue`, { additional_budget: { cost_usd: 10 } });
  await until(async () => (await baton.run(id)).status !== 'failed');
  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'completed', turns: 42, cost_estimate: 42 * price, diverged: null });
  const calls = await callsOf(id);
  expect(calls.map(({ cost_estimate: cost }) => cost)).toEqual(Array(42).fill(price));
});

test('parallel agents stay within the limit of the run together; it is continued with more', async () => {
  const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
  answer = {
    answer: ({ messages }) =>
      turnsSoFar(messages) < 3 ? { ...LIST, delayMs: 50 } : { reply: 'ok', usage: { input: 90, output: 10 } },
  };
  await baton.publish(`
name: crowd
version: 1.0.0
workspace: {}
limits: { max_tokens: 1000 }
steps:
${keys.map((key) => `  - { key: ${key}, agent: code, prompt: "Work on ${key}", tools: [list_files] }`).join('\n')}
`);
  const { id } = await baton.start({ workflow: 'crowd', inputs: {} });
  const run = await baton.finished(id);
  expect(run).toMatchObject({ terminal_reason: 'error_max_budget', total_tokens: 1_000, diverged: null });
  await expectSums(run);
  await baton.call('POST', `/runs/${id}/continue`, { additional_budget: { tokens: 5_000 } });
  await until(async () => (await baton.run(id)).status !== 'failed');
  expect(await baton.finished(id)).toMatchObject({
    status: 'completed',
    turns: 24,
    total_tokens: 2_400,
    diverged: null,
  });
  await recordHistory('limit-continued', id);
});

test('questions in parallel branches are answered in any order, each once; approvals carry the arguments', async () => {
  answer = {
    answer: ({ messages }) => {
      const text = JSON.stringify(messages);
      const turns = turnsSoFar(messages);
      if (text.includes('Ask about')) {
        return turns === 0
          ? { toolCalls: [{ name: 'ask_user', arguments: { question: 'Which colour?' } }] }
          : { reply: text.includes('blue') ? 'it is blue' : 'unknown' };
      }
      if (turns === 0) {
        const input = { path: 'a.txt', content: 'draft' };
        return { toolCalls: [{ name: 'write_file', arguments: input }] };
      }
      return { reply: 'written' };
    },
  };
  await baton.publish(`
name: talk
version: 1.0.0
workspace: {}
steps:
  - { key: colour, agent: product, prompt: "Ask about the colour", tools: [ask_user] }
  - { key: write, agent: code, prompt: "Write", tools: [write_file], approve: [write_file] }
  - { key: gate, ask: { prompt: "Ship it?", approvers: [ann, bob], needed: 1 } }
  - { key: end, transform: '[colour.result, write.result]', dependencies: [colour, write, gate] }
`);
  const { id } = await baton.start({ workflow: 'talk', inputs: {} });
  await until(
    async () => (await get<Question>('/questions')).filter((one) => one.run_id === id).length === 3,
  );
  const open = await get<Question>(`/runs/${id}/questions`);
  const of = (kind: string) => open.find((question) => question.kind === kind);
  expect(of('approval')?.call).toMatchObject({
    name: 'write_file',
    input: { path: 'a.txt', content: 'draft' },
  });
  const say = (question: string | undefined, more: object) =>
    baton.call<{ code?: string; detail?: string }>('POST', `/runs/${id}/answers`, { question, ...more });
  expect((await say(of('ask')?.id, { answer: { approved: true }, by: 'zoe' })).status).toBe(409);
  expect((await say(of('ask')?.id, { answer: { approved: 'yes' }, by: 'ann' })).status).toBe(400);
  expect(
    (await say(of('approval')?.id, { decision: 'edit', answer: { path: 'a.txt', content: 'final' } })).status,
  ).toBe(200);
  expect((await say(of('ask')?.id, { answer: { approved: true }, by: 'ann' })).status).toBe(200);
  expect((await say(of('ask')?.id, { answer: { approved: true }, by: 'bob' })).status).toBe(409);
  expect((await say(of('ask_user')?.id, { answer: 'blue' })).status).toBe(200);
  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'completed', output: ['it is blue', 'written'], diverged: null });
  expect(await threadOf(id)).toContainEqual(expect.stringMatching(/Writing file: a\.txt \(5 bytes\)/));
  expect(await get<Question>('/questions')).toEqual([]);
  await recordHistory('people', id);
});
