/** The run's workspace, as the core noted it, into events and comments. */
import type { JsonObject } from '../../../plan/json.ts';
import type { Note } from '../../../workflows/core/index.ts';
import { commentOn } from '../record/comments.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import { present } from '../record/view.ts';
import type { View } from '../record/view.ts';

export type WorkspaceNote = Extract<Note, { readonly type: `workspace_${string}` }>;

/** True for notes that speak of the workspace. */
export function isWorkspaceNote(note: Note): note is WorkspaceNote {
  return note.type.startsWith('workspace_');
}

export function tellWorkspace(view: View, place: HistoryPlace, note: WorkspaceNote): void {
  const { generation } = note;
  switch (note.type) {
    case 'workspace_opening': {
      const { reason } = note;
      const how = generation === 1 ? 'Making the workspace' : 'Making the workspace anew';
      const content = reason === null ? `${how}…` : `${how}: ${reason}`;
      return tell(view, place, { state: 'opening', generation, reason }, content);
    }
    case 'workspace_ready': {
      const { path, commit } = note;
      return tell(view, place, { state: 'ready', generation, path, commit }, note.comment);
    }
    case 'workspace_snapshot': {
      const { commit, comment } = note;
      return tell(view, place, { state: 'snapshot', generation, commit, note: comment }, comment);
    }
    case 'workspace_failed': {
      const { type, message } = note.error;
      return tell(
        view,
        place,
        { state: 'failed', generation, type, message },
        `Workspace failed: ${message}`,
      );
    }
  }
}

function tell(view: View, place: HistoryPlace, data: JsonObject, content: string): void {
  const causedBy = view.causes.workspace ?? view.causes.start;
  const seq = view.rows.addEvent(place, { type: 'workspace', data: present(data), causedBy });
  view.causes.workspace = seq;
  commentOn(view, place, seq, { content, step: null });
}
