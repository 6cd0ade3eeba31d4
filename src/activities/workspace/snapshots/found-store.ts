/** Begins the store of a workspace that was just cloned, so that its snapshots hold no more than what has changed since. */
import { rename, rm } from 'node:fs/promises';
import { GitError } from '../git.ts';
import { FOUND } from './scripts.ts';
import { ownName, runScript, type Store } from './store.ts';

/** Before programs of others have been in the workspace. Without it, snapshots are larger and nothing else. */
export async function foundStore(store: Store, commit: string): Promise<void> {
  const draft = { ...store, directory: `${store.workspace}.draft-${ownName('snapshots')}` };
  try {
    await runScript(draft, FOUND, [store.workspace, commit], { trust: 'worker' });
    await rename(draft.directory, store.directory);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
  } finally {
    await rm(draft.directory, { recursive: true, force: true });
  }
}
