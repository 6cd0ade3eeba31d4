/**
 * Postgres refuses to run as root. When we are root, another user of this machine runs it: `postgres` where there is
 * one, else `nobody`. That user must be able to reach what it works with; what it cannot reach is moved.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UnavailableError } from '../../errors/errors.ts';
import type { User } from '../programs/child-process.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import type { Report } from '../report.ts';

const CANDIDATES = ['postgres', 'nobody'];
/** Reachable for every user, and kept over restarts. */
const SHARED = '/var/lib/baton';

/** The user for Postgres, or undefined when this process is no root. */
export function unprivilegedUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of CANDIDATES) {
    const user = lookUp(name);
    if (user) return user;
  }
  throw new UnavailableError(
    'no_unprivileged_user',
    `Postgres does not run as root, and there is none of the users ${CANDIDATES.join(', ')} to run it. ` +
      'Add one (`useradd --system postgres`), start Baton as an ordinary user, or set DATABASE_URL.',
  );
}

/**
 * A directory that belongs to `user`, made if missing. When `user` cannot pass the folders above (a home of mode 0700),
 * the directory is kept under /var/lib/baton and `directory` becomes a link to it.
 */
export function directoryFor(user: User | undefined, directory: string, report: Report): string {
  if (user === undefined) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return directory;
  }
  const linked = linkTarget(directory);
  if (linked !== undefined) return owned(linked, user);
  mkdirSync(dirname(directory), { recursive: true, mode: 0o700 });
  if (canReach(user, dirname(directory))) return owned(directory, user);
  // A new name each time: whoever removed the home does not want its old data back.
  const place = join(SHARED, `${basename(directory)}-${randomBytes(4).toString('hex')}`);
  report(`${dirname(directory)} is closed to the user that runs Postgres: its data goes to ${place}`);
  if (existsSync(directory)) move(directory, place);
  owned(place, user);
  symlinkSync(place, directory);
  return place;
}

/**
 * The programs, copied to a reachable place when `user` cannot run them where they are. The copy is whole from its first
 * moment, and stays: other stacks of this machine run from it.
 */
export function programsFor(
  user: User | undefined,
  found: PostgresBinaries,
  report: Report,
): PostgresBinaries {
  if (user === undefined || runs(user, found.postgres)) return found;
  const root = dirname(dirname(found.postgres));
  const copy = join(SHARED, `programs-${shortHash(`${root}\n${found.version}`)}`);
  const moved = (program: string) => join(copy, 'bin', basename(program));
  const reachable = { ...found, postgres: moved(found.postgres), initdb: moved(found.initdb) };
  const isThere = () => runs(user, reachable.postgres);
  if (isThere()) return reachable;
  report(`${root} is closed to the user that runs Postgres: copying its programs to ${copy}`);
  copyWhole(root, copy, isThere);
  return reachable;
}

/** Takes the place of what does not run there. Of two at once one is the first, and the other's copy is not needed. */
function copyWhole(from: string, to: string, isThere: () => boolean): void {
  const suffix = randomBytes(4).toString('hex');
  const draft = `${to}.${suffix}.new`;
  const former = `${to}.${suffix}.old`;
  passable(SHARED);
  try {
    cpSync(from, draft, { recursive: true, verbatimSymlinks: true });
    execFileSync('chmod', ['-R', 'a+rX', draft]);
    if (isThere()) return;
    if (existsSync(to)) renameSync(to, former);
    renameSync(draft, to);
  } catch (error) {
    if (!isThere()) throw error;
  } finally {
    for (const rest of [draft, former]) rmSync(rest, { recursive: true, force: true });
  }
}

function lookUp(name: string): User | undefined {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

function owned(directory: string, user: User): string {
  if (dirname(directory) === SHARED) passable(SHARED);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chownSync(directory, user.uid, user.gid);
  chmodSync(directory, 0o700);
  return directory;
}

/** Whatever our umask is: others pass through it to what is theirs. */
function passable(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  chmodSync(directory, 0o755);
}

/** A home that was open to all once holds the files itself; the next file system over is no hindrance to `mv`. */
function move(from: string, to: string): void {
  passable(dirname(to));
  execFileSync('mv', [from, to]);
}

function linkTarget(directory: string): string | undefined {
  try {
    return lstatSync(directory).isSymbolicLink() ? readlinkSync(directory) : undefined;
  } catch {
    return undefined;
  }
}

const canReach = (user: User, directory: string): boolean =>
  spawnSync('test', ['-x', directory], { ...user, cwd: '/' }).status === 0;
const runs = (user: User, program: string): boolean =>
  spawnSync(program, ['--version'], { ...user, cwd: '/' }).status === 0;
const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);
