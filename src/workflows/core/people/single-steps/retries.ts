/** Commands `retry_now` and `stop_retrying`: the next try of a step comes at once, or not at all. */
import type { StepError } from '../../../../protocol/failure.ts';
import type { SignalMessage } from '../../../../protocol/signals.ts';
import { changeStep } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import { PROCESSED } from '../../kernel/receipt.ts';
import type { Receipt } from '../../kernel/receipt.ts';
import { lastTryOf } from '../../steps/anew.ts';
import { letGo } from '../../steps/stop.ts';
import { failStep } from '../../steps/transitions.ts';
import { forgetClocks } from '../clocks.ts';
import { hasEnded, refusedFor, tell } from './target.ts';
import type { Target } from './target.ts';

/** While the run is paused it is ready, and starts when the run goes on. */
export function retryNow(draft: Draft, target: Target, message: SignalMessage): Receipt {
  const ended = hasEnded(target);
  if (ended !== null) return ended;
  const { status } = target.state;
  if (status !== 'retrying')
    return refusedFor(target, `waits for no retry: it is ${status}`, 'step_not_retrying');
  forgetClocks(draft, target.key);
  changeStep(draft, target.key, { status: 'pending' });
  tell(draft, target, 'retry_now', message);
  return PROCESSED;
}

/** It fails with the error of its last try, unless that is still under way. */
export function stopRetrying(draft: Draft, target: Target, message: SignalMessage): Receipt {
  const ended = hasEnded(target);
  if (ended !== null) return ended;
  const { key, state } = target;
  if (lastTryOf(state) === 0) return refusedFor(target, 'has not been tried yet', 'step_not_retrying');
  if (state.lastTry === true) return refusedFor(target, 'is not tried again anyway', 'step_not_retrying');
  const error = lastError(target);
  tell(draft, target, 'last_try', message);
  if (error === null) {
    changeStep(draft, key, { lastTry: true });
    return PROCESSED;
  }
  forgetClocks(draft, key);
  letGo(draft, key);
  failStep(draft, key, error);
  return PROCESSED;
}

/** Of a step between two tries; null: one is under way, or was stopped by a pause and is to be repeated. */
function lastError({ state: { status, attempt, error } }: Target): StepError | null {
  const isBetween = status === 'retrying' || status === 'pending';
  return isBetween && error?.attempt === attempt ? error : null;
}
