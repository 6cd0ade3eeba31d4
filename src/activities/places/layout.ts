/**
 * Where things of workspaces lie, below `BATON_HOME/workspaces`:
 *
 *     home-id                 names the task queue that leads here
 *     RUN/run                 the run's id; RUN is that id made safe
 *     RUN/1                   the first workspace; a later one takes the place of one that was lost
 *     RUN/run-BRANCH.1        the same of a start by hand
 *     RUN/1.aside             drafts and receipts of the tools, which nobody should see among the files
 *     RUN/1.snapshots         the repository of Baton's own that its snapshots are in
 *     RUN/1.draft-…           what is being made, or a try that died
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkspaceInput } from '../../protocol/activity.ts';
import { StepFailure } from '../step-failure.ts';

const MAX_NAME = 100;

/** The directory of all workspaces of a worker's home. */
export function workspacesOf(home: string): string {
  return join(home, 'workspaces');
}

/** A run's directory: the id where it makes a plain name, else a hash of it. */
export function runDirectory(home: string, runId: string): string {
  return join(workspacesOf(home), safeName(runId));
}

/** The name of a workspace in its run's directory. A branch that makes no plain name counts as its hash. */
export function workspaceName({ branch, generation }: Pick<WorkspaceInput, 'branch' | 'generation'>): string {
  return branch === undefined ? String(generation) : `${safeName(branch)}.${generation}`;
}

/** The directory beside a workspace. */
export function asideOf(workspace: string): string {
  return `${workspace}.aside`;
}

/** The repository that snapshots of a workspace are in. It is there longer than the workspace. */
export function snapshotsOf(workspace: string): string {
  return `${workspace}.snapshots`;
}

function safeName(runId: string): string {
  // Ids that differ in case only are the same name to some file systems; `run-` keeps clear of `home-id`.
  if (/^[a-z0-9][a-z0-9._-]*$/.test(runId) && runId.length <= MAX_NAME) return `run-${runId}`;
  return `hash-${createHash('sha256').update(runId).digest('hex').slice(0, 40)}`;
}

/** @throws StepFailure `workspace_lost`, with the path, when the directory is not on this worker any more */
export async function assertWorkspace(workspace: string): Promise<void> {
  if (await isDirectory(workspace)) return;
  throw new StepFailure(
    'workspace_lost',
    `The run's workspace ${workspace} is not on this worker any more: somebody has removed it.`,
    { data: { workspace } },
  );
}

/** True for a directory that is there. */
export async function isDirectory(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() === true;
}
