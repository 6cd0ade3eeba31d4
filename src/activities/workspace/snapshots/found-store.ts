/**
 * Begins the store of a workspace that was just made, before programs of others have been there: its snapshots then hold no
 * more than what has changed since, and the first of an empty one is made with it. Without it, snapshots are larger or come
 * later, and nothing else.
 */
import { rename, rm } from 'node:fs/promises';
import type { TakenSnapshot } from '../../../protocol/snapshot.ts';
import { codeOf } from '../../places/inside.ts';
import { GitError } from '../git.ts';
import { FOUND, FOUND_EMPTY } from './scripts.ts';
import { ownName, runScript, type Store } from './store.ts';

/** Of a clone of this commit. */
export async function foundStore(store: Store, commit: string): Promise<void> {
  await found(store, FOUND, [store.workspace, commit]);
}

/**
 * Of an empty workspace, with that one's own repository.
 *
 * @param draft where the workspace is made
 * @returns the snapshot; null: nothing was begun
 */
export async function foundEmpty(
  store: Store,
  draft: string,
  message: string,
): Promise<TakenSnapshot | null> {
  const at = Date.now();
  const commit = await found({ ...store, workspace: draft }, FOUND_EMPTY, [draft, message]);
  return commit === null ? null : { commit, at };
}

/**
 * Under another name first, so that it is there whole or not at all. Answers what the script says; null: it failed, or
 * another try was faster.
 */
async function found(store: Store, script: string, args: readonly string[]): Promise<string | null> {
  const draft = { ...store, directory: `${store.workspace}.draft-${ownName('snapshots')}` };
  try {
    const said = await runScript(draft, script, args, { trust: 'worker' });
    await rename(draft.directory, store.directory);
    return said;
  } catch (error) {
    if (!(error instanceof GitError) && !isThere(error)) throw error;
    return null;
  } finally {
    await rm(draft.directory, { recursive: true, force: true });
  }
}

const isThere = (error: unknown): boolean => ['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '');
