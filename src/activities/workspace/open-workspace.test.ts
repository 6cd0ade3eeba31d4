import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testConfig } from '../../../test/support/step-attempt.ts';
import { openDatabase } from '../../database/database.ts';
import { createLogger } from '../../log/log.ts';
import type { WorkspaceInput } from '../../protocol/activity.ts';
import type { WorkspaceSpec } from '../../plan/plan.ts';
import { maskingFor } from '../../secrets/masking.ts';
import { createLauncher } from '../processes/launcher.ts';
import { StepFailure } from '../step-failure.ts';
import { listWorkspaces, removeWorkspace } from './kept-workspaces.ts';
import { foundEmpty } from './snapshots/found-store.ts';
import { storeOf } from './snapshots/store.ts';
import { takeSnapshot } from './snapshots/take-snapshot.ts';
import { openWorkspace, type WorkspaceOptions } from './open-workspace.ts';

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-workspace-')));
const home = join(dir, 'sources', 'home');
const repository = join(dir, 'sources', 'repo');
const options: WorkspaceOptions = {
  home,
  localSources: [join(dir, 'sources')],
  allowPrivate: false,
  queue: 'baton.workspace.0',
  env: process.env,
  launcher: createLauncher(testConfig({ BATON_HOME: home })),
  masking: maskingFor([]),
};
/** Nothing here is kept elsewhere. */
const database = openDatabase('postgres://nobody@127.0.0.1:9/none', {
  log: createLogger('test', 'fatal'),
  name: 'test',
});
let serial = 0;
let first = '';
let second = '';

