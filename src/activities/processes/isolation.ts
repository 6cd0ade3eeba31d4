/**
 * What this machine lets a worker do so that programs of others harm nobody: another user, namespaces, limits. Found
 * out by trying; what cannot be had is named, and programs run without it.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import which from 'which';
import type { Config } from '../../config.ts';
import type { CommandUser } from './command-user.ts';
import { closedOnTheWay } from './view.ts';

/** util-linux, by absolute path. */
interface Tools {
  readonly unshare: string | null;
  readonly setpriv: string | null;
}

export interface Isolation {
  readonly tools: Tools;
  /** Null: they run as the worker's own user. */
  readonly user: CommandUser | null;
  /** Processes and mounts of their own: `root` makes them with root's rights, `user` with a namespace of users. */
  readonly namespaces: 'root' | 'user' | null;
  /** What is not enforced here, each with its reason and remedy. */
  readonly missing: readonly string[];
}

const run = promisify(execFile);
const OPTIONS = { timeout: 10_000, env: { PATH: process.env['PATH'] ?? '' } };

/** The kernel forgets it whenever a process changes its user, so it is asked for again after each change. */
const DIES_WITH_PARENT = ['--pdeathsig', 'KILL'];

/** Starts what follows in namespaces; all of it ends with the first process, and that one with the worker. */
export function inNamespaces({ unshare, setpriv }: Tools, kind: 'root' | 'user'): string[] {
  if (unshare === null || setpriv === null) return [];
  const user = kind === 'root' ? [] : [unshare, '--user', '--map-root-user', '--'];
  const spaces = ['--pid', '--mount', '--fork', '--kill-child', '--mount-proc', '--'];
  return [...user, setpriv, ...DIES_WITH_PARENT, '--', unshare, ...spaces];
}

/** Tries what there is. Never throws. */
export async function findIsolation(
  config: Pick<Config, 'BATON_COMMAND_USER' | 'BATON_HOME'>,
): Promise<Isolation> {
  const tools = { unshare: await toolAt('unshare'), setpriv: await toolAt('setpriv') };
  const isRoot = process.getuid?.() === 0;
  const kind = isRoot ? 'root' : 'user';
  const namespaces = (await makesNamespaces(tools, kind)) ? kind : null;
  const other = isRoot ? await findUser(config.BATON_COMMAND_USER, tools) : NO_OTHER_USER;
  const { user, why } = namespaces === null ? await whoReaches(config.BATON_HOME, other) : other;
  const missing = [why, namespaces === null ? NO_NAMESPACES : null, bothMissing(user, namespaces)];
  return { tools, user, namespaces, missing: missing.filter((text) => text !== null) };
}

const NO_OTHER_USER: Found = { user: null, why: null };

const NO_NAMESPACES =
  'no namespaces: a program that leaves its session and clears its environment may outlive its step, and sees the ' +
  'processes of this machine (the kernel or the container allows no unshare of util-linux)';

function bothMissing(user: CommandUser | null, namespaces: Isolation['namespaces']): string | null {
  if (user !== null || namespaces !== null) return null;
  return (
    "no other user: programs may read the memory and files of this worker's user, and send it signals (run the worker " +
    'as root with BATON_COMMAND_USER, or where namespaces of users are allowed)'
  );
}

interface Found {
  readonly user: CommandUser | null;
  /** Why there is none. */
  readonly why: string | null;
}

const without = (reason: string): Found => ({ user: null, why: `programs run as root: ${reason}` });

/** Without mounts of its own a program must go the whole way to its workspace; above the home that is not ours to open. */
async function whoReaches(home: string, found: Found): Promise<Found> {
  const closed = found.user === null ? null : await closedOnTheWay(home, found.user);
  return closed === null
    ? found
    : without(`${closed} is closed to "${found.user?.name}"; put BATON_HOME where that user may go`);
}

async function findUser(name: string, { setpriv }: Tools): Promise<Found> {
  if (name === 'root') return without('BATON_COMMAND_USER says so');
  if (setpriv === null) return without('there is no setpriv (util-linux) to change the user');
  const ids = await Promise.all(['-u', '-g'].map((flag) => idOf(flag, name)));
  const [uid = null, gid = null] = ids;
  if (uid === null || gid === null) return without(`there is no user "${name}" (BATON_COMMAND_USER)`);
  const user = { name, uid, gid };
  return (await succeeds(setpriv, [...asUser(user), '/bin/sh', '-c', ':']))
    ? { user, why: null }
    : without(`this process may not become "${name}" (the container drops SETUID or SETGID)`);
}

/** Arguments of `setpriv` that leave nothing of root. */
export function asUser({ uid, gid }: CommandUser): string[] {
  return [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    ...['--clear-groups', '--no-new-privs', '--inh-caps=-all', '--bounding-set=-all'],
    ...[...DIES_WITH_PARENT, '--'],
  ];
}

async function makesNamespaces(tools: Tools, kind: 'root' | 'user'): Promise<boolean> {
  const [file, ...args] = inNamespaces(tools, kind);
  if (file === undefined) return false;
  const inner = kind === 'root' ? [] : ownUserAgain(tools);
  const probe = ['/bin/sh', '-c', `mount -t tmpfs none /proc/fs && exec "$@"`, 'sh'];
  return succeeds(file, [...args, ...probe, ...inner, '/bin/sh', '-c', 'test -r /proc/self/stat']);
}

/** In a namespace of users programs get their own user back, without the rights over the mounts. */
export function ownUserAgain({ unshare, setpriv }: Tools): string[] {
  if (unshare === null || setpriv === null) return [];
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const user = [unshare, '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--'];
  return [...user, setpriv, '--no-new-privs', ...DIES_WITH_PARENT, '--'];
}

async function idOf(flag: string, name: string): Promise<number | null> {
  try {
    const { stdout } = await run('id', [flag, '--', name], OPTIONS);
    return Number(stdout);
  } catch {
    return null;
  }
}

async function succeeds(file: string, args: readonly string[]): Promise<boolean> {
  try {
    await run(file, [...args], OPTIONS);
    return true;
  } catch {
    return false;
  }
}

async function toolAt(name: string): Promise<string | null> {
  return process.platform === 'linux' ? which(name, { nothrow: true }) : null;
}
