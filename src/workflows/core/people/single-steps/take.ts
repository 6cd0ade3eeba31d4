/**
 * Commands on one step of an open run. Each says of the step why it does nothing, in words and by a code.
 */
import type { CommandName, SignalMessage } from '../../../../protocol/signals.ts';
import { stepOf } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import { refused } from '../../kernel/receipt.ts';
import type { Receipt } from '../../kernel/receipt.ts';
import { specAt } from '../../kernel/scope.ts';
import { hold, release } from './hold.ts';
import { setLimits } from './limits.ts';
import { override } from './override.ts';
import { retryNow, stopRetrying } from './retries.ts';
import { skip } from './skip.ts';
import type { Target } from './target.ts';

type Take = (draft: Draft, target: Target, message: SignalMessage) => Receipt;

const TAKES = {
  skip,
  retry_now: retryNow,
  stop_retrying: stopRetrying,
  hold,
  release,
  override,
  set_limits: setLimits,
} as const satisfies Partial<Record<CommandName, Take>>;

export type StepCommand = keyof typeof TAKES;

export function takeStepCommand(draft: Draft, name: StepCommand, message: SignalMessage): Receipt {
  const { cancel, plan } = draft.state;
  if (cancel !== null) return refused('the run is being cancelled', 'run_closed');
  if (plan === null) return refused('the run is loading its plan; please try again in a moment');
  const { target: key } = message;
  if (name === 'set_limits' && key === undefined) return setLimits(draft, null, message);
  if (key === undefined) return refused('"target" must name a step', 'malformed');
  const step = specAt(draft, key);
  if (step === undefined) return refused(`there is no step "${key}"`, 'unknown_target');
  return TAKES[name](draft, { step, key, state: stepOf(draft, key) }, message);
}
