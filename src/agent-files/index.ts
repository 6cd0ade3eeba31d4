/**
 * Agents from files: `agents/NAME.yaml` (or `.yml`, `.json`) describes the agent NAME.
 *
 * Reads the files anew each time, so that a change counts from the next publication on; what is published keeps what
 * it was compiled with. Says nothing of what is in them: that is judged when a definition names the agent.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { AgentFile, AgentFiles } from '../definition/index.ts';
import { messageOf, UnprocessableError } from '../errors/errors.ts';

const EXTENSIONS: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json']);
const MAX_BYTES = 256 * 1024;

/**
 * The files of a directory by the agent's name; none where there is no such directory. A file that cannot be read, or
 * a second one of the same name, is a fault that shows when the agent is named.
 *
 * @throws UnprocessableError `agents_unreadable` when the directory is there and cannot be read.
 */
export async function readAgentFiles(directory: string): Promise<AgentFiles> {
  const entries = (await entriesOf(directory)).filter((entry) => EXTENSIONS.has(extname(entry))).toSorted();
  const files: Record<string, AgentFile> = Object.create(null) as Record<string, AgentFile>;
  for (const entry of entries) {
    const name = basename(entry, extname(entry));
    const file = `${basename(directory)}/${entry}`;
    const other = files[name]?.file;
    files[name] =
      other === undefined
        ? await read(join(directory, entry), file)
        : {
            file,
            fault: `Two files describe the agent "${name}": ${other} is the other. Remove one of them.`,
          };
  }
  return files;
}

async function entriesOf(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    const message = `The directory of agents cannot be read: ${messageOf(error)}. Set BATON_AGENTS to another one.`;
    throw new UnprocessableError('agents_unreadable', message);
  }
}

async function read(path: string, file: string): Promise<AgentFile> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) return { file, fault: `The file has ${size} bytes; the limit is ${MAX_BYTES}.` };
    return { file, text: await readFile(path, 'utf8') };
  } catch (error) {
    return { file, fault: `The file cannot be read: ${messageOf(error)}.` };
  }
}
