/**
 * Commands on one step of an open run. Each says of the step why it does nothing, in words and by a code.
 *
 * A step counts as at work while something of it is under way, or goes on by itself; one that rests in a pause does not.
 */
import type { Address } from '../../../../plan/address.ts';
import type { PlanStep } from '../../../../plan/plan.ts';
import { textOf } from '../../../../protocol/signals.ts';
import type { CommandName, IgnoredCode, SignalMessage } from '../../../../protocol/signals.ts';
import { note, stepOf } from '../../kernel/draft.ts';
import type { BareNote, Draft } from '../../kernel/draft.ts';
import { refused } from '../../kernel/receipt.ts';
import type { Receipt, Refusal } from '../../kernel/receipt.ts';
import { specAt } from '../../kernel/scope.ts';
import { isSettled } from '../../kernel/state.ts';
import type { StepState } from '../../kernel/state.ts';
import { hold, release } from './hold.ts';
import { setLimits } from './limits.ts';
import { override } from './override.ts';
import { retryNow, stopRetrying } from './retries.ts';
import { skip } from './skip.ts';

/** A step that a command is for. */
export interface Target {
  readonly step: PlanStep;
  readonly key: Address;
  readonly state: StepState;
}

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

/** Why nothing is done with the step. @param why what follows its name */
export function refusedFor({ key }: Target, why: string, code: IgnoredCode): Refusal {
  return refused(`step "${key}" ${why}`, code);
}

export function hasEnded(target: Target): Refusal | null {
  const { status } = target.state;
  return isSettled(status) ? refusedFor(target, `has ended: it is ${status}`, 'step_ended') : null;
}

/** Puts on record what a person wants of a step. */
export function tell(
  draft: Draft,
  { key }: Target,
  what: Extract<BareNote, { readonly type: 'step_told' }>['what'],
  message: SignalMessage,
): void {
  note(draft, { type: 'step_told', step: key, what, reason: textOf(message), by: message.by ?? null });
}
