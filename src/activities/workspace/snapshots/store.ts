/**
 * The repository of Baton's own beside a workspace, and how it is worked with. What becomes of the workspace's own
 * repository, or of the workspace, does not touch it. Its programs run as those of others do: with nothing of the
 * worker's but the two directories, and without settings of the machine, the user or the workspace.
 */
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { snapshotsOf } from '../../places/layout.ts';
import { runProcess, type ProcessMeans } from '../../processes/run-process.ts';
import { GIT_SETTINGS, GitError } from '../git.ts';
import { HAS } from './scripts.ts';

export interface StoreMeans extends ProcessMeans {
  /** The worker's environment. */
  readonly env: NodeJS.ProcessEnv;
}

export interface Store extends StoreMeans {
  readonly workspace: string;
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** Most bytes that a script says. */
const MAX_SAID = 8 * 1024 * 1024;

const SETTINGS: readonly string[] = [
  ...GIT_SETTINGS,
  // The store has nobody who would tidy up: nothing in it goes before it does.
  'gc.auto=0',
  // Several forks may ask for the same commit at once.
  'core.filesRefLockTimeout=20000',
  'core.autocrlf=false',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  'core.trustctime=false',
  'core.quotePath=false',
  'commit.gpgSign=false',
  'fetch.fsckObjects=false',
];

const WHO = { name: 'Baton', email: 'baton@localhost' };

/** The store of a workspace; nothing is made yet. */
export function storeOf(workspace: string, means: StoreMeans, signal: AbortSignal): Store {
  return { ...means, workspace, directory: snapshotsOf(workspace), signal };
}

interface Asked {
  readonly stdin?: string;
  /** `worker`: before programs of others have been there. */
  readonly trust?: 'none' | 'worker';
}

/** Runs one of the scripts in the workspace and answers what it says. @throws GitError when it ends with another code than 0 */
export async function runScript(
  store: Store,
  script: string,
  args: readonly string[],
  { stdin = '', trust = 'none' }: Asked = {},
): Promise<string> {
  const { directory, workspace, signal, launcher, masking } = store;
  await mkdir(directory, { recursive: true });
  const place =
    trust === 'none'
      ? ({ trust, workspace, beside: directory } as const)
      : ({ trust, workspace: null } as const);
  const { exitCode, killedBy, stdout, stderr } = await runProcess(
    {
      ...{ argv: ['/bin/sh', '-c', script, 'sh', ...args], cwd: workspace, env: environmentOf(store) },
      ...{ stdin, signal, maxBytes: MAX_SAID, ...place },
    },
    { launcher, masking },
  );
  signal.throwIfAborted();
  if (exitCode === 0) return stdout;
  throw new GitError(stderr.trim() || `git ended with ${killedBy ?? `code ${exitCode}`}`);
}

/** Is the commit there? */
export async function hasCommit(store: Store, commit: string): Promise<boolean> {
  try {
    await runScript(store, HAS, [commit]);
    return true;
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  }
}

/** A name in the store that nobody else has. */
export function ownName(kind: string): string {
  return `${kind}.${randomUUID()}`;
}

function environmentOf({ directory, workspace, env }: Store): Record<string, string> {
  const settings: Record<string, string> = { GIT_CONFIG_COUNT: String(SETTINGS.length) };
  for (const [i, setting] of SETTINGS.entries()) {
    const at = setting.indexOf('=');
    settings[`GIT_CONFIG_KEY_${i}`] = setting.slice(0, at);
    settings[`GIT_CONFIG_VALUE_${i}`] = setting.slice(at + 1);
  }
  return {
    PATH: env['PATH'] ?? '',
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_DIR: directory,
    GIT_WORK_TREE: workspace,
    GIT_INDEX_FILE: join(directory, ownName('index')),
    GIT_AUTHOR_NAME: WHO.name,
    GIT_AUTHOR_EMAIL: WHO.email,
    GIT_COMMITTER_NAME: WHO.name,
    GIT_COMMITTER_EMAIL: WHO.email,
    ...settings,
  };
}
