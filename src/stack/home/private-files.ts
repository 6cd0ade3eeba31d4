/**
 * What lies in a home is its owner's alone: directories 0700, files 0600. Whatever the umask is, and also for a home
 * that an earlier version made. Postgres' files, which may belong to another user, are the server's own care (it
 * refuses anything wider than 0700).
 */
import { chmodSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const PRIVATE_DIRECTORY = 0o700;
export const PRIVATE_FILE = 0o600;
/** Of whatever the stack starts: what they make is nobody else's either. */
export const PRIVATE_UMASK = 0o077;

/** Makes the directory, with those above it that are missing, and closes it to others. */
export function privateDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
  chmodSync(directory, PRIVATE_DIRECTORY);
}

/** Makes the home and its `logs`, and closes what lies in them, and the workspaces as a whole. Follows no links. */
export function privateHome(home: string): void {
  for (const directory of [home, join(home, 'logs')]) {
    privateDirectory(directory);
    for (const name of readdirSync(directory)) close(join(directory, name));
  }
}

/** Entries of the home that others may read or write, by path; empty for a home that is as it should be. */
export function openEntries(home: string): string[] {
  const directories = [home, join(home, 'logs'), join(home, 'workspaces')];
  const inside = directories.flatMap((directory) =>
    entriesOf(directory).map((name) => join(directory, name)),
  );
  return [home, ...inside].filter((path) => isOpen(path));
}

function close(path: string): void {
  const mode = modeOf(path);
  if (mode?.isFile()) chmodSync(path, PRIVATE_FILE);
  else if (mode?.isDirectory()) chmodSync(path, PRIVATE_DIRECTORY);
}

const isOpen = (path: string): boolean => {
  const entry = modeOf(path);
  return entry !== undefined && !entry.isSymbolicLink() && (entry.mode & PRIVATE_UMASK) !== 0;
};

/** undefined for what went away meanwhile. */
function modeOf(path: string) {
  return lstatSync(path, { throwIfNoEntry: false });
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
