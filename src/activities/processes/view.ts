/** What a program of others must not see of the file system, or cannot pass on its way to its own directory. */
import { realpath, stat } from 'node:fs/promises';
import { dirname, parse } from 'node:path';
import { isWithin } from '../places/inside.ts';
import type { CommandUser } from './command-user.ts';

export interface View {
  /** Directories to cover. */
  readonly hidden: readonly string[];
  /** The program's own directory was covered with them, and must be put back. */
  readonly restored: boolean;
}

/**
 * Covered are the worker's home, and the outermost directory that is closed to the user on the way to `base`. The home
 * is left alone where the worker itself lives in it.
 *
 * @param base the program's own directory, without links
 */
export async function viewOf(base: string, home: string, user: CommandUser | null): Promise<View> {
  const closed = user === null ? null : await closedOnTheWay(base, user);
  const covered = await realpath(home).catch(() => null);
  const inUse = [process.cwd(), process.execPath].some((path) => covered === null || isWithin(covered, path));
  const hidden = [closed, inUse ? null : covered].filter((path) => path !== null);
  // The outer one hides the inner one too.
  const outer = hidden.filter((path) => !hidden.some((other) => other !== path && isWithin(other, path)));
  return { hidden: [...new Set(outer)], restored: outer.some((path) => isWithin(path, base)) };
}

/** The outermost directory above `path` that the user may not pass; null when the way is open. */
export async function closedOnTheWay(path: string, user: CommandUser): Promise<string | null> {
  const above: string[] = [];
  for (let at = dirname(path); at !== parse(at).root; at = dirname(at)) above.unshift(at);
  for (const directory of above) if (!(await mayPass(directory, user))) return directory;
  return null;
}

/** True when the user may go through a directory. */
export async function mayPass(directory: string, { uid, gid }: CommandUser): Promise<boolean> {
  const found = await stat(directory).catch(() => null);
  if (found === null) return true;
  if (found.uid === uid) return (found.mode & 0o100) !== 0;
  return (found.mode & (found.gid === gid ? 0o010 : 0o001)) !== 0;
}
