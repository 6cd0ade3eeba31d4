/**
 * Makes the files of a workspace those of a snapshot. What was there before is a snapshot too, so nothing is lost by it.
 * Ignored files, and those that are in no snapshot, stay as they are, unless the snapshot has a file of that name.
 */
import { messageOf } from '../../../errors/errors.ts';
import { StepFailure } from '../../step-failure.ts';
import { GitError } from '../git.ts';
import { SET_BACK } from './scripts.ts';
import { runScript, type Store } from './store.ts';
import { take } from './take-snapshot.ts';

/** What was ignored before may not be so then, and is to go as well. */
const ROUNDS = 3;

export interface BroughtBack {
  /** What was there before; null: the same. */
  readonly before: string | null;
}

/**
 * @param commit is in the store
 * @throws StepFailure `workspace_failed`
 */
export async function bringBack(store: Store, commit: string): Promise<BroughtBack> {
  let before: string | null = null;
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      const stood = await take(store, `before ${commit}`);
      if (stood.commit === commit) return { before };
      before ??= stood.commit;
      await runScript(store, SET_BACK, [commit, stood.commit]);
    }
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw notBrought(commit, messageOf(error), error);
  }
  throw notBrought(commit, 'they change while they are set back');
}

function notBrought(commit: string, why: string, cause?: unknown): StepFailure {
  const message = `Workspace: its files cannot be set back to ${commit.slice(0, 7)}: ${why.replace(/\.$/, '')}.`;
  return new StepFailure('workspace_failed', message, {}, { cause });
}
