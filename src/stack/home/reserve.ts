/**
 * Some room on the disk that is held for the day it is full: a file in the home. It is given up as soon as little is left
 * beside it, so that Postgres and Temporal can go on, and everything that reads with them: Postgres' log grows by 16 MB
 * at once, and without that it ends. Whoever misses the file knows that there is no room for anything new. It is made
 * again when there is plenty.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, statSync } from 'node:fs';
import { open, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../report.ts';

const MB = 1024 * 1024;
const LOOK_MS = 500;
/** Less than this beside the reserve is little. */
const LITTLE = 24 * MB;
/** There has to be this much beside one that is made: more than what giving it up leaves. */
const ENOUGH = 40 * MB;
/** Of the reserve; on a small disk an eighth of what is free at first. */
const USUAL_SIZE = 64 * MB;

export interface Reserve {
  /** Path of the file; undefined where the file system does not tell how much room it has. */
  readonly file: string | undefined;
  stop(): Promise<void>;
}

/** Keeps a reserve in the home from now on; resolves once it is made, or there is no room for it. */
export async function keepReserve(home: string, report: Report): Promise<Reserve> {
  if ((await statfs(home)).blocks === 0) return { file: undefined, stop: async () => {} };
  const file = join(home, 'reserve');
  const stopping = new AbortController();
  const tell = changesOnly(home, report);
  const size = await sizeOf(file);
  await look(file, size, tell);
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await sleep(LOOK_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
      if (!stopping.signal.aborted) await look(file, size, tell);
    }
  })();
  return {
    file,
    stop: async () => {
      stopping.abort();
      await watching;
    },
  };
}

/** That all is well at first is worth no word. */
function changesOnly(home: string, report: Report): (isThere: boolean) => void {
  let was = true;
  return (is) => {
    if (is === was) return;
    was = is;
    if (is) report(`there is room again on the disk of ${home}`);
    else report(`the disk of ${home} is full: nothing new is taken in until there is room again`);
  };
}

/** Gives the reserve up, or makes it, and tells whether it is there. Never throws. */
async function look(file: string, size: number, tell: (isThere: boolean) => void): Promise<void> {
  try {
    const free = await freeBytes(dirname(file));
    if (!existsSync(file)) {
      if (free - size >= ENOUGH) await make(file, size);
    } else if (free < LITTLE) rmSync(file, { force: true });
  } catch {
    // Looked at again in a moment.
  }
  tell(existsSync(file));
}

/** Whole or not at all. Of bytes that no file system makes smaller. */
async function make(file: string, size: number): Promise<void> {
  const noise = randomBytes(MB);
  const handle = await open(file, 'wx', 0o600);
  try {
    for (let written = 0; written < size; written += MB) await handle.write(noise);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

/** As large as it is, or fits the disk. */
async function sizeOf(file: string): Promise<number> {
  if (existsSync(file)) return statSync(file).size;
  return Math.min(USUAL_SIZE, Math.floor((await freeBytes(dirname(file))) / 8 / MB) * MB);
}

async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
