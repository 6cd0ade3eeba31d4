/** A git repository with one commit, to clone workspaces from. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryHome } from './temporary-home.ts';

/**
 * Makes it; call it at the top level of a file.
 *
 * @returns the repository, which holds `a.txt` with "from git", and the directory it lies in, for
 *   BATON_WORKSPACE_SOURCES
 */
export function gitRepository(): { readonly repository: string; readonly sources: string } {
  const sources = realpathSync(temporaryHome());
  const repository = join(sources, 'repository');
  mkdirSync(repository);
  writeFileSync(join(repository, 'a.txt'), 'from git');
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    ['commit', '-q', '-m', 'one'],
  ]) {
    const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
    execFileSync('git', [...who, ...args], { cwd: repository });
  }
  return { repository, sources };
}
