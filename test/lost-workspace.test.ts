/**
 * The one worker that holds a run's workspace is gone for good: another makes it anew from git and goes on, with the files
 * of the newest snapshot where those are kept for all.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Checkpoint } from '../src/contract/checkpoint.ts';
import { verifyRun } from '../src/projections/index.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import { bringForward } from './support/bring-forward.ts';
import { startFakeOpenAi } from './support/fake-openai.ts';
import { gitRepository } from './support/git-repository.ts';
import { until } from './support/index.ts';
import { temporaryHome } from './support/temporary-home.ts';
import { builtProgram } from './support/built-program.ts';

const { repository, sources } = gitRepository();

const USAGE = { input: 50, output: 5 };
const turnsSoFar = (messages: readonly { readonly role: string }[]) =>
  messages.filter(({ role }) => role === 'assistant').length;
const call = (name: string, args: object) => ({ toolCalls: [{ name, arguments: args }], usage: USAGE });
let release = (): void => {};
const held = new Promise<void>((resolve) => (release = resolve));
const vendor = await startFakeOpenAi({
  answer: async ({ messages }, n) => {
    if (turnsSoFar(messages) === 0) return call('write_file', { path: 'b.txt', content: 'mine' });
    // The turn that is in flight when its worker goes.
    if (n === 2) await held;
    return turnsSoFar(messages) === 1 ? call('list_files', {}) : { reply: 'done', usage: USAGE };
  },
});
const children: ChildProcess[] = [];
afterFile(async () => {
  release();
  for (const child of children) child.kill('SIGKILL');
  await vendor.stop();
});
const baton = await startBaton({}, 'workflows');

function startWorker(home: string): ChildProcess {
  const { TEMPORAL_ADDRESS = '', DATABASE_URL = '', BATON_TASK_QUEUE } = baton.config;
  const child = spawn(process.execPath, [...builtProgram('worker/main'), '--role', 'activities'], {
    env: {
      ...process.env,
      ...{ TEMPORAL_ADDRESS, DATABASE_URL, BATON_TASK_QUEUE },
      BATON_HOME: home,
      BATON_COMPATIBLE_BASE_URL: vendor.url,
      BATON_WORKSPACE_SOURCES: sources,
      BATON_ALLOW_PRIVATE_NETWORK: '1',
      BATON_ALLOW_COMMANDS: '1',
      BATON_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  children.push(child);
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

test('the agent goes on in the new workspace, is told, and pays for the turn in flight only', async () => {
  const [first, second] = [temporaryHome(), temporaryHome()];
  await baton.publish(`
name: moves
version: 1.0.0
workspace: ${repository}
steps:
  - { key: work, agent: code, prompt: Work, model: compatible/any, tools: [write_file, list_files] }
`);
  const worker = startWorker(first);
  const { id } = await baton.start({ workflow: 'moves', inputs: {} });
  await until(() => vendor.requests.length === 2);
  // The tables may be behind the agent.
  await until(async () => (await baton.run(id))['workspace_path']?.includes(realpathSync(first)));
  const gone = new Promise((resolve) => worker.once('exit', resolve));
  worker.kill('SIGTERM');
  await gone;
  startWorker(second);
  expect(await bringForward(id, 'schedule-to-start')).toBe('60s');
  const run = await baton.finished(id);

  expect(run).toMatchObject({ status: 'completed', output: 'done', turns: 3, diverged: null });
  expect(run.workspace_path).toContain(realpathSync(second));
  expect(vendor.counts()).toEqual({ 'any/2': 1, 'any/4': 1, 'any/5': 1, 'any/7': 1 });
  const last = JSON.stringify(vendor.requests.at(-1)?.messages);
  expect(last).toContain('the worker that held the workspace is gone');
  expect(last).toContain('a.txt');
  const { body } = await baton.call<{ items: { content: string }[] }>(
    'GET',
    `/runs/${id}/messages?limit=100`,
  );
  const thread = body.items.map(({ content }) => content);
  expect(thread).toContain('Making the workspace anew: the worker that held the workspace is gone');
  expect(thread.filter((content) => content.startsWith('Workspace: cloned'))).toHaveLength(2);
});

test('with snapshots that are kept another worker has the files, for the run and for its forks', async () => {
  // Another one would take the workspace.
  await Promise.all(children.splice(0).map(ended));
  const [first, second] = [temporaryHome(), temporaryHome()];
  const sh = (script: string) => `command: [sh, -c, ${JSON.stringify(script)}]`;
  await baton.publish(`
name: kept
version: 1.0.0
workspace: { git: "${repository}", snapshots: true }
steps:
  - { key: one, ${sh('echo one > b.txt; rm a.txt')} }
  - { key: more, ${sh('seq 2000 > c.txt')}, dependencies: [one] }
  - { key: go, ask: { prompt: "Go on?" }, dependencies: [more] }
  - { key: two, ${sh('cat b.txt; tail -n 1 c.txt; ls')}, dependencies: [go] }
`);
  const worker = startWorker(first);
  const { id } = await baton.start({ workflow: 'kept', inputs: {} });
  const asked = (run: string) =>
    until(async () => (await baton.items<{ id: string }>(`/questions?run=${run}`)).at(0)?.id);
  const answer = async (run: string) => {
    const body = { question: await asked(run), answer: 'yes', by: 'ann' };
    expect((await baton.call('POST', `/runs/${run}/answers`, body)).status).toBeLessThan(300);
  };
  await asked(id);
  await ended(worker);
  startWorker(second);
  await answer(id);
  expect(await bringForward(id, 'schedule-to-start')).toBe('60s');
  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'completed', diverged: null });
  expect(run.workspace_path).toContain(realpathSync(second));
  expect((await baton.steps(id))['two']?.output).toMatchObject({ stdout: 'one\n2000\nb.txt\nc.txt\n' });

  const [one] = (await baton.items<Checkpoint>(`/runs/${id}/checkpoints`)).filter(({ settled }) =>
    settled.includes('one'),
  );
  const fork = await baton.call<{ id: string }>('POST', `/runs/${id}/forks`, { checkpoint: one?.number });
  expect(await bringForward(fork.body.id, 'schedule-to-start')).toBe('60s');
  await answer(fork.body.id);
  expect(await baton.finished(fork.body.id)).toMatchObject({ status: 'completed', diverged: null });
  for (const of of [id, fork.body.id])
    expect(await verifyRun(baton.database, of)).toMatchObject({ ok: true });
});
