/** A git repository with one commit, to clone workspaces from. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryHome } from './temporary-home.ts';

/**
 * Makes it; call it at the top level of a file.
 *
 * @param folder what it holds; without one `a.txt` with "from git"
 * @returns the repository, and the directory it lies in, for
 *   BATON_WORKSPACE_SOURCES
 */
export function gitRepository(folder?: string): { readonly repository: string; readonly sources: string } {
  const sources = realpathSync(temporaryHome());
  const repository = join(sources, 'repository');
  if (folder === undefined) {
    mkdirSync(repository);
    writeFileSync(join(repository, 'a.txt'), 'from git');
  } else cpSync(folder, repository, { recursive: true });
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
