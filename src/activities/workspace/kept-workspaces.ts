/** The workspaces of a home, for whoever tidies up. Baton itself keeps them. */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../places/inside.ts';
import { runDirectory, workspacesOf } from '../places/layout.ts';

export interface KeptWorkspace {
  readonly runId: string;
  /** Holds all that there is of the run. */
  readonly directory: string;
  readonly createdAt: Date;
}

/** All of a home. What is not a run's directory is passed over. */
export async function listWorkspaces(home: string): Promise<KeptWorkspace[]> {
  const names = await readdir(workspacesOf(home)).catch(() => []);
  const found = await Promise.all(names.map((name) => keptIn(join(workspacesOf(home), name))));
  return found.filter((workspace) => workspace !== null);
}

/** Removes all that there is of a run; nothing happens when there is nothing. Call it for ended runs only. */
export async function removeWorkspace(home: string, runId: string): Promise<void> {
  await rm(runDirectory(home, runId), { recursive: true, force: true });
}

async function keptIn(directory: string): Promise<KeptWorkspace | null> {
  try {
    const file = join(directory, 'run');
    return { runId: await readFile(file, 'utf8'), directory, createdAt: (await stat(file)).birthtime };
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return null;
  }
}
