/**
 * What becomes of the files of a workspace when a run is set back to a checkpoint, or forked from one. Pure; the files
 * themselves are brought back before a step works there.
 */
import type { FilesChoice, WantedFiles } from '../../../protocol/snapshot.ts';
import type { RunState, WorkspaceState } from '../kernel/state.ts';
import { since } from '../kernel/versions.ts';
import { filesOf } from './snapshots.ts';

/** What the checkpoint knows of them. */
export type FilesThen =
  /** There was no workspace yet: it is made as for a new run. */
  | { readonly kind: 'none' }
  /** No snapshots were taken: the run, or its worker, is of a former version. */
  | { readonly kind: 'unknown' }
  /** None could be made, and why. */
  | { readonly kind: 'missing'; readonly why: string }
  | { readonly kind: 'snapshot'; readonly commit: string; readonly isKept: boolean };

export function filesThen({ workspace }: RunState): FilesThen {
  if (workspace === null || !wasMade(workspace)) return { kind: 'none' };
  const files = filesOf(workspace);
  if (files !== null) return { kind: 'snapshot', commit: files.commit, isKept: files.kept !== undefined };
  const { snapshot } = workspace;
  return snapshot === undefined
    ? { kind: 'unknown' }
    : { kind: 'missing', why: snapshot.note ?? 'nobody knows why' };
}

/** Else nobody had worked there. */
function wasMade({ path, wanted }: WorkspaceState): boolean {
  return path !== null || wanted !== undefined;
}

/** The workspace of another run that begins there; null: it makes its own when a step needs it. */
export function workspaceOfFork({ workspace }: RunState, choice: FilesChoice): WorkspaceState | null {
  const wanted = choice === 'keep' ? null : filesOf(workspace);
  return wanted === null ? null : workspaceWith(wanted);
}

/** The workspace of the run itself, set back. @param now where it stands */
export function workspaceSetBack(
  state: RunState,
  now: WorkspaceState | null,
  choice: FilesChoice,
): WorkspaceState | null {
  const then = state.workspace;
  if (choice === 'keep' || !since(state, 'workspace_snapshots')) return asItIs(now, then);
  if (then === null || !wasMade(then)) {
    // Files that came since are not those of then: there were none.
    return now?.snapshot === undefined
      ? now
      : { ...NOT_MADE, ...branchOf(now), generation: now.generation + 1 };
  }
  const wanted = filesOf(then);
  if (wanted === null) return now ?? then;
  const stands = now ?? then;
  // Files of another run's workspace are brought into this one's, where one worker has both.
  const isThere = stands.queue === wanted.queue && (stands.path === wanted.path || isOfOthers(then));
  // Where a worker was lost in between, it is made beside what is there now.
  const generation = stands.generation + (isThere || stands.path === null ? 0 : 1);
  return { ...NOT_MADE, ...branchOf(stands), generation, wanted };
}

/** The workspace of a state that is to have these files, be they another run's. */
export function workspaceWith(files: WantedFiles): WorkspaceState {
  return { ...NOT_MADE, generation: 1, wanted: files };
}

/** Nobody had worked there: it is to have files that were made elsewhere. */
const isOfOthers = ({ path, wanted }: WorkspaceState): boolean => path === null && wanted !== undefined;

/** One that waits for its files in vain is left: the one of then is as it is, or a new one is made. */
function asItIs(now: WorkspaceState | null, then: WorkspaceState | null): WorkspaceState | null {
  if (now?.wanted === undefined) return now ?? then;
  const isOwn = then?.status === 'ready' && then.path === now.wanted.path;
  return isOwn ? then : { ...NOT_MADE, ...branchOf(now), generation: now.generation };
}

const NOT_MADE: Omit<WorkspaceState, 'generation'> = {
  status: 'forgotten',
  path: null,
  queue: null,
  commit: null,
  readyAt: null,
  infra: 0,
};

function branchOf({ branch }: WorkspaceState): Pick<WorkspaceState, 'branch'> {
  return branch === undefined ? {} : { branch };
}
