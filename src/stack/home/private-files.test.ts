import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startChild } from '../programs/child-process.ts';
import { withLog } from './files.ts';
import { claimHome } from './home-claim.ts';
import { openEntries, privateDirectory, privateHome } from './private-files.ts';

let folder: string;
let before: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-private-'));
  before = process.umask(0);
});
afterEach(() => {
  process.umask(before);
  rmSync(folder, { recursive: true, force: true });
});

const modeOf = (...path: string[]): string => (statSync(join(folder, ...path)).mode & 0o777).toString(8);

it('closes a home that an earlier version left open, with what lies in it', () => {
  mkdirSync(join(folder, 'home', 'logs'), { recursive: true });
  mkdirSync(join(folder, 'home', 'workspaces'));
  writeFileSync(join(folder, 'home', 'temporal.db'), '');
  writeFileSync(join(folder, 'home', 'logs', 'api.log'), '');
  writeFileSync(join(folder, 'elsewhere'), '');
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'home', 'postgres-18'));
  const home = join(folder, 'home');
  expect(openEntries(home)).toHaveLength(5);
  privateHome(home);
  expect(openEntries(home)).toEqual([]);
  expect([modeOf('home'), modeOf('home', 'logs'), modeOf('home', 'workspaces')]).toEqual([
    '700',
    '700',
    '700',
  ]);
  expect([modeOf('home', 'temporal.db'), modeOf('home', 'logs', 'api.log')]).toEqual(['600', '600']);
  // Not ours: a link leads there.
  expect(modeOf('elsewhere')).toBe('666');
});

it('makes directories, logs and pid files private whatever the umask is', async () => {
  privateDirectory(join(folder, 'a', 'b'));
  expect([modeOf('a'), modeOf('a', 'b')]).toEqual(['700', '700']);
  withLog(join(folder, 'log'), () => undefined);
  expect(modeOf('log')).toBe('600');
  chmodSync(join(folder, 'log'), 0o644);
  withLog(join(folder, 'log'), () => undefined);
  expect(modeOf('log')).toBe('600');
  await claimHome(join(folder, 'home'));
  expect([modeOf('home'), modeOf('home', 'supervisor.pid')]).toEqual(['700', '600']);
});

it('gives children a umask by which what they make is private', async () => {
  const child = startChild({ command: 'sh', args: ['-c', 'touch made; mkdir dir'], cwd: folder });
  await child.exited;
  expect([modeOf('made'), modeOf('dir')]).toEqual(['600', '700']);
  // Ours is as it was.
  expect(process.umask()).toBe(0);
});
