/** The files of a workspace go back with the run: set back in place, forked, and on another worker than their own. */
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Checkpoint, ForkPreview, RestoreAnswer } from '../src/contract/checkpoint.ts';
import type { Run } from '../src/contract/run.ts';
import { verifyRun } from '../src/projections/index.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import { gitRepository } from './support/git-repository.ts';
import { until } from './support/index.ts';

const { repository, sources } = gitRepository();
/** Requests that wait for the test, by path. */
const held = new Map<string, ServerResponse>();
const server = createServer((request, response) => void held.set(request.url ?? '', response));
await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterFile(() => {
  server.closeAllConnections();
  server.close();
});
const baton = await startBaton({
  BATON_ALLOW_COMMANDS: '1',
  BATON_ALLOW_PRIVATE_NETWORK: '1',
  BATON_WORKSPACE_SOURCES: sources,
});

const hold = (key: string, after: string) =>
  `{ key: ${key}, http: { url: "${url}/{{ name }}/${key}" }, dependencies: [${after}] }`;
const sh = (key: string, script: string, after = '') =>
  `{ key: ${key}, command: [sh, -c, ${JSON.stringify(script)}], dependencies: [${after}] }`;
const definition = (name: string, workspace: string) => `
name: ${name}
version: 1.0.0
inputs: { name: string }
workspace: ${workspace}
steps:
  - ${sh('one', 'echo one > b.txt; rm a.txt; mkdir -p out; echo mine > out/x; echo out > .gitignore')}
  - ${hold('wait', 'one')}
  - ${sh('two', 'echo two >> b.txt; echo late > c.txt; mkdir -p out; echo later > out/x', 'wait')}
  - ${hold('end', 'two')}
  - ${sh('look', 'cat b.txt; ls', 'end')}
`;
beforeAll(async () => {
  await baton.publish(definition('cloned', repository));
  await baton.publish(definition('plain', '{}'));
});

const answer = async (path: string) => {
  await until(() => held.has(path));
  held.get(path)?.end('{}');
  held.delete(path);
};
const list = (id: string) => baton.items<Checkpoint>(`/runs/${id}/checkpoints`);
const after = async (id: string, step: string) =>
  (await list(id)).find(({ settled, reason }) => reason === 'step' && settled.includes(step));
const post = <T>(id: string, to: string, body: object) =>
  baton.call<T>('POST', `/runs/${id}/${to}`, { by: 'eve', ...body });
const filesOf = async (id: string) => {
  const path = String((await baton.run(id)).workspace_path);
  const names = (await readdir(path)).filter((name) => name !== '.git');
  const texts = await Promise.all(
    names.map(async (name) => [name, name === 'out' ? '' : await readFile(join(path, name), 'utf8')]),
  );
  return { path, files: Object.fromEntries(texts) as Record<string, string> };
};
const thread = async (id: string) =>
  (await baton.items<{ content: string }>(`/runs/${id}/messages?limit=200`))
    .map(({ content }) => content)
    .join('\n');
async function verified(id: string) {
  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'completed', diverged: null });
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
  return run;
}

/** A run that has come to its last request. */
async function worked(workflow: string, name: string): Promise<string> {
  const { id } = await baton.start({ workflow, inputs: { name } });
  await answer(`/${name}/wait`);
  await until(() => held.has(`/${name}/end`));
  return id;
}

