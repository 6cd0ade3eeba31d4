import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cut, someDiff } from './git-diff.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-git-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { stdio: 'pipe' });

function commit(subject: string, files: Record<string, string | Buffer>): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  git('add', '.');
  git('-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '-qm', subject);
}

describe('someDiff', () => {
  it('takes the newest commit that changes text people write', () => {
    git('init', '-q');
    commit('First', { 'a.txt': 'one\n' });
    commit('Say two', { 'a.txt': 'two\n' });
    commit('Only a picture', { 'b.bin': Buffer.from([0, 1, 2, 0]) });
    commit('Only a lock', { 'package-lock.json': '{}\n' });
    const { diff, origin } = someDiff(folder);
    expect(diff).toContain('-one\n+two');
    expect(origin).toMatch(/^the commit [0-9a-f]{7,} "Say two"$/);
  });

  it('takes the sample where there is no git, and where there is no history', () => {
    expect(someDiff(folder).origin).toBe('examples/sample.diff');
    git('init', '-q');
    expect(someDiff(folder)).toMatchObject({
      origin: 'examples/sample.diff',
      diff: expect.stringContaining('diff --git'),
    });
  });
});

describe('cut', () => {
  it('leaves short texts alone', () => {
    expect(cut('a\nb\n', 4)).toBe('a\nb\n');
  });

  it('ends with a whole line, and never inside a character', () => {
    expect(cut('äää\nöööö\n', 10)).toBe('äää\n(cut: 7 of 16 bytes)\n');
    expect(cut('äääääää', 5)).toBe('(cut: 0 of 14 bytes)\n');
  });
});
