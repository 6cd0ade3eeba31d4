/**
 * How programs of others are started: with limits, as another user where the worker is root, and in namespaces where the
 * kernel allows. There they see neither the worker's processes nor anything of its home but the one workspace, and all of
 * them end with the first.
 *
 * git is a program of ours that reads the worker's own credentials: it keeps the user and the view, and has the rest.
 */
import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../../config.ts';
import type { Logger } from '../../log/log.ts';
import type { CommandUser } from './command-user.ts';
import { adopt, homeMaker, open, openWay } from './adopt.ts';
import { asUser, findIsolation, inNamespaces, ownUserAgain, type Isolation } from './isolation.ts';
import { endLeftovers, MARK } from './leftovers.ts';
import { limitStatements, type LimitSettings } from './limits.ts';
import { packed, startScript, VIEW } from './scripts.ts';
import { viewOf } from './view.ts';

export type LauncherSettings = LimitSettings & Pick<Config, 'BATON_HOME' | 'BATON_COMMAND_USER'>;

export interface LaunchRequest {
  readonly argv: readonly string[];
  /** Absolute; null = the worker's own. */
  readonly cwd: string | null;
  /** The run's directory of files, which the program may change. */
  readonly workspace: string | null;
  /** A directory beside the workspace that the program sees and may change too; none unless told. */
  readonly beside?: string;
  readonly env: Readonly<Record<string, string>>;
  /** `worker`: trusted with the worker's user and home. */
  readonly trust: 'none' | 'worker';
}

/** What is to be spawned for a request. */
export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** A shell stands between: exit codes above 128 tell a signal. */
  readonly throughShell: boolean;
  /** Ends what is left once the program has ended. */
  readonly sweep: () => Promise<void>;
}

export interface Launcher {
  readonly prepare: (request: LaunchRequest) => Promise<Launch>;
  /** Says how programs are started on this worker, and what is missing. */
  readonly announce: (log: Logger) => Promise<void>;
}

/**
 * Makes the launcher of a worker; what the machine can do is found out when it is first asked.
 *
 * @param find finds it out
 */
export function createLauncher(settings: LauncherSettings, find = findIsolation): Launcher {
  let finding: Promise<Isolation> | undefined;
  const isolation = () => (finding ??= find(settings));
  const homeOf = homeMaker();
  return {
    prepare: async (request) => {
      const found = await isolation();
      return request.trust === 'worker'
        ? launchOwn(request, found, settings)
        : launchForeign(request, found, settings, homeOf);
    },
    announce: async (log) => {
      const { user, namespaces, missing } = await isolation();
      log.info({ user: user?.name ?? null, namespaces }, 'how programs of steps are started');
      for (const what of missing) log.warn({ what }, 'not enforced for programs of steps on this machine');
    },
  };
}

function launchOwn(request: LaunchRequest, isolation: Isolation, settings: LimitSettings): Launch {
  const { namespaces, tools } = isolation;
  // A namespace of users would hide from git who owns what.
  const outer = namespaces === 'root' ? inNamespaces(tools, namespaces) : [];
  const script = startScript(limitStatements(settings, false), outer.length > 0);
  return launch(request, { outer, script, marked: outer.length === 0 });
}

async function launchForeign(
  request: LaunchRequest,
  isolation: Isolation,
  settings: LauncherSettings,
  homeOf: (user: CommandUser) => string,
): Promise<Launch> {
  const { user, namespaces, tools } = isolation;
  const { workspace, beside } = request;
  if (user !== null && workspace !== null) {
    await adopt(workspace, settings.BATON_HOME, user);
    if (beside !== undefined) await adopt(beside, settings.BATON_HOME, user);
    if (namespaces === null) await openWay(workspace, settings.BATON_HOME, user);
    else if (beside !== undefined) await open(dirname(workspace), user);
  }
  const env = user === null ? request.env : { ...request.env, HOME: homeOf(user) };
  const limits = limitStatements(settings, user !== null || namespaces === 'user');
  const script = startScript(limits, namespaces !== null);
  const change = user === null || tools.setpriv === null ? [] : [tools.setpriv, ...asUser(user)];
  if (namespaces === null) {
    return launch({ ...request, env }, { outer: change, script, marked: true });
  }
  // Of several directories what they lie in is seen.
  const own = workspace !== null && beside !== undefined ? dirname(workspace) : workspace;
  const base = await realpath(own ?? request.cwd ?? process.cwd());
  const { hidden, restored } = await viewOf(base, settings.BATON_HOME, user);
  const view = [VIEW, 'sh', restored ? base : '', request.cwd ?? base, String(hidden.length), ...hidden];
  const spaces = [...inNamespaces(tools, namespaces), '/bin/sh', '-c', ...view];
  const outer = [...spaces, ...(namespaces === 'root' ? [] : ownUserAgain(tools)), ...change];
  return launch({ ...request, env, cwd: base }, { outer, script, marked: false });
}

interface Way {
  /** What the script is started through. */
  readonly outer: readonly string[];
  readonly script: string;
  /** No namespace ends what is left: it is found by a mark. */
  readonly marked: boolean;
}

function launch({ argv, cwd, env }: LaunchRequest, { outer, script, marked }: Way): Launch {
  const count = String(Object.keys(env).length);
  const [file = '', ...args] = [...outer, '/bin/sh', '-c', script, 'sh', count, ...argv];
  const mark = randomUUID();
  return {
    file,
    args,
    cwd: cwd ?? undefined,
    env: { PATH: process.env['PATH'] ?? '', ...packed(env), ...(marked ? { [MARK]: mark } : {}) },
    throughShell: !marked,
    sweep: async () => (marked ? endLeftovers(mark) : undefined),
  };
}