test('a run at work is set back with its files; ignored ones stay, later ones go; then it is forked', async () => {
  const id = await worked('cloned', 'back');
  // The tables may be behind the requests.
  await until(async () => (await after(id, 'two')) !== undefined);
  const one = await after(id, 'one');
  const two = await after(id, 'two');
  expect(one?.workspace_commit).toMatch(/^[0-9a-f]{40}$/);
  expect((await after(id, 'wait'))?.workspace_commit).toBe(one?.workspace_commit);
  expect(two?.workspace_commit).not.toBe(one?.workspace_commit);
  const { path } = await filesOf(id);

  const checkpoint = String(one?.number);
  const dry = await post<RestoreAnswer>(id, 'restore', { checkpoint, dry_run: true });
  expect(dry.body.preview.files).toEqual({
    ...{ what: 'back', commit: one?.workspace_commit, kept: false },
    ...{ run: null, why_not: null },
  });
  held.clear();
  expect([200, 202]).toContain((await post(id, 'restore', { checkpoint, mode: 'abort' })).status);
  await answer('/back/wait');
  await until(() => held.has('/back/end'));
  const again = await filesOf(id);
  expect(again).toMatchObject({ path, files: { 'b.txt': 'one\ntwo\n', 'c.txt': 'late\n', out: '' } });
  expect(await readFile(join(path, 'out/x'), 'utf8')).toBe('later\n');
  const told = `Workspace: its files are those of snapshot ${one?.workspace_commit?.slice(0, 7)}`;
  await until(async () => (await thread(id)).includes(told), { describe: () => thread(id) });

  const set = { inputs: { name: 'forked' } };
  const fork = await post<Run>(id, 'forks', { checkpoint, set, id: 'fork-of-back' });
  expect(fork.status).toBe(201);
  await answer('/back/end');
  expect(await verified(id)).toMatchObject({ epoch: 1 });
  await answer('/forked/wait');
  await answer('/forked/end');
  await verified('fork-of-back');
  const forked = await filesOf('fork-of-back');
  expect(forked.path).not.toBe(path);
  expect(forked.files).toMatchObject({ 'b.txt': 'one\ntwo\n', 'c.txt': 'late\n' });
  expect(forked.files).not.toHaveProperty('a.txt');
});

test('a run that has ended goes back; without its snapshots it says so, or keeps its files', async () => {
  const id = await worked('plain', 'ended');
  await answer('/ended/end');
  await verified(id);
  const { path } = await filesOf(id);
  const checkpoint = String((await after(id, 'one'))?.number);
  const fork = await post<ForkPreview>(id, 'forks', { checkpoint, files: 'keep', dry_run: true });
  expect(fork.body.forks[0]?.preview.files).toMatchObject({ what: 'anew' });
  // The agent's own repository is none of ours.
  await rm(join(path, '.git'), { recursive: true });
  const back = await post<RestoreAnswer>(id, 'restore', { checkpoint, from: 'one' });
  expect(back.body.preview.files).toMatchObject({ what: 'back' });
  await answer('/ended/wait');
  await answer('/ended/end');
  await verified(id);
  expect((await filesOf(id)).files['b.txt']).toBe('one\ntwo\n');

  await rm(`${path}.snapshots`, { recursive: true });
  await post(id, 'restore', { checkpoint });
  await answer('/ended/wait');
  expect(await baton.finished(id)).toMatchObject({
    status: 'failed',
    diverged: null,
    error: { type: 'workspace_snapshot_lost', message: expect.stringContaining('snapshots: true') as string },
  });
  const kept = await post<RestoreAnswer>(id, 'restore', { checkpoint, files: 'keep' });
  expect(kept.body.preview.files).toMatchObject({ what: 'stay', commit: null });
  await answer('/ended/wait');
  await answer('/ended/end');
  expect(await verified(id)).toMatchObject({ epoch: 3 });
  expect((await filesOf(id)).files['b.txt']).toBe('one\ntwo\ntwo\n');
});

