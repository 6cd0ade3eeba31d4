/**
 * What the run knows of the files in its workspace: the newest snapshot that an activity has told of. Activities take them
 * when they have worked there; what is in them is theirs to know.
 */
import { formFault } from '../../../plan/forms.ts';
import type { TakenSnapshot, WantedFiles } from '../../../protocol/snapshot.ts';
import { MAX_NOTE_CHARS } from '../../../protocol/snapshot.ts';
import { change, note } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { takenSnapshotForm } from '../kernel/forms.ts';
import type { RunState, WorkspaceState } from '../kernel/state.ts';
import { since } from '../kernel/versions.ts';

/** Of what an activity has said; null: none, or none of ours. */
export function snapshotIn(state: RunState, words: unknown): TakenSnapshot | null {
  if (!since(state, 'workspace_snapshots') || typeof words !== 'object' || words === null) return null;
  const { snapshot } = words as { readonly snapshot?: unknown };
  if (snapshot === undefined || formFault(takenSnapshotForm, snapshot) !== null) return null;
  const taken = snapshot as TakenSnapshot;
  return taken.note === undefined ? taken : { ...taken, note: taken.note.slice(0, MAX_NOTE_CHARS) };
}

/** An activity of a step has worked in the workspace. Answers come in any order: the latest snapshot counts. */
export function takeSnapshot(draft: Draft, words: unknown): void {
  const { workspace } = draft.state;
  const taken = snapshotIn(draft.state, words);
  if (taken === null || workspace?.status !== 'ready') return;
  if (taken.at < (workspace.snapshot?.at ?? -Infinity)) return;
  keepSnapshot(draft, workspace, taken);
}

/** What is said of it is said once. */
export function keepSnapshot(draft: Draft, workspace: WorkspaceState, snapshot: TakenSnapshot): void {
  const before = draft.state.workspace?.snapshot?.note;
  change(draft, { workspace: { ...workspace, snapshot } });
  if (snapshot.note === undefined || snapshot.note === before) return;
  const { generation } = workspace;
  note(draft, { type: 'workspace_snapshot', generation, commit: snapshot.commit, comment: snapshot.note });
}

/** What a workspace has to have so that its files are as they were; null: nobody knows. */
export function filesOf(workspace: WorkspaceState | null): WantedFiles | null {
  if (workspace === null) return null;
  const { wanted, snapshot, path, queue, commit: base } = workspace;
  if (wanted !== undefined) return wanted;
  if (snapshot?.commit == null || path === null || queue === null) return null;
  const { commit, kept } = snapshot;
  return { commit, ...(kept !== undefined && { kept }), path, queue, base };
}
