/** The files below a folder, in order of their paths; `.git` and `node_modules` left out, links not followed. */
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../places/inside.ts';

const LEFT_OUT = new Set(['.git', 'node_modules']);
/** Most entries that one walk looks at. */
const MAX_ENTRIES = 100_000;

export interface WalkedFile {
  readonly real: string;
  /** Relative to the folder that is walked, with `/` between names. */
  readonly path: string;
  /** false for links, pipes, sockets and devices. */
  readonly regular: boolean;
}

/** How a walk ended; filled in while it goes. */
export interface WalkState {
  /** It gave up before it had seen everything. */
  cut: boolean;
  entries: number;
}

export const newWalk = (): WalkState => ({ cut: false, entries: 0 });

/** Walks `folder`. @throws what the file system says of `folder` itself; what is barred below it is passed over */
export async function* walk(
  folder: string,
  state: WalkState,
  signal: AbortSignal,
  prefix = '',
): AsyncGenerator<WalkedFile> {
  const entries = [];
  for await (const entry of await opendir(folder)) {
    signal.throwIfAborted();
    if (++state.entries > MAX_ENTRIES) state.cut = true;
    if (state.cut) return;
    if (!LEFT_OUT.has(entry.name)) entries.push(entry);
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const real = join(folder, entry.name);
    const path = prefix + entry.name;
    if (entry.isDirectory()) yield* walkBelow(real, state, signal, `${path}/`);
    else yield { real, path, regular: entry.isFile() };
    if (state.cut) return;
  }
}

async function* walkBelow(
  folder: string,
  state: WalkState,
  signal: AbortSignal,
  prefix: string,
): AsyncGenerator<WalkedFile> {
  try {
    yield* walk(folder, state, signal, prefix);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) throw error;
  }
}
