/** What somebody has typed for a run and not sent, kept for this tab. */
import { useSyncExternalStore } from 'react';
import { stored } from './stored.ts';

const drafts = stored<string>('baton.draft', '', (text) => text === '');

export function useDraft(runId: string): readonly [string, (text: string) => void] {
  const text = useSyncExternalStore(drafts.listen, () => drafts.get(runId));
  return [text, (to) => drafts.set(runId, to)];
}

/** Puts words back that were not said: before what stands there meanwhile. */
export function putBack(runId: string, text: string): void {
  const now = drafts.get(runId);
  drafts.set(runId, now.trim() === '' ? text : `${text}\n\n${now}`);
}
