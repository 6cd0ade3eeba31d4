/**
 * Files of the workspace as tools see them: regular UTF-8 text files only, opened so that no pipe or device can hang a
 * worker, written whole or not at all. What cannot be done is a {@link ToolRefusal} in words.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chmod, mkdir, open, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { giveToOwner } from '../../processes/adopt.ts';
import { codeOf, PathRefused, quoted, resolveInside, type InsidePath } from '../../places/inside.ts';
import { asideOf } from '../../places/layout.ts';
import { count, ToolRefusal } from '../tool.ts';

/** Most bytes of a file that a tool reads whole. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;

const SYSTEM_SAYS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist. Look with list_files',
  ENOTDIR: 'cannot be: a part of its path is a file, not a folder',
  EISDIR: 'is a folder, not a file',
  EEXIST: 'cannot be: a part of its path is a file, not a folder',
  ELOOP: 'cannot be used: its links lead round in a circle',
  ENAMETOOLONG: 'has too long a name',
  EACCES: 'may not be accessed by this worker (permission denied)',
  EPERM: 'may not be accessed by this worker (permission denied)',
  EROFS: 'cannot be written: the file system is read-only',
  ENOSPC: 'cannot be written: no space is left on the disk',
  EDQUOT: 'cannot be written: no space is left on the disk',
};

/** A path of the workspace, resolved; the directory itself for null. @throws ToolRefusal */
export async function pathInside(workspace: string | null, path: string): Promise<InsidePath> {
  if (workspace === null) {
    throw new ToolRefusal(
      'This run has no workspace, so there are no files. Its definition must have a `workspace:` for that.',
    );
  }
  return inWords(path, () => resolveInside(workspace, path));
}

/** Runs `work`; what the file system says about `path` becomes a refusal. */
export async function inWords<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PathRefused) throw new ToolRefusal(error.message);
    const said = SYSTEM_SAYS[codeOf(error) ?? ''];
    throw said === undefined ? error : new ToolRefusal(`${quoted(path)} ${said}.`);
  }
}

/** The whole text of a file. @throws ToolRefusal for what is no text file, or has more than {@link MAX_FILE_BYTES} */
export async function readTextFile({ real, shown }: InsidePath): Promise<{ text: string; bytes: number }> {
  const content = await inWords(shown, () => readRegular(real, shown));
  const text = decodedText(content);
  if (text === null) {
    throw new ToolRefusal(
      `${quoted(shown)} is no UTF-8 text (${count(content.length, 'byte')}); it cannot be read.`,
    );
  }
  return { text, bytes: content.length };
}

/** The text, or null for what is none: tools that look at many files pass these over. */
export function decodedText(content: Buffer): string | null {
  if (content.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return null;
  }
}

/** A regular file's bytes. @throws ToolRefusal, and what the file system says */
export async function readRegular(real: string, shown: string, maxBytes = MAX_FILE_BYTES): Promise<Buffer> {
  // Asked before it is opened: opening a device can have effects. O_NONBLOCK: a pipe put there meanwhile cannot hang us.
  assertFile(await stat(real), shown);
  const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    return await readBounded(file, shown, maxBytes);
  } finally {
    await file.close();
  }
}

async function readBounded(file: FileHandle, shown: string, maxBytes: number): Promise<Buffer> {
  const found = await file.stat();
  assertFile(found, shown);
  if (found.size > maxBytes) {
    throw new ToolRefusal(
      `${quoted(shown)} has ${count(found.size, 'byte')}; files of at most ${count(maxBytes, 'byte')} can be read.`,
    );
  }
  return file.readFile();
}

function assertFile(found: { isFile(): boolean; isDirectory(): boolean }, shown: string): void {
  if (found.isDirectory()) {
    throw new ToolRefusal(`${quoted(shown)} is a folder, not a file. Look into it with list_files.`);
  }
  if (!found.isFile())
    throw new ToolRefusal(`${quoted(shown)} is no regular file (a pipe, socket or device).`);
}

/**
 * Writes a file whole, with its folders; an existing one keeps its mode. Who reads sees the old or the new text.
 *
 * @throws ToolRefusal
 */
export async function writeTextFile(workspace: string, path: InsidePath, text: string): Promise<void> {
  const { real, shown } = path;
  await assertWritable(path);
  await inWords(shown, async () => {
    const made = await makeFolders(dirname(real));
    const aside = asideOf(workspace);
    await mkdir(aside, { recursive: true });
    const draft = join(aside, randomUUID());
    try {
      await writeFile(draft, text, { flag: 'wx' });
      const before = await modeOf(real);
      if (before !== null) await chmod(draft, before);
      await giveToOwner([...made, draft], workspace);
      await rename(draft, real);
    } finally {
      await rm(draft, { force: true });
    }
  });
}

/** Answers those that were missing, the outermost first. */
async function makeFolders(folder: string): Promise<string[]> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return [];
  const made = [folder];
  for (let at = folder; at !== first; at = dirname(at)) made.unshift(dirname(at));
  return made;
}

/** What stands in `.git` can make git run programs. */
async function assertWritable({ real, inside, shown }: InsidePath): Promise<void> {
  if (shown === '.') throw new ToolRefusal('"." is the workspace itself; name a file in it.');
  if (inside.split('/').some((part) => part.toLowerCase() === '.git')) {
    throw new ToolRefusal(`${quoted(shown)} belongs to git; it is not written by hand.`);
  }
  const found = await inWords(shown, () => stat(real).catch(absent));
  if (found === null) return;
  assertFile(found, shown);
  await inWords(shown, () => access(real, constants.W_OK));
}

async function modeOf(real: string): Promise<number | null> {
  const found = await stat(real).catch(absent);
  return found === null ? null : found.mode & 0o777;
}

function absent(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}
