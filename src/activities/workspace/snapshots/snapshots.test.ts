/** Snapshots of real directories, taken and brought back, whatever programs in them have done. */
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { testConfig } from '../../../../test/support/step-attempt.ts';
import { maskingFor } from '../../../secrets/masking.ts';
import { createLauncher } from '../../processes/launcher.ts';
import { bringBack } from './bring-back.ts';
import { foundStore } from './found-store.ts';
import { hasCommit, storeOf, type Store } from './store.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { copyFrom } from './travel.ts';

const home = realpathSync(mkdtempSync(join(tmpdir(), 'baton-snapshots-')));
const means = {
  launcher: createLauncher(testConfig({ BATON_HOME: home })),
  masking: maskingFor([]),
  env: process.env,
};
let serial = 0;
afterAll(() => rmSync(home, { recursive: true, force: true }));

function workspace(files: Record<string, string> = {}): {
  readonly store: Store;
  readonly at: (name: string) => string;
} {
  const path = join(home, `workspaces/run-${++serial}/1`);
  mkdirSync(path, { recursive: true });
  const store = storeOf(path, means, new AbortController().signal);
  const at = (name: string) => join(path, name);
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
  return { store, at };
}
/** What tools write belongs to whom programs run as. */
function handOver({ workspace: path }: Store): void {
  const { uid, gid } = lstatSync(path);
  execFileSync('chown', ['-R', '-h', `${uid}:${gid}`, path]);
}
async function taken(store: Store): Promise<string> {
  handOver(store);
  const { commit, note } = await takeSnapshot(store, 'test');
  if (commit === null) throw new Error(note);
  return commit;
}
const namesIn = (store: Store) => readdirSync(store.workspace).toSorted();
const git = (cwd: string, ...args: string[]) => {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'safe.directory=*'];
  return execFileSync('git', [...who, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' }).trim();
};

describe('a snapshot', () => {
  it('of the same files is the same, and of an empty directory there is one', async () => {
    const { store, at } = workspace();
    const empty = await taken(store);
    expect(await taken(store)).toBe(empty);
    writeFileSync(at('a'), 'one');
    const one = await taken(store);
    expect(one).not.toBe(empty);
    expect(await taken(store)).toBe(one);
  });

  it('brings files back byte for byte, with links, modes and whatever names; later ones go, ignored ones stay', async () => {
    const { store, at } = workspace({ 'a\n"b\' c': 'x\r\ny', '-rf': '', ünï: 'ü' });
    writeFileSync(at('.gitattributes'), '* text=auto eol=crlf ident filter=evil\n');
    writeFileSync(at('.gitignore'), 'out\n');
    writeFileSync(at('id'), '$Id$\n');
    writeFileSync(at('run'), '#!/bin/sh\n', { mode: 0o755 });
    symlinkSync('/etc/passwd', at('link'));
    mkdirSync(at('out'));
    writeFileSync(at('out/built'), 'old');
    const first = await taken(store);
    for (const name of ['a\n"b\' c', '-rf', 'id', 'link', 'run', '.gitignore']) rmSync(at(name));
    mkdirSync(at('link'));
    writeFileSync(at('link/later'), 'later');
    writeFileSync(at('id'), 'other');
    writeFileSync(at('out/built'), 'new');
    handOver(store);

    const { before } = await bringBack(store, first);
    expect(readFileSync(at('a\n"b\' c'), 'utf8')).toBe('x\r\ny');
    expect(readFileSync(at('id'), 'utf8')).toBe('$Id$\n');
    expect(readlinkSync(at('link'))).toBe('/etc/passwd');
    expect(lstatSync(at('run')).mode & 0o111).toBe(0o111);
    expect(await taken(store)).toBe(first);
    // It was not ignored any more, so it is among what came later.
    expect(namesIn(store)).not.toContain('out');

    await bringBack(store, before ?? '');
    expect(readFileSync(at('link/later'), 'utf8')).toBe('later');
    expect(readFileSync(at('out/built'), 'utf8')).toBe('new');
  });

  it('leaves ignored files as they are', async () => {
    const { store, at } = workspace({ '.gitignore': 'out\n', out: 'old', a: 'one' });
    const first = await taken(store);
    writeFileSync(at('out'), 'new');
    writeFileSync(at('a'), 'two');
    await bringBack(store, first);
    expect([readFileSync(at('out'), 'utf8'), readFileSync(at('a'), 'utf8')]).toEqual(['new', 'one']);
  });

  it('of two at the same time has all, and every file once both are there', async () => {
    const { store, at } = workspace({ a: '1' });
    await taken(store);
    writeFileSync(at('b'), '2');
    handOver(store);
    const all = await Promise.all(Array.from({ length: 4 }, () => takeSnapshot(store, 'test')));
    expect(all.map(({ note }) => note)).toEqual([undefined, undefined, undefined, undefined]);
    const latest = all.toSorted((a, b) => a.at - b.at).at(-1)?.commit ?? '';
    rmSync(at('b'));
    await bringBack(store, latest);
    expect(namesIn(store)).toEqual(['a', 'b']);
  });

  it('has no file above the limit and no repository within, and says so', async () => {
    const { store, at } = workspace({ grows: 'small', a: 'one' });
    const small = await taken(store);
    writeFileSync(at('huge'), '');
    for (const name of ['huge', 'grows']) truncateSync(at(name), 101 * 1024 * 1024);
    mkdirSync(at('nested'));
    git(at('nested'), 'init', '-q');
    handOver(store);
    const { commit, note } = await takeSnapshot(store, 'test');
    expect(note).toMatch(/"huge" is larger than 100 MB, so it is in no snapshot; 2 more are left out/);
    expect((await takeSnapshot(store, 'test')).commit).toBe(commit);
    // They came later, and stay; one that was small is so again.
    await bringBack(store, small);
    expect(namesIn(store)).toEqual(['a', 'grows', 'huge', 'nested']);
    expect(readFileSync(at('grows'), 'utf8')).toBe('small');
  });

  it('that cannot be made is a note', async () => {
    const without = { ...workspace().store, env: { PATH: '/nowhere' } };
    expect((await takeSnapshot(without, 'test')).note).toMatch(/could be made: .*git/);
    const stopped = { ...workspace().store, signal: AbortSignal.abort() };
    expect((await takeSnapshot(stopped, 'test')).note).toMatch(/it was stopped/);
  });
});

describe('a workspace from git', () => {
  async function cloned() {
    const { store, at } = workspace({ a: 'one', b: 'two' });
    git(store.workspace, 'init', '-q');
    git(store.workspace, 'add', '.');
    git(store.workspace, 'commit', '-qm', 'one');
    const base = git(store.workspace, 'rev-parse', 'HEAD');
    await foundStore(store, base);
    return { store, at, base };
  }

  it('has its snapshots whatever becomes of its own repository', async () => {
    const { store, at } = await cloned();
    const first = await taken(store);
    writeFileSync(at('a'), 'changed');
    git(store.workspace, 'checkout', '-q', '-b', 'other');
    git(store.workspace, 'commit', '-qam', 'two');
    git(store.workspace, 'gc', '-q', '--prune=now');
    const index = git(store.workspace, 'status', '--porcelain');
    const second = await taken(store);
    expect(git(store.workspace, 'symbolic-ref', '--short', 'HEAD')).toBe('other');
    expect(git(store.workspace, 'status', '--porcelain')).toBe(index);
    rmSync(at('.git'), { recursive: true });
    await bringBack(store, first);
    expect(readFileSync(at('a'), 'utf8')).toBe('one');
    await bringBack(store, second);
    expect(readFileSync(at('a'), 'utf8')).toBe('changed');
  });

  it('runs nothing that its settings name', async () => {
    const { store, at } = await cloned();
    const ran = join(home, 'ran');
    for (const name of ['core.fsmonitor', 'filter.evil.clean', 'filter.evil.smudge'])
      git(store.workspace, 'config', name, `touch ${ran}; cat`);
    writeFileSync(at('.gitattributes'), '* filter=evil\n');
    const first = await taken(store);
    writeFileSync(at('a'), 'changed');
    await taken(store);
    await bringBack(store, first);
    expect(readdirSync(home)).not.toContain('ran');
  });

  it('hands its snapshots to the store of another clone, and to an empty one', async () => {
    const one = await cloned();
    const other = await cloned();
    await taken(other.store);
    writeFileSync(one.at('a'), 'changed');
    rmSync(one.at('b'));
    const commit = await taken(one.store);
    const empty = workspace();
    for (const { store, at } of [other, empty]) {
      expect(await hasCommit(store, commit)).toBe(false);
      await copyFrom(one.store, store, commit);
      handOver(store);
      await bringBack(store, commit);
      expect(readFileSync(at('a'), 'utf8')).toBe('changed');
      expect(namesIn(store)).not.toContain('b');
    }
  });

  it('hands a snapshot to many at once, as a fork with variants does', async () => {
    const { store, at } = await cloned();
    writeFileSync(at('a'), 'changed');
    const commit = await taken(store);
    const others = Array.from({ length: 8 }, () => workspace());
    await Promise.all(others.map((other) => copyFrom(store, other.store, commit)));
    const found = await Promise.all(others.map((other) => hasCommit(other.store, commit)));
    expect(found).toEqual(others.map(() => true));
  });

  it('hands it over though what the worker writes is private', async () => {
    const { store, at } = await cloned();
    writeFileSync(at('a'), 'changed');
    const commit = await taken(store);
    const other = workspace();
    handOver(other.store);
    const before = process.umask(0o077);
    try {
      await copyFrom(store, other.store, commit);
    } finally {
      process.umask(before);
    }
    expect(await hasCommit(other.store, commit)).toBe(true);
  });

  it('is at hand after somebody was killed in the middle', async () => {
    const { store, at } = await cloned();
    await taken(store);
    writeFileSync(at('a'), 'changed');
    const stop = new AbortController();
    const ending = takeSnapshot({ ...store, signal: stop.signal }, 'test');
    setTimeout(() => stop.abort(), 40);
    await ending;
    // What a killed git leaves behind.
    const lock = join(store.directory, 'refs/baton/latest.lock');
    writeFileSync(lock, '');
    utimesSync(lock, 0, 0);
    writeFileSync(at('a'), 'changed');
    const commit = await taken(store);
    writeFileSync(at('a'), 'later');
    await bringBack(store, commit);
    expect(readFileSync(at('a'), 'utf8')).toBe('changed');
  });
});
