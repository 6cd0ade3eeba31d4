/**
 * An older version of Baton, built from its commit beside this one: what an installation runs before its upgrade.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../src/places.ts';
import { say } from './say.ts';

export interface OldVersion {
  readonly commit: string;
  /** Its checkout, built. */
  readonly root: string;
  remove(): void;
}

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();

/**
 * The commit before the newest migration came: so there is one to apply. `BATON_UPGRADE_FROM` names another.
 *
 * @throws Error where the history is not there, as in a shallow clone
 */
function oldCommit(): string {
  const chosen = process.env['BATON_UPGRADE_FROM'];
  if (chosen !== undefined && chosen !== '') return git('rev-parse', `${chosen}^{commit}`);
  const added = git(
    ...['log', '-1', '--no-merges', '--diff-filter=A', '--format=%H'],
    ...['--', 'src/database/migrations'],
  );
  if (added === '') throw new Error('no commit adds a migration: is this clone shallow?');
  return git('rev-parse', `${added}^`);
}

/** Checks it out into `folder` and builds it. */
export function makeOldVersion(folder: string): OldVersion {
  const commit = oldCommit();
  const root = join(folder, 'old');
  say(`upgrade from ${git('log', '-1', '--format=%h of %cs, "%s"', commit)}`);
  git('worktree', 'add', '--detach', root, commit);
  const remove = () => void git('worktree', 'remove', '--force', root);
  try {
    install(root);
    build(root);
    return { commit, root, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Where it has the same packages, those of this checkout serve. */
function install(root: string): void {
  const lock = (at: string) => readFileSync(join(at, 'package-lock.json'), 'utf8');
  if (lock(root) === lock(ROOT)) symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  else execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: 'ignore' });
}

/** The programs; its console is nobody's business here, where the build can do without. */
function build(root: string): void {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  const [command, ...args] = scripts['build']?.includes('tools/build.ts')
    ? [process.execPath, '--import', 'tsx', 'tools/build.ts']
    : ['npm', 'run', 'build'];
  execFileSync(command, args, { cwd: root, stdio: 'ignore' });
  if (!existsSync(join(root, 'dist', 'worker', 'main.js'))) throw new Error(`${root} was not built`);
}
