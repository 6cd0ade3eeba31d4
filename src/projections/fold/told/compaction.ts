/** What became of an agent's conversation when it was too large for its model: into events and comments. */
import type { Note } from '../../../workflows/core/index.ts';
import { commentOn } from '../record/comments.ts';
import type { StepRow } from '../../../tables/projected/workflow-step-executions.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import type { View } from '../record/view.ts';
import { quoted } from '../record/words.ts';

export const COMPACTION_TYPES = ['agent_too_large', 'agent_compacted', 'agent_compaction_failed'] as const;

export type CompactionNote = Extract<Note, { readonly type: (typeof COMPACTION_TYPES)[number] }>;

export function tellCompaction(view: View, place: HistoryPlace, row: StepRow, note: CompactionNote): void {
  const { attempt, turn } = note;
  const seq = view.rows.addEvent(place, {
    ...(note.type === 'agent_compacted'
      ? { type: 'compaction', data: { entries: note.entries, preview: note.preview } }
      : { type: 'error', data: errorData(note) }),
    step: row.key,
    attempt,
    turn,
    causedBy: view.causes.ofAttempt(row.key),
  });
  view.causes.leadsOn(row.key, seq);
  commentOn(view, place, seq, { content: contentOf(note), step: row, turn });
}

function errorData({ type, error }: Exclude<CompactionNote, { readonly type: 'agent_compacted' }>) {
  const scope = type === 'agent_too_large' ? 'turn' : 'compaction';
  return { scope, type: error.type, message: error.message, will_retry: type === 'agent_too_large' };
}

function contentOf(note: CompactionNote): string {
  switch (note.type) {
    case 'agent_too_large':
      return 'The conversation is too large for the model; its older turns are summarised first';
    case 'agent_compacted': {
      const entries = note.entries === 1 ? 'entry' : 'entries';
      return `Compacted: a summary stands for ${note.entries} older ${entries}: ${quoted(note.preview)}`;
    }
    case 'agent_compaction_failed':
      return `The older turns could not be summarised (${note.error.message}); going on without`;
  }
}
