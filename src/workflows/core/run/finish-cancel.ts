/** The end of a run that is being cancelled: how that begins stands in people/cancel.ts. */
import { close, note, timersFor } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { stepOfOwner } from '../kernel/owners.ts';
import { isSettled } from '../kernel/state.ts';
import { since } from '../kernel/versions.ts';
import { causeOfCancel, settleCancelled } from '../steps/stop.ts';
import { awaitSuccessor } from './successor.ts';

/** The grace time is over: what is still open is given up. */
export function endGrace(draft: Draft): void {
  const late = since(draft.state, 'true_causes')
    ? `${causeOfCancel(draft.state)} (it did not stop in time)`
    : 'did not stop in time';
  for (const [id, owner] of Object.entries(draft.open)) {
    delete draft.open[id];
    const key = stepOfOwner(owner);
    const step = key === null ? undefined : draft.steps[key];
    if (key !== null && step !== undefined && !isSettled(step.status)) settleCancelled(draft, key, late);
  }
}

/** Closes the run once nothing is open and nobody is waited for. */
export function finishCancel(draft: Draft): void {
  const { cancel } = draft.state;
  if (cancel === null || Object.keys(draft.open).length > 0 || timersFor(draft, 'request').length > 0) return;
  if (awaitSuccessor(draft)) return;
  const message = causeOfCancel(draft.state);
  const { terminal, requested } = draft.state.cancel ?? cancel;
  if (terminal === 'cancelled' || terminal === 'redirected') {
    note(draft, { type: 'run_cancelled', message, reason: terminal });
    close(draft, { type: 'cancelled', message, requested, reason: terminal });
  } else {
    note(draft, { type: 'run_failed', reason: terminal, message, step: null });
    close(draft, { type: 'fail', reason: terminal, message });
  }
}
