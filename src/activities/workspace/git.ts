/** git as workspaces use it: never a prompt, never a hook, never a submodule, and no transports but three. */
import { runProcess, type ProcessMeans } from '../processes/run-process.ts';

/** What git gets of the worker's environment. */
const INHERITED = [
  'PATH',
  'HOME',
  'XDG_CONFIG_HOME',
  'LANG',
  'SSH_AUTH_SOCK',
  'GIT_SSL_CAINFO',
  'SSL_CERT_FILE',
];
export const GIT_SETTINGS: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'init.defaultBranch=main',
  'protocol.allow=never',
  'protocol.https.allow=always',
  'protocol.ssh.allow=always',
  'protocol.file.allow=always',
  'submodule.recurse=false',
  'advice.detachedHead=false',
];
const MAX_OUTPUT_BYTES = 64 * 1024;

export interface GitOptions extends ProcessMeans {
  readonly cwd: string;
  /** The worker's environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** @default worker */
  readonly trust?: 'none' | 'worker';
  /** `name=value` */
  readonly settings?: readonly string[];
}

/** git said no; the message is its own words. */
export class GitError extends Error {
  override readonly name = 'GitError';
}

/**
 * Runs git and answers its stdout, trimmed.
 *
 * @throws GitError for every exit code but 0, and the spawn error (ENOENT without git)
 */
export async function git(args: readonly string[], options: GitOptions): Promise<string> {
  const { cwd, env, signal, settings = [] } = options;
  const argv = ['git', ...[...GIT_SETTINGS, ...settings].flatMap((setting) => ['-c', setting]), ...args];
  const outcome = await runProcess(
    {
      ...{ argv, cwd, env: environment(env), stdin: '', signal, maxBytes: MAX_OUTPUT_BYTES },
      // Once programs of others have worked in a directory, git there is one of them: its settings are theirs.
      ...(options.trust === 'none'
        ? { trust: 'none', workspace: cwd }
        : { trust: 'worker', workspace: null }),
    },
    options,
  );
  const { exitCode, killedBy, stdout, stderr } = outcome;
  signal.throwIfAborted();
  if (exitCode === 0) return stdout.trim();
  const said = stderr.trim() || stdout.trim();
  throw new GitError(said || `git ${args[0]} ended with ${killedBy ?? `code ${exitCode}`}`);
}

function environment(worker: NodeJS.ProcessEnv): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => (worker[name] ? [[name, worker[name]] as const] : []));
  return {
    ...Object.fromEntries(inherited),
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    GIT_SSH_COMMAND: worker['GIT_SSH_COMMAND'] ?? 'ssh -o BatchMode=yes',
  };
}
