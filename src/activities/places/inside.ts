/**
 * Paths inside a workspace. A path is judged by where it really leads, links followed, and never leads outside.
 *
 * Not promised: a program that changes links of the workspace between the look and the use can win that race. Whoever
 * may run such a program may leave the workspace without it.
 */
import { lstat, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** The path may not be used; the message says why and what to write instead. */
export class PathRefused extends Error {
  override readonly name = 'PathRefused';
}

export interface InsidePath {
  /** Absolute and without links; what stands there need not exist. */
  readonly real: string;
  /** `real`, relative to the workspace. */
  readonly inside: string;
  /** As it was asked for, relative to the workspace; `.` is the workspace itself. */
  readonly shown: string;
}

/**
 * Where `path` (relative to `root`) leads. `root` must exist.
 *
 * @throws PathRefused when that is outside, or no path at all; a file system error where the way is barred
 */
export async function resolveInside(root: string, path: string): Promise<InsidePath> {
  if (path.includes('\0')) throw new PathRefused('A path cannot hold a NUL character.');
  if (isAbsolute(path)) {
    throw new PathRefused(
      `${quoted(path)} is an absolute path; write it relative to the workspace, such as src/index.ts.`,
    );
  }
  const base = await realpath(root);
  const wanted = resolve(base, path);
  if (!isWithin(base, wanted)) throw leadsOut(path);
  const real = await realTarget(wanted, path);
  if (!isWithin(base, real)) throw leadsOut(path);
  return { real, inside: relativeTo(base, real), shown: relativeTo(base, wanted) };
}

function relativeTo(base: string, path: string): string {
  return relative(base, path).split(sep).join('/') || '.';
}

/** True when `path` is `root` or below it; both absolute and without links. */
export function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** A path or name as a message shows it: one line, whatever it holds. */
export function quoted(path: string): string {
  return JSON.stringify(path.length <= 300 ? path : `${path.slice(0, 300)}…`);
}

/** The real path of the deepest part that exists, with the rest behind it. */
async function realTarget(wanted: string, path: string): Promise<string> {
  try {
    return await realpath(wanted);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  // What has an entry but no real path is a link to nothing: writing through it would make its target.
  const entry = await lstat(wanted).catch(() => null);
  if (entry !== null) throw new PathRefused(`${quoted(path)} passes a link that leads nowhere.`);
  const parent = dirname(wanted);
  return join(await realTarget(parent, path), wanted.slice(parent.length));
}

/** The system's name of an error (`ENOENT` …), or undefined. */
export function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function leadsOut(path: string): PathRefused {
  return new PathRefused(`${quoted(path)} leads out of the workspace; only files inside it may be used.`);
}
