/**
 * A snapshot of the files of a workspace: all that `.gitignore` files do not leave out, byte for byte. Never throws: that
 * no snapshot could be made is a note in its place, for no step fails for that.
 *
 * What changes while it is made may be in it or not. Of two that are made at the same time the later one has all that
 * the earlier one has seen. One that finds nothing changed is the one before.
 */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { alarmAfter } from '../../../alarm.ts';
import type { Database } from '../../../database/database.ts';
import { messageOf } from '../../../errors/errors.ts';
import { MAX_NOTE_CHARS, type TakenSnapshot } from '../../../protocol/snapshot.ts';
import { GitError } from '../git.ts';
import { LOOK, RECORD } from './scripts.ts';
import { runScript, type Store } from './store.ts';
import { keep } from './travel.ts';

const MAX_FILE_BYTES = 100 * 1024 * 1024;
const MAX_FILES = 20_000;
const MAX_BYTES = 1024 * 1024 * 1024;
/** Paths that are left out, of one snapshot. */
const MAX_LEFT_OUT = 100;
const LIMIT_MS = 60_000;
const TRIES = 5;

/**
 * Takes one.
 *
 * @param message what has been done, for whoever looks into the store
 * @param database where it is kept for other workers; null: nowhere
 */
export async function takeSnapshot(
  store: Store,
  message: string,
  database: Database | null = null,
): Promise<TakenSnapshot> {
  const alarm = alarmAfter(LIMIT_MS);
  const began = Date.now();
  const limited = { ...store, signal: AbortSignal.any([store.signal, alarm]) };
  try {
    const taken = await take(limited, message);
    return database === null ? taken : await keep(limited, taken, database);
  } catch (error) {
    const why = alarm.aborted
      ? `it took longer than ${LIMIT_MS / 1_000} s`
      : store.signal.aborted
        ? 'it was stopped'
        : messageOf(error);
    const note = store.masking
      .mask(`No snapshot of the files could be made: ${why}`)
      .slice(0, MAX_NOTE_CHARS);
    return { commit: null, at: began, note };
  }
}

/** The same, for those who need it. @throws GitError with the reason */
export async function take(
  store: Store,
  message: string,
): Promise<TakenSnapshot & { readonly commit: string }> {
  for (let tries = 1; tries <= TRIES; tries++) {
    const at = Date.now();
    const { latest, paths } = await look(store);
    const leftOut = await leftOutOf(store, paths);
    const out = leftOut.map(({ path }) => path);
    const isNew = paths.some(({ path, isKnown }) => isKnown || !out.includes(path));
    if (latest !== '' && !isNew) return { commit: latest, at, ...noteOn(leftOut, '') };
    const dropped = paths
      .filter(({ path, isKnown }) => isKnown && out.includes(path))
      .map(({ path }) => path);
    const stdin = ['.', ...out.map((path) => `:(top,exclude,literal)${path}`)].join('\0');
    const said = await runScript(store, RECORD, [latest, message, ...dropped], { stdin });
    const [commit = '', unread = ''] = said.split('\n');
    if (commit !== 'moved') return { commit, at, ...noteOn(leftOut, unread) };
    await sleep(20 * tries, undefined, { signal: store.signal });
  }
  throw new GitError('too many others make snapshots of it at the same time');
}

interface Differing {
  readonly path: string;
  /** It is in the snapshot before. */
  readonly isKnown: boolean;
}

async function look(
  store: Store,
): Promise<{ readonly latest: string; readonly paths: readonly Differing[] }> {
  const said = await runScript(store, LOOK, []);
  const [latest = '', ...entries] = said.split('\0');
  if (!said.endsWith('\0')) throw tooMuch('files');
  const paths = entries
    .filter((entry) => entry !== '')
    .map((entry) => ({ path: entry.slice(2), isKnown: !entry.startsWith('?') }));
  return { latest, paths };
}

interface LeftOut {
  readonly path: string;
  readonly why: 'size' | 'repository';
}

/** What is too large, and repositories within: git would keep no more of those than a name. */
async function leftOutOf({ workspace }: Store, paths: readonly Differing[]): Promise<readonly LeftOut[]> {
  if (paths.length > MAX_FILES) throw tooMuch(`${paths.length.toLocaleString('en-US')} files`);
  const leftOut: LeftOut[] = [];
  let bytes = 0;
  for (const { path } of paths) {
    const found = await lstat(join(workspace, path)).catch(() => null);
    if (found === null) continue;
    // A file may have become a directory; only those that git does not look into end so.
    if (path.endsWith('/')) leftOut.push({ path: path.slice(0, -1), why: 'repository' });
    else if (found.size > MAX_FILE_BYTES) leftOut.push({ path, why: 'size' });
    else bytes += found.size;
  }
  if (bytes > MAX_BYTES) throw tooMuch(`${Math.round(bytes / 1024 / 1024)} MB of files`);
  if (leftOut.length > MAX_LEFT_OUT) throw tooMuch(`${leftOut.length} large files and repositories`);
  return leftOut;
}

function tooMuch(what: string): GitError {
  const most = `${MAX_FILES.toLocaleString('en-US')} files and ${MAX_BYTES / 1024 / 1024} MB`;
  return new GitError(
    `${what} are new or changed since the last one, and at most ${most} are taken at once; name in .gitignore what can be made again`,
  );
}

function noteOn(leftOut: readonly LeftOut[], unread: string): Pick<TakenSnapshot, 'note'> {
  const [first] = leftOut;
  if (first === undefined && unread === '') return {};
  if (first === undefined)
    return { note: `A file cannot be read, so it is in no snapshot: ${unread}`.slice(0, MAX_NOTE_CHARS) };
  const why =
    first.why === 'size' ? `is larger than ${MAX_FILE_BYTES / 1024 / 1024} MB` : 'is a repository of its own';
  const more = leftOut.length === 1 ? '' : `; ${leftOut.length - 1} more are left out`;
  return {
    note: `${JSON.stringify(first.path)} ${why}, so it is in no snapshot${more}`.slice(0, MAX_NOTE_CHARS),
  };
}
