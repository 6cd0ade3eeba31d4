/**
 * The commit that a workspace is to have, brought into its store: from there, from the store of the workspace that it was
 * made in, where that is of this worker, or from where snapshots are kept for all.
 */
import { realpath } from 'node:fs/promises';
import type { Database } from '../../../database/database.ts';
import type { WantedFiles } from '../../../protocol/snapshot.ts';
import { isWithin } from '../../places/inside.ts';
import { isDirectory, snapshotsOf, workspacesOf } from '../../places/layout.ts';
import { StepFailure } from '../../step-failure.ts';
import { GitError } from '../git.ts';
import { hasCommit, type Store } from './store.ts';
import { copyFrom, fetchKept } from './travel.ts';

interface Sources {
  readonly home: string;
  readonly database: Database;
}

/** @throws StepFailure `workspace_snapshot_lost`, `storage_unavailable` */
export async function findFiles(store: Store, wanted: WantedFiles, sources: Sources): Promise<void> {
  const { commit, kept } = wanted;
  if (await hasCommit(store, commit)) return;
  if (await isCopied(store, wanted, sources.home)) return;
  if (
    kept !== undefined &&
    (await fetchKept(store, kept, sources.database)) &&
    (await hasCommit(store, commit))
  )
    return;
  const why =
    kept === undefined
      ? 'this worker does not have it, and it was kept nowhere else (workspace: {snapshots: true} would)'
      : 'neither this worker nor the table of stored values has all of it';
  throw new StepFailure(
    'workspace_snapshot_lost',
    `Workspace: its files were to be those of ${commit.slice(0, 7)}, and ${why}.`,
  );
}

async function isCopied(store: Store, { commit, path }: WantedFiles, home: string): Promise<boolean> {
  const from = { ...store, workspace: path, directory: snapshotsOf(path) };
  if (from.directory === store.directory || !(await isStoreOf(home, from))) return false;
  try {
    await copyFrom(from, store, commit);
    return await hasCommit(store, commit);
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  }
}

/** The path comes from a run's state: it may name nothing but a workspace of this home. */
async function isStoreOf(home: string, { directory }: Store): Promise<boolean> {
  const [own, there] = await Promise.all(
    [workspacesOf(home), directory].map((path) => realpath(path).catch(() => null)),
  );
  if (own == null || there == null || there === own || !isWithin(own, there)) return false;
  return isDirectory(there);
}
