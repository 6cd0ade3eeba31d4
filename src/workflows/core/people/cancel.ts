/**
 * Ending a run before its time: how it begins. How it ends stands in run/finish-cancel.ts.
 *
 *     running ──(command, Temporal's request, the run's own timeout)──▶ cancelling ──▶ closed
 *
 * Entered once. All timers of steps end, what has not started is cancelled, open activities are asked to stop and
 * waited for, at most for the grace time. Left when nothing is open any more. After a cancel command the run waits a
 * moment for Temporal's own request, so that the execution closes CANCELED and not FAILED.
 */
import { textOf } from '../../../protocol/signals.ts';
import type { SignalMessage } from '../../../protocol/signals.ts';
import { cancelTimer, change, note, startTimer, timersFor } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { PROCESSED, refused } from '../kernel/receipt.ts';
import type { Receipt } from '../kernel/receipt.ts';
import { planSteps } from '../kernel/scope.ts';
import type { RunState } from '../kernel/state.ts';
import { CANCEL_REQUEST_MS } from '../kernel/timeouts.ts';
import { causeOfCancel, stopActivity, stopStep } from '../steps/stop.ts';
import { closeInbox } from './inbox.ts';

/** What running steps may take to stop, in ms. */
const GRACE_MS = 30_000;

export function beginCancel(draft: Draft, cancel: NonNullable<RunState['cancel']>): void {
  const redirected = cancel.terminal === 'redirected';
  change(draft, { cancel, phase: 'cancelling', paused: null, drain: null });
  note(draft, { type: 'run_cancelling', reason: cancel.reason, by: cancel.by, redirected });
  closeInbox(draft);
  for (const id of Object.keys(draft.timers)) cancelTimer(draft, id);
  for (const { key } of planSteps(draft)) stopStep(draft, key, causeOfCancel(draft.state));
  for (const id of Object.keys(draft.open)) stopActivity(draft, id, causeOfCancel(draft.state));
  if (Object.keys(draft.open).length > 0)
    startTimer(draft, 'grace', GRACE_MS, 'running steps may still stop by themselves');
  if (cancel.terminal === 'cancelled' && !cancel.requested)
    startTimer(draft, 'request', CANCEL_REQUEST_MS, 'cancel request follows');
}

/** The command. */
export function takeCancel(draft: Draft, message: SignalMessage): Receipt {
  const { cancel: begun } = draft.state;
  if (begun?.terminal === 'redirected') return refused('the run is being redirected');
  if (begun !== null) return refused('the run is already being cancelled');
  const by = message.by ?? null;
  beginCancel(draft, { reason: textOf(message), by, requested: false, terminal: 'cancelled' });
  return PROCESSED;
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

/** The run's own timeout. */
export function timeOut(draft: Draft): void {
  if (draft.state.cancel !== null) return;
  beginCancel(draft, { reason: null, by: null, requested: false, terminal: 'error_timeout' });
}