function gitIn(cwd: string, ...args: string[]): string {
  // A workspace may belong to another user.
  const who = [
    '-c',
    'safe.directory=*',
    '-c',
    'user.name=t',
    '-c',
    'user.email=t@example.com',
    '-c',
    'init.defaultBranch=main',
  ];
  return execFileSync('git', [...who, ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

beforeAll(() => {
  mkdirSync(repository, { recursive: true });
  gitIn(repository, 'init', '--quiet');
  writeFileSync(join(repository, 'a.txt'), 'one');
  gitIn(repository, 'add', '.');
  gitIn(repository, 'commit', '--quiet', '-m', 'one');
  first = gitIn(repository, 'rev-parse', 'HEAD');
  gitIn(repository, 'tag', 'v1');
  gitIn(repository, 'checkout', '--quiet', '-b', 'feature/ü');
  writeFileSync(join(repository, 'a.txt'), 'two');
  gitIn(repository, 'commit', '--quiet', '-am', 'two');
  second = gitIn(repository, 'rev-parse', 'HEAD');
  gitIn(repository, 'update-ref', 'refs/pull/7/head', second);
  gitIn(repository, 'checkout', '--quiet', 'main');
  mkdirSync(join(dir, 'sources', 'bare'));
  gitIn(join(dir, 'sources', 'bare'), 'init', '--quiet');
  mkdirSync(join(dir, 'outside'));
  gitIn(join(dir, 'outside'), 'init', '--quiet');
  symlinkSync(join(dir, 'outside'), join(dir, 'sources', 'way-out'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const fromGit = (url: string, ref: string | null = null): WorkspaceSpec => ({
  source: 'git',
  url,
  ref,
  uses: [],
});
const EMPTY: WorkspaceSpec = { source: 'empty', uses: [] };

function open(
  spec: WorkspaceSpec,
  id = `run-${++serial}`,
  over: Partial<WorkspaceOptions> = {},
  place: Pick<WorkspaceInput, 'generation' | 'branch' | 'files'> = { generation: 1 },
) {
  const run = { id, workflow: 'demo', version: '1.0.0' };
  const input = { run, ...place, spec, values: { inputs: {}, steps: {} }, timeoutMs: 60_000 };
  const scope = { inputs: { url: repository }, steps: {}, run };
  return openWorkspace(input, scope, { ...options, database, ...over }, new AbortController().signal);
}

async function refusal(ending: Promise<unknown>, code = 'workspace_failed'): Promise<string> {
  const error: unknown = await ending.then(
    () => new Error('it was not refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof StepFailure)) throw error;
  expect(error.code).toBe(code);
  return error.message;
}

describe('an empty workspace', () => {
  it('is a directory of its own, with a git repository of its own', async () => {
    const { path, queue, commit, comment } = await open(EMPTY, 'demo-1');
    expect(path).toBe(join(home, 'workspaces/run-demo-1/1'));
    expect({ queue, commit, comment }).toEqual({
      queue: 'baton.workspace.0',
      commit: null,
      comment: 'Workspace: an empty directory',
    });
    expect(gitIn(path, 'rev-parse', '--show-toplevel')).toBe(path);
    expect(readdirSync(dirname(path)).toSorted()).toEqual(['1', '1.snapshots', 'run']);
  });

  it('is another one for a start by hand under the same id', async () => {
    const branch = '019ab3f2-1111-7abc-8def-000000000001';
    const { path } = await open(EMPTY, 'demo-1', {}, { generation: 1, branch });
    expect(path).toBe(join(home, `workspaces/run-demo-1/run-${branch}.1`));
    const odd = await open(EMPTY, 'demo-1', {}, { generation: 1, branch: '../../x' });
    expect(dirname(odd.path)).toBe(join(home, 'workspaces/run-demo-1'));
  });

  it('is made without git too', async () => {
    const { path } = await open(EMPTY, undefined, { env: { PATH: '/nowhere' } });
    expect(readdirSync(path)).toEqual([]);
  });

  it('is made once, and anew for a later generation', async () => {
    const { path } = await open(EMPTY, 'again');
    writeFileSync(join(path, 'work'), 'done');
    expect((await open(EMPTY, 'again')).path).toBe(path);
    expect(readFileSync(join(path, 'work'), 'utf8')).toBe('done');
    const next = await open(EMPTY, 'again', {}, { generation: 2 });
    expect(existsSync(join(next.path, 'work'))).toBe(false);
  });

  it('has its first snapshot at once: of nothing, and what is done after it differs from that', async () => {
    const { path, snapshot } = await open(EMPTY);
    const commit = snapshot?.commit ?? '';
    const store = storeOf(path, options, new AbortController().signal);
    expect(gitIn(store.directory, 'ls-tree', '-r', commit)).toBe('');
    expect(gitIn(store.directory, 'log', '--format=%s', commit)).toBe('begin');
    expect(await takeSnapshot(store, 'again')).toMatchObject({ commit });
    writeFileSync(join(path, 'work'), 'done');
    const after = await takeSnapshot(store, 'after');
    expect(gitIn(store.directory, 'rev-parse', `${after.commit}^`)).toBe(commit);
  });

  it('is one, with one first snapshot, however many try at once', async () => {
    const opened = await Promise.all(Array.from({ length: 6 }, () => open(EMPTY, 'many')));
    const commits = new Set(opened.map(({ snapshot }) => snapshot?.commit));
    expect([...commits]).toEqual([expect.stringMatching(/^[0-9a-f]{40}$/)]);
    expect(readdirSync(dirname(opened[0]?.path ?? '')).toSorted()).toEqual(['1', '1.snapshots', 'run']);
  });

  it('leaves a store as it is that somebody else began meanwhile', async () => {
    const { path, snapshot } = await open(EMPTY);
    const store = storeOf(path, options, new AbortController().signal);
    expect(await foundEmpty(store, path, 'mine')).toBeNull();
    expect(gitIn(store.directory, 'rev-parse', 'refs/baton/latest')).toBe(snapshot?.commit);
    expect(readdirSync(dirname(path)).toSorted()).toEqual(['1', '1.snapshots', 'run']);
  });

  it('keeps the store that is there when the workspace was lost before anybody knew it', async () => {
    const { path, snapshot } = await open(EMPTY, 'lost');
    rmSync(path, { recursive: true });
    expect(await open(EMPTY, 'lost')).toMatchObject({ path, snapshot: { commit: snapshot?.commit } });
    expect(gitIn(path, 'rev-parse', '--show-toplevel')).toBe(path);
  });

  it.each(['../../x', '.', 'A', 'a', 'x'.repeat(300), 'ü/\n'])('stays in its home for run %j', async (id) => {
    const { path } = await open(EMPTY, id);
    expect(dirname(dirname(path))).toBe(join(home, 'workspaces'));
    expect(readFileSync(join(dirname(path), 'run'), 'utf8')).toBe(id);
  });

  it('says when it cannot be made', async () => {
    writeFileSync(join(dir, 'file'), '');
    expect(await refusal(open(EMPTY, 'x', { home: join(dir, 'file') }))).toMatch(
      /cannot be made on this worker: /,
    );
  });
});

describe('a clone', () => {
  it.each([
    ['by path', () => repository, null, 'one'],
    ['by path relative to a source', () => './repo', null, 'one'],
    ['by file URL', () => `file://${repository}`, null, 'one'],
    ['at a tag', () => repository, 'v1', 'one'],
    ['at a branch', () => repository, 'feature/ü', 'two'],
    ['at a commit', () => repository, () => first, 'one'],
    ['at a pull request', () => repository, 'refs/pull/7/head', 'two'],
    ['with an empty ref', () => repository, '', 'one'],
  ])('%s', async (_, url, ref, content) => {
    const wanted = typeof ref === 'function' ? ref() : ref;
    const { path, commit, comment } = await open(fromGit(url(), wanted));
    expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe(content);
    expect(commit).toBe(content === 'one' ? first : second);
    expect(comment).toContain(`at ${commit?.slice(0, 7)}`);
    expect(comment).toContain(`cloned ${repository}`);
    expect(existsSync(join(path, '.git/hooks'))).toBe(false);
  });

  it('takes url and ref from inputs', async () => {
    const spec: WorkspaceSpec = {
      source: 'git',
      url: { $expr: 'inputs.url' },
      ref: { $text: ['v', { $expr: '1' }] },
      uses: [],
    };
    expect((await open(spec)).commit).toBe(first);
  });

  it('is on its branch, so that one can commit there', async () => {
    const { path } = await open(fromGit(repository, 'feature/ü'));
    expect(gitIn(path, 'symbolic-ref', '--short', 'HEAD')).toBe('feature/ü');
  });

  it('of a directory whose name holds spaces', async () => {
    gitIn(dir, 'clone', '--quiet', repository, join(dir, 'sources/my repo'));
    expect((await open(fromGit('my repo'))).commit).toBe(first);
  });

  it('of a repository without commits is empty', async () => {
    const { commit, comment } = await open(fromGit('bare'));
    expect(commit).toBeNull();
    expect(comment).toMatch(/at no commit yet$/);
  });

  it('finds what an earlier try made, and clears away what one left that died', async () => {
    const half = join(home, 'workspaces/run-half');
    mkdirSync(join(half, '1.draft-dead/.git'), { recursive: true });
    const { path } = await open(fromGit(repository), 'half');
    expect(readdirSync(half).toSorted()).toEqual(['1', '1.snapshots', 'run']);
    writeFileSync(join(path, 'a.txt'), 'changed');
    const again = await open(fromGit(repository), 'half');
    expect(again).toMatchObject({ path, commit: first });
    expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('changed');
  });

  it('runs no hooks of the worker, and takes over none', async () => {
    const template = join(dir, 'template');
    mkdirSync(join(template, 'hooks'), { recursive: true });
    writeFileSync(join(template, 'hooks/post-checkout'), `#!/bin/sh\ntouch ${dir}/ran\n`, { mode: 0o755 });
    const own = join(dir, 'git-home');
    mkdirSync(own);
    const config = `[init]\ntemplateDir = ${template}\n[core]\nhooksPath = ${template}/hooks\n`;
    writeFileSync(join(own, '.gitconfig'), config);
    await open(fromGit(repository, 'v1'), undefined, { env: { PATH: process.env['PATH'], HOME: own } });
    expect(existsSync(join(dir, 'ran'))).toBe(false);
  });

  it.each([
    ['a directory outside the sources', () => join(dir, 'outside'), /BATON_WORKSPACE_SOURCES/],
    ['a link that leads outside', () => 'way-out', /BATON_WORKSPACE_SOURCES/],
    ['a way up', () => '../outside', /BATON_WORKSPACE_SOURCES/],
    ['a file URL outside', () => `file://${dir}/outside`, /BATON_WORKSPACE_SOURCES/],
    ['a file URL of a host', () => 'file://host/x', /names no directory/],
    ['the workspace of a run', () => join(home, 'workspaces'), /is the workspace of a run/],
    ['nothing', () => '', /is no URL/],
    ['an option', () => '--upload-pack=touch x', /is no URL/],
    ['an option after ssh', () => 'ssh://-oProxyCommand=x/y', /is no (host|URL)/],
    ['an option before a path', () => '-oProxyCommand=x:y', /is no URL/],
    ['a program as transport', () => 'ext::sh -c touch% x', /is no URL|not allowed/],
    ['a line end', () => `${repository}\n`, /is no URL/],
    ['a transport by name', () => 'ext::sh', /not allowed/],
    ['http', () => 'http://example.com/x.git', /not cloned by http; use https or ssh/],
    ['git', () => 'git://example.com/x.git', /not cloned by git/],
    ['loopback', () => 'https://127.0.0.1/x.git', /127.0.0.1 \(loopback\).*BATON_ALLOW_PRIVATE_NETWORK/],
    ['loopback by name', () => 'https://localhost/x.git', /\(loopback\)/],
    ['loopback by ssh', () => 'git@127.0.0.1:x.git', /\(loopback\)/],
    ['loopback by IPv6', () => 'ssh://git@[::1]/x.git', /\(loopback\)/],
    ['the metadata service', () => 'https://169.254.169.254/x', /\(linkLocal\)/],
  ])('of %s is refused', async (_, url, message) => {
    expect(await refusal(open(fromGit(url())))).toMatch(message);
  });

  it.each([
    ['a ref that is not there', 'no-such', /at no-such cannot be cloned. git: .*no-such/s],
    ['a ref like an option', '--orphan=x', /is no ref/],
    ['a ref with a colon', 'a:b', /is no ref/],
  ])('with %s is refused, and leaves nothing', async (_, ref, message) => {
    expect(await refusal(open(fromGit(repository, ref), 'refused'))).toMatch(message);
    const left = join(home, 'workspaces/run-refused');
    expect(existsSync(left) ? readdirSync(left) : []).not.toContain('1');
  });

  it('of what is no repository says so in the words of git', async () => {
    mkdirSync(join(dir, 'sources/plain'), { recursive: true });
    expect(await refusal(open(fromGit('plain')))).toMatch(/plain cannot be cloned. git: .*repository/s);
  });

  it('without git says so', async () => {
    const ending = open(fromGit(repository), undefined, { env: { PATH: '/nowhere' } });
    expect(await refusal(ending)).toMatch(/git was not found on this worker/);
  });

  it('shows no password', async () => {
    const message = await refusal(open(fromGit('https://user:hush@127.0.0.1/x.git')));
    expect(message).not.toContain('hush');
  });
});

describe('files of a snapshot', () => {
  it('are brought into a clone of the commit that they were made of, also when its branch has moved', async () => {
    const ref = 'moves';
    gitIn(repository, 'branch', ref, first);
    const { path, commit: base } = await open(fromGit(repository, ref), 'parent');
    writeFileSync(join(path, 'a.txt'), 'mine');
    const store = storeOf(path, options, new AbortController().signal);
    const { commit } = await takeSnapshot(store, 'test');
    gitIn(repository, 'branch', '--force', ref, second);
    const files = { commit: commit ?? '', path, queue: null, base };
    const child = await open(fromGit(repository, ref), 'child', {}, { generation: 1, files });
    expect(child).toMatchObject({ commit: first, snapshot: { commit } });
    expect(child.comment).toContain(`its files are those of snapshot ${commit?.slice(0, 7)}`);
    expect(readFileSync(join(child.path, 'a.txt'), 'utf8')).toBe('mine');
    expect(gitIn(child.path, 'symbolic-ref', '--short', 'HEAD')).toBe(ref);
    expect(gitIn(child.path, 'status', '--porcelain')).toBe('M a.txt');
  });

  it.each([
    ['a workspace that is not there', () => join(home, 'workspaces/run-never/1')],
    ['a directory outside of the home', () => join(dir, 'sources/elsewhere/1')],
  ])('are not taken from %s', async (_, path) => {
    mkdirSync(join(dir, 'sources/elsewhere/1.snapshots'), { recursive: true });
    const files = { commit: 'a'.repeat(40), path: path(), queue: null, base: null };
    const ending = open(EMPTY, undefined, {}, { generation: 1, files });
    expect(await refusal(ending, 'workspace_snapshot_lost')).toMatch(
      /aaaaaaa, and this worker does not have it/,
    );
  });
});

describe('kept workspaces', () => {
  it('are listed and removed by run', async () => {
    const own = { home: join(dir, 'other') };
    expect(await listWorkspaces(own.home)).toEqual([]);
    await open(EMPTY, 'a', own);
    await open(EMPTY, 'Ü b', own);
    writeFileSync(join(own.home, 'workspaces/home-id'), 'x');
    const kept = await listWorkspaces(own.home);
    expect(kept.map(({ runId }) => runId).toSorted()).toEqual(['a', 'Ü b']);
    await removeWorkspace(own.home, 'Ü b');
    await removeWorkspace(own.home, 'never was');
    expect((await listWorkspaces(own.home)).map(({ runId }) => runId)).toEqual(['a']);
    expect(kept.map(({ directory }) => existsSync(directory)).toSorted()).toEqual([false, true]);
  });
});
