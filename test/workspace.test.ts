/** The workspace of a run, end to end: lost and made anew from git, lost for good, and lost together with its worker. */
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import { byModel, startFakeOpenAi } from './support/fake-openai.ts';
import type { AnswersByModel, FakeAnswer, FakeRequest as Asked } from './support/fake-openai.ts';
import { gitRepository } from './support/git-repository.ts';
import { until } from './support/index.ts';

const { repository, sources } = gitRepository();

const USAGE = { input: 50, output: 5 };
const OK = { reply: 'done', usage: USAGE };
/** What the vendor does for each model. */
const models: AnswersByModel = {};
const vendor = await startFakeOpenAi({ answer: byModel(models, OK) });
afterFile(() => vendor.stop());
const baton = await startBaton({
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_ALLOW_PRIVATE_NETWORK: '1',
  BATON_WORKSPACE_SOURCES: sources,
});

const calling = (name: string, args: object): FakeAnswer => ({
  toolCalls: [{ name, arguments: args }],
  usage: USAGE,
});
const get = baton.items;
const threadOf = async (id: string) =>
  (await get<{ content: string }>(`/runs/${id}/messages?limit=200`)).map(({ content }) => content).join('\n');
const pathOf = async (id: string) => String((await baton.run(id))['workspace_path']);

async function startWriter(name: string, workspace: string): Promise<string> {
  await baton.publish(`
name: ${name}
version: 1.0.0
workspace: ${workspace}
steps:
  - { key: work, agent: code, prompt: Work, model: compatible/${name}, tools: [read_file, write_file] }
`);
  return (await baton.start({ workflow: name, inputs: {} })).id;
}

/** Writes a file, then has its workspace removed, reads the file again, and is done. */
function losing(remove: () => Promise<void>): (request: Asked, n: number) => Promise<FakeAnswer> {
  return async (_, n) => {
    if (n === 1) return calling('write_file', { path: 'b.txt', content: 'mine' });
    if (n === 2) {
      await remove();
      return calling('read_file', { path: 'a.txt' });
    }
    return OK;
  };
}

test('a workspace from git that is gone is made anew; agent and people are told', async () => {
  let id = '';
  models['from-git'] = losing(async () => {
    rmSync(await pathOf(id), { recursive: true });
  });
  id = await startWriter('from-git', repository);
  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'completed', output: 'done', turns: 3, diverged: null });
  expect(await pathOf(id)).toMatch(/\/2$/);
  const last = JSON.stringify(vendor.requests.filter(({ model }) => model === 'from-git').at(-1)?.messages);
  expect(last).toContain('from git');
  expect(last).toContain('It was made anew from git');
  const thread = await threadOf(id);
  expect(thread.match(/Workspace: cloned/g)).toHaveLength(2);
  expect(thread).toContain('Making the workspace anew: the workspace’s directory has been removed');
});

test('an empty workspace that is gone fails the step, and says so', async () => {
  let id = '';
  models['from-nothing'] = losing(async () => {
    rmSync(await pathOf(id), { recursive: true });
  });
  id = await startWriter('from-nothing', '{}');
  const run = await baton.finished(id);
  expect(run).toMatchObject({
    ...{ status: 'failed', diverged: null, turns: 2 },
    error: { type: 'workspace_lost', step: 'work', message: expect.stringContaining('removed') as string },
  });
  expect(await threadOf(id)).toMatch(/code agent failed: .*workspace/);

  models['from-nothing'] = () => OK;
  const { status } = await baton.call('POST', `/runs/${id}/continue`, { message: 'Begin again.' });
  expect(status).toBeLessThan(300);
  await until(async () => (await baton.run(id)).turns > 2 || (await baton.run(id))['epoch'] === 1);
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', diverged: null });
  expect(JSON.stringify(vendor.requests.at(-1)?.messages)).toContain('The workspace was lost.');
});