test.each([
  ['plain', '{}', false],
  ['cloned', repository, false],
  ['kept', '{ snapshots: true }', true],
])('a promotion brings the files of the branch: a workspace that is %s', async (name, workspace, kept) => {
  const workflow = `promoted-${name}`;
  const wait = (key: string, before: string) =>
    `{ key: ${key}, http: { url: "${url}/{{ run.id }}/${key}" }, dependencies: [${before}] }`;
  await baton.publish(`
name: ${workflow}
version: 1.0.0
inputs: { word: string }
workspace: ${workspace}
steps:
  - ${sh('one', 'echo one > b.txt; mkdir -p out; echo mine > out/x; echo out > .gitignore')}
  - ${wait('wait', 'one')}
  - { key: two, command: [sh, -c, 'echo "$1" >> b.txt; echo "$1" > "$1.txt"', sh, "{{ word }}"], dependencies: [wait] }
  - ${wait('end', 'two')}
  - ${sh('look', 'cat b.txt; ls', 'end')}
`);
  const { id } = await baton.start({ workflow, inputs: { word: 'mine' } });
  await answer(`/${id}/wait`);
  await answer(`/${id}/end`);
  await verified(id);
  const { path } = await filesOf(id);
  const checkpoint = String((await after(id, 'one'))?.number);
  const branch = `branch-${name}`;
  const set = { inputs: { word: 'theirs' } };
  expect((await post<Run>(id, 'forks', { checkpoint, set, id: branch })).status).toBe(201);
  await answer(`/${branch}/wait`);
  await until(() => held.has(`/${branch}/end`));
  await until(async () => (await after(branch, 'two')) !== undefined);
  const commit = (await after(branch, 'two'))?.workspace_commit;

  const foretold = await post<RestoreAnswer>(id, 'promotions', { branch, dry_run: true });
  expect(foretold.body.preview).toMatchObject({
    given: ['wait', 'two'],
    files: { what: 'back', commit, kept, run: branch, why_not: null },
  });
  const staying = await post<RestoreAnswer>(id, 'promotions', { branch, dry_run: true, files: 'keep' });
  expect(staying.body.preview.files).toMatchObject({ what: 'stay', run: null, why_not: null });
  expect([200, 202]).toContain((await post(id, 'promotions', { branch })).status);
  await answer(`/${id}/end`);
  expect(await verified(id)).toMatchObject({ epoch: 1, lineage: { promoted_from: branch } });
  const brought = await filesOf(id);
  expect(brought).toMatchObject({ path, files: { 'b.txt': 'one\ntheirs\n', 'theirs.txt': 'theirs\n' } });
  expect(brought.files).not.toHaveProperty('mine.txt');
  expect(await readFile(join(path, 'out/x'), 'utf8')).toBe('mine\n');
  expect((await filesOf(branch)).files).toMatchObject({ 'theirs.txt': 'theirs\n' });

  // Once the branch has done all, nothing is left that would work there, and it is told so.
  await answer(`/${branch}/end`);
  await verified(branch);
  const over = await post<RestoreAnswer>(id, 'promotions', { branch, dry_run: true });
  expect(over.body.preview.files).toMatchObject({
    what: 'stay',
    why_not: 'no step that is still to be done works with files',
  });
});

test('a promotion brings files of a branch that has a workspace of its own from the beginning', async () => {
  await baton.publish(`
name: early
version: 1.0.0
inputs: { word: string }
workspace: {}
steps:
  - { key: ask, ask: { prompt: "Go?", approval: true } }
  - { key: build, command: [sh, -c, 'echo "$1" > said.txt', sh, "{{ word }}"], dependencies: [ask] }
  - { key: end, http: { url: "${url}/{{ run.id }}/end" }, dependencies: [build] }
  - ${sh('look', 'cat said.txt', 'end')}
`);
  const { id } = await baton.start({ workflow: 'early', inputs: { word: 'mine' } });
  await until(async () => (await baton.items(`/runs/${id}/questions`)).length === 1);
  await baton.call('POST', `/runs/${id}/messages`, {
    ...{ action_type: 'answer', content: 'yes', metadata: { decision: 'approve' } },
  });
  await answer(`/${id}/end`);
  await verified(id);
  const checkpoint = String((await after(id, 'ask'))?.number);
  const set = { inputs: { word: 'theirs' } };
  expect((await post<Run>(id, 'forks', { checkpoint, set, id: 'early-branch' })).status).toBe(201);
  await until(async () => (await after('early-branch', 'build')) !== undefined);
  await until(() => held.has('/early-branch/end'));
  expect([200, 202]).toContain((await post(id, 'promotions', { branch: 'early-branch' })).status);
  await answer(`/${id}/end`);
  await verified(id);
  expect((await filesOf(id)).files).toEqual({ 'said.txt': 'theirs\n' });
  await answer('/early-branch/end');
});
