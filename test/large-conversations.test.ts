/** Answers that are cut or huge, and conversations that outgrow their window, from the definition to the tables. */
import { expect, test } from 'vitest';
import { verifyRun } from '../src/projections/index.ts';
import { runCommand } from './cli/run-command.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import { byModel, startFakeOpenAi, type AnswersByModel, type FakeRequest } from './support/fake-openai.ts';
import { until } from './support/index.ts';
import type { ModelCall } from '../src/contract/call.ts';

const models: AnswersByModel = {};
const vendor = await startFakeOpenAi({ answer: byModel(models, {}) });
afterFile(() => vendor.stop());
const baton = await startBaton({
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_ALLOW_PRIVATE_NETWORK: '1',
});

const command = (...args: string[]) => runCommand({ BATON_URL: baton.url }, args);

interface Entry {
  readonly role: string;
  readonly content: { readonly text?: string };
}

const callsOf = (id: string) => baton.items<ModelCall>(`/runs/${id}/calls`);
const threadOf = async (id: string) =>
  (await baton.items<{ content: string }>(`/runs/${id}/messages?limit=200`)).map(({ content }) => content);
const rolesOf = async (session: unknown, full: string) =>
  (await baton.items<Entry>(`/sessions/${String(session)}/messages${full}`)).map(({ role }) => role);
const isSummary = ({ messages }: FakeRequest) => String(messages[0]?.content).startsWith('You summarise');
const LIST = { toolCalls: [{ name: 'list_files', arguments: {} }] };
const used = (input: number) => ({ usage: { input, output: 10 } });

async function start(name: string, settings: string, more = ''): Promise<string> {
  await baton.publish(
    `{ name: ${name}, version: 1.0.0, workspace: {}, steps: [{ key: work, agent: code, prompt: Do it, ` +
      `model: compatible/${name}, tools: [list_files], ${settings} }${more}] }`,
  );
  return (await baton.start({ workflow: name })).id;
}

test('near the window a summary takes the place of older turns; the transcript has both', async () => {
  const sizes = [300, 500, 950];
  models['near'] = (request) => {
    if (isSummary(request)) return { reply: 'I listed files.', ...used(80) };
    const size = sizes.shift();
    return size === undefined ? { reply: 'done', ...used(200) } : { ...LIST, ...used(size) };
  };
  const id = await start('near', 'context_window: 1000');
  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'completed', output: 'done', turns: 5, diverged: null });
  expect((await callsOf(id)).map(({ purpose }) => purpose)).toEqual([
    ...['turn', 'turn', 'turn', 'compaction', 'turn'],
  ]);
  expect(run.total_tokens).toBe(300 + 500 + 950 + 80 + 200 + 50);
  expect(await threadOf(id)).toContain('Compacted: a summary stands for 2 older entries: "I listed files."');
  const whole = 'setup user assistant tool assistant tool assistant summary tool assistant';
  expect((await rolesOf(run.session_id, '?full=1')).join(' ')).toBe(whole);
  expect((await rolesOf(run.session_id, '')).join(' ')).toBe(whole.replace('assistant tool ', ''));
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
});

test('what the model refuses as too large is summarised first, and a person can ask for it', async () => {
  let refused = 0;
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  models['refused'] = async (request, n) => {
    if (isSummary(request)) return { reply: `Summary ${n}` };
    if (n === 3 && refused++ === 0) return { status: 400, code: 'context_length_exceeded' };
    if (n < 6) return LIST;
    if (n > 6) return { reply: 'done' };
    await held;
    return LIST;
  };
  const id = await start('refused', 'max_turns: 20');
  await until(async () => (await callsOf(id)).length === 6);
  const path = `/runs/${id}/steps/work/compact`;
  expect(await command('compact', id, 'work')).toMatchObject({ code: 0, err: '' });
  expect(await baton.call('POST', path, {})).toMatchObject({
    status: 409,
    body: { code: 'command_refused' },
  });
  release();
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', diverged: null });
  expect((await callsOf(id)).map(({ purpose, status }) => `${purpose} ${status}`)).toEqual([
    ...['turn completed', 'turn completed', 'turn failed', 'compaction completed'],
    ...['turn completed', 'turn completed', 'compaction completed', 'turn completed'],
  ]);
  const transcript = async (...options: string[]) =>
    (await command('transcript', id, 'work', ...options)).out.match(/Summary \d|list_files \{\}/g);
  expect(await transcript()).toEqual(['Summary 7', ...['list_files {}', 'list_files {}']]);
  expect(await transcript('--full')).toHaveLength(6);
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
});

test('an answer that was cut is gone on with; one that the budget cut is continued', async () => {
  models['cut'] = (_, n) => {
    if (n < 3) return { reply: `part ${n} `, finishReason: 'length', ...used(10) };
    return { reply: 'the end', ...used(10) };
  };
  const id = await start('cut', 'continuations: 2');
  expect(await baton.finished(id)).toMatchObject({ output: 'part 1 part 2 the end', diverged: null });

  models['budget'] = ({ body }, n) =>
    n === 1
      ? { reply: 'half ', finishReason: 'length', usage: { input: 10, output: body['max_tokens'] as number } }
      : { reply: 'and half', ...used(10) };
  const limited = await start('budget', 'limits: { max_tokens: 100 }');
  expect(await baton.finished(limited)).toMatchObject({ terminal_reason: 'error_max_budget' });
  const more = { additional_budget: { tokens: 100 } };
  expect((await baton.call('POST', `/runs/${limited}/continue`, more)).status).toBeLessThan(300);
  await until(async () => (await baton.run(limited)).status === 'completed');
  expect(await baton.run(limited)).toMatchObject({ output: 'half and half', diverged: null });
});

test('an answer of megabytes is a result like any other', async () => {
  const huge = 'x'.repeat(2_500_000);
  models['huge'] = (_, n) => (n === 1 ? { reply: huge, ...used(10) } : { reply: 'ok', ...used(10) });
  const next =
    ', { key: next, dependencies: [work], agent: code, prompt: "Size of {{ work.result }}", model: compatible/huge }';
  const id = await start('huge', 'max_turns: 3', next);
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', output: 'ok', total_tokens: 40 });
});
