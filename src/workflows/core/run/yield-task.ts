/** A task has done enough: the rest follows in the next, which a short timer brings. */
import { startTimer, timersFor } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';

export function yieldTask(draft: Draft): void {
  if (timersFor(draft, 'yield').length === 0) startTimer(draft, 'yield', 1, 'the rest follows');
}
