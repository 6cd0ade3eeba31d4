/**
 * Ending a run before its time.
 *
 *     running ──(command, Temporal's request, the run's own timeout)──▶ cancelling ──▶ closed
 *
 * Entered once. All timers of steps end, what has not started is cancelled, open activities are asked to stop and
 * waited for, at most for the grace time. Left when nothing is open any more. After a cancel command the run waits a
 * moment for Temporal's own request, so that the execution closes CANCELED and not FAILED.
 */
import type { Address } from '../../../plan/address.ts';
import {
  cancelActivity,
  cancelTimer,
  change,
  changeStep,
  close,
  note,
  startTimer,
  stepOf,
  timersFor,
} from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { closeInbox } from '../people/inbox.ts';
import { withdrawQuestions } from '../people/questions.ts';
import { hasOpenScopes, planSteps } from '../kernel/scope.ts';
import { isSettled } from '../kernel/state.ts';
import type { RunState } from '../kernel/state.ts';
import { awaitSuccessor } from './successor.ts';
import { CANCEL_REQUEST_MS } from '../kernel/timeouts.ts';
import { since } from '../kernel/versions.ts';

/** What running steps may take to stop, in ms. */
const GRACE_MS = 30_000;

export function beginCancel(draft: Draft, cancel: NonNullable<RunState['cancel']>): void {
  const redirected = cancel.terminal === 'redirected';
  change(draft, { cancel, phase: 'cancelling', paused: null, drain: null });
  note(draft, { type: 'run_cancelling', reason: cancel.reason, by: cancel.by, redirected });
  closeInbox(draft);
  for (const id of Object.keys(draft.timers)) cancelTimer(draft, id);
  for (const { key } of planSteps(draft)) stopStep(draft, key, causeOfCancel(draft.state));
  for (const [id, key] of Object.entries(draft.open))
    stopActivity(draft, id, key, causeOfCancel(draft.state));
  if (Object.keys(draft.open).length > 0)
    startTimer(draft, 'grace', GRACE_MS, 'running steps may still stop by themselves');
  if (cancel.terminal === 'cancelled' && !cancel.requested)
    startTimer(draft, 'request', CANCEL_REQUEST_MS, 'cancel request follows');
}

/** Temporal's request: begins the cancellation, or confirms the one under way. */
export function takeCancelRequest(draft: Draft): void {
  const { cancel } = draft.state;
  if (cancel === null)
    return beginCancel(draft, { reason: null, by: null, requested: true, terminal: 'cancelled' });
  if (cancel.terminal === 'error_timeout' || cancel.requested) return;
  change(draft, { cancel: { ...cancel, requested: true } });
  for (const id of timersFor(draft, 'request')) cancelTimer(draft, id);
}

/** The grace time is over: what is still open is given up. */
export function endGrace(draft: Draft): void {
  const late = since(draft.state, 'true_causes')
    ? `${causeOfCancel(draft.state)} (it did not stop in time)`
    : 'did not stop in time';
  for (const [id, key] of Object.entries(draft.open)) {
    delete draft.open[id];
    const step = draft.steps[key];
    if (step !== undefined && !isSettled(step.status)) settleCancelled(draft, key, late);
  }
}

/** Cancels what is not under way. Steps with an open activity are left to it, and those with open scopes to these. */
export function stopStep(draft: Draft, key: Address, reason: string): void {
  const { status } = stepOf(draft, key);
  const isBusy = Object.values(draft.open).includes(key) || hasOpenScopes(draft, key);
  const idle = status === 'running' && !isBusy;
  if (idle || status === 'pending' || status === 'waiting' || status === 'retrying')
    settleCancelled(draft, key, reason);
}

/** Asks the step's activity to stop; one that has not even been sent is settled at once. */
export function stopActivity(draft: Draft, id: string, key: Address, reason: string): void {
  if (cancelActivity(draft, id) || draft.steps[key] === undefined) return;
  if (!Object.values(draft.open).includes(key)) settleCancelled(draft, key, reason);
}

export function settleCancelled(draft: Draft, key: Address, reason: string): void {
  const { attempt } = stepOf(draft, key);
  withdrawQuestions(draft, key);
  changeStep(draft, key, { status: 'cancelled', completedAt: draft.at.now, reason });
  note(draft, { type: 'step_cancelled', step: key, attempt, reason });
}

/** Closes the run once nothing is open and nobody is waited for. */
export function finishCancel(draft: Draft): void {
  const { cancel } = draft.state;
  if (cancel === null || Object.keys(draft.open).length > 0 || timersFor(draft, 'request').length > 0) return;
  if (awaitSuccessor(draft)) return;
  const message = causeOfCancel(draft.state);
  const { terminal, requested } = cancel;
  if (terminal === 'cancelled' || terminal === 'redirected') {
    note(draft, { type: 'run_cancelled', message, reason: terminal });
    close(draft, { type: 'cancelled', message, requested, reason: terminal });
  } else {
    note(draft, { type: 'run_failed', reason: cancel.terminal, message, step: null });
    close(draft, { type: 'fail', reason: cancel.terminal, message });
  }
}

/** Why the run is being ended, and who wants it, for people. */
export function causeOfCancel(state: RunState): string {
  const { cancel, redirect } = state;
  const named = since(state, 'true_causes') && cancel?.by != null;
  const who = named ? ` by ${cancel.by}` : '';
  if (cancel?.terminal === 'error_timeout') return 'the run reached its timeout';
  if (redirect !== null) return `the run was redirected to ${redirect.to}${who}`;
  return `the run was cancelled${who}${cancel?.reason == null ? '' : `: ${cancel.reason}`}`;
}

/** Do runs of this version say of each stop what it was? */
export function tellsStops(state: RunState): boolean {
  return since(state, 'true_causes');
}

/** A reason that the core gave, with who and why where only history knows: a bare request says neither to the core. */
export function toldCause(
  state: RunState,
  reason: string,
  known: { readonly by: string | null; readonly reason: string | null },
): string {
  const { cancel } = state;
  const cause = causeOfCancel(state);
  if (cancel === null || !since(state, 'true_causes') || !reason.startsWith(cause)) return reason;
  const told = { ...cancel, by: cancel.by ?? known.by, reason: cancel.reason ?? known.reason };
  return causeOfCancel({ ...state, cancel: told }) + reason.slice(cause.length);
}
