/**
 * How a snapshot gets from one store to another: as a git bundle, from the store beside it or from the table of blobs. Kept
 * there, each holds what has changed since the one before; every twentieth stands for itself, beside what was cloned.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadBlobs, storeBlob } from '../../../database/blobs.ts';
import type { Database } from '../../../database/database.ts';
import { codeOf } from '../../places/inside.ts';
import { asideOf } from '../../places/layout.ts';
import type { Json } from '../../../plan/json.ts';
import { MAX_NOTE_CHARS, type KeptSnapshot, type TakenSnapshot } from '../../../protocol/snapshot.ts';
import type { BlobRef } from '../../../protocol/values.ts';
import { messageOf } from '../../../errors/errors.ts';
import { withPatientStorage, withStorage } from '../../storage.ts';
import { GitError } from '../git.ts';
import { BASE, PACK, REMOVE, UNPACK } from './scripts.ts';
import { ownName, runScript, type Store } from './store.ts';

/** As base64 in JSON it is a third larger, and a blob has at most 64 MB. */
const MAX_BUNDLE_BYTES = 40 * 1024 * 1024;
const MAX_DEPTH = 20;
/** Longer chains are none of ours. */
const MOST_LINKS = 100;

/** Takes a commit over from another store. @throws GitError where it is not there either */
export async function copyFrom(from: Store, to: Store, commit: string): Promise<void> {
  const base = await runScript(to, BASE, []);
  await unpack(to, commit, await pack(from, commit, base.trim()));
}

/** A snapshot that was kept. It is remembered where only the worker writes. */
interface Remembered {
  readonly commit: string;
  readonly ref: BlobRef;
  readonly depth: number;
}

/** The snapshot with what another worker can make it from. That it cannot be kept is a note. */
export async function keep(store: Store, taken: TakenSnapshot, database: Database): Promise<TakenSnapshot> {
  const { commit } = taken;
  if (commit === null) return taken;
  try {
    return { ...taken, kept: await keepCommit(store, commit, database) };
  } catch (error) {
    const why = store.masking.mask(messageOf(error));
    return {
      ...taken,
      note: `The snapshot of the files is on this worker only: ${why}`.slice(0, MAX_NOTE_CHARS),
    };
  }
}

async function keepCommit(store: Store, commit: string, database: Database): Promise<BlobRef> {
  const known = await remembered(store, commit);
  if (known !== null) return known.ref;
  const last = await remembered(store, LAST);
  const previous = last !== null && last.depth + 1 < MAX_DEPTH ? last : null;
  const without = previous === null ? (await runScript(store, BASE, [])).trim() : previous.commit;
  // What was cloned is on every worker.
  if (without === commit) return keepText(database, store, { commit, previous: null, depth: 0, bundle: '' });
  const bundle = await pack(store, commit, without);
  const depth = previous === null ? 0 : previous.depth + 1;
  const kept = { commit, previous: previous?.ref ?? null, depth, bundle: bundle.toString('base64') };
  const ref = await keepText(database, store, kept);
  await remember(store, { commit, ref, depth });
  return ref;
}

function keepText(database: Database, { signal }: Store, kept: KeptSnapshot): Promise<BlobRef> {
  return withPatientStorage(() => storeBlob(database, JSON.stringify(kept)), signal);
}

/** Takes a kept commit out of the table of blobs. Answers false where it, or one that it builds on, is not there. */
export async function fetchKept(store: Store, ref: BlobRef, database: Database): Promise<boolean> {
  const chain: KeptSnapshot[] = [];
  for (let next: BlobRef | null = ref; next !== null; next = chain.at(-1)?.previous ?? null) {
    const { $blob: hash } = next;
    const found = (await withStorage(() => loadBlobs(database, [hash]))).get(hash);
    const kept = found === undefined ? null : keptOf(found);
    if (kept === null || chain.length === MOST_LINKS) return false;
    chain.push(kept);
  }
  try {
    for (const { commit, bundle } of chain.toReversed()) {
      if (bundle !== '') await unpack(store, commit, Buffer.from(bundle, 'base64'));
    }
    return true;
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  }
}

function keptOf(value: Json): KeptSnapshot | null {
  const { commit, previous, bundle } = (value ?? {}) as Partial<KeptSnapshot>;
  const isSound =
    typeof commit === 'string' &&
    /^[0-9a-f]{40,64}$/.test(commit) &&
    typeof bundle === 'string' &&
    (previous === null || typeof previous?.$blob === 'string');
  return isSound ? (value as unknown as KeptSnapshot) : null;
}

async function pack(store: Store, commit: string, without: string): Promise<Buffer> {
  const name = ownName('bundle');
  try {
    await runScript(store, PACK, [commit, name, without]);
    return await readOwn(join(store.directory, name));
  } finally {
    await remove(store, name);
  }
}

/** The directory belongs to the user of programs: a link in it is not followed. */
async function readOwn(path: string): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size } = await file.stat();
    if (size > MAX_BUNDLE_BYTES) {
      const [is, most] = [size, MAX_BUNDLE_BYTES].map((bytes) => `${Math.ceil(bytes / 1024 / 1024)} MB`);
      throw new GitError(`it has ${is} and at most ${most} travel`);
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}

async function unpack(store: Store, commit: string, bundle: Buffer): Promise<void> {
  const name = ownName('bundle');
  await mkdir(store.directory, { recursive: true });
  const path = join(store.directory, name);
  await writeFile(path, bundle, { flag: 'wx' });
  // The user of programs reads it, whatever the worker's umask is.
  await chmod(path, 0o644);
  try {
    await runScript(store, UNPACK, [commit, name]);
  } finally {
    await remove(store, name);
  }
}

/** Also when what it was for has been stopped; one that stays goes with the store. */
async function remove(store: Store, name: string): Promise<void> {
  await runScript({ ...store, signal: new AbortController().signal }, REMOVE, [name]).catch(() => '');
}

const LAST = 'last';

function memoryOf({ workspace }: Store, name: string): string {
  return join(asideOf(workspace), 'kept-snapshots', `${name}.json`);
}

async function remembered(store: Store, name: string): Promise<Remembered | null> {
  try {
    return JSON.parse(await readFile(memoryOf(store, name), 'utf8')) as Remembered;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

async function remember(store: Store, kept: Remembered): Promise<void> {
  await mkdir(dirname(memoryOf(store, LAST)), { recursive: true });
  for (const name of [kept.commit, LAST]) {
    const draft = memoryOf(store, `${name}.${randomUUID()}`);
    await writeFile(draft, JSON.stringify(kept));
    await rename(draft, memoryOf(store, name));
  }
}
