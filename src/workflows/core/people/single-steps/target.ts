/** The step that a command is for, and why nothing is done with it. */
import type { Address } from '../../../../plan/address.ts';
import { jsonBytes } from '../../../../plan/json.ts';
import type { Json } from '../../../../plan/json.ts';
import type { PlanStep } from '../../../../plan/plan.ts';
import { textOf } from '../../../../protocol/signals.ts';
import type { IgnoredCode, SignalMessage } from '../../../../protocol/signals.ts';
import { INLINE_RESULT_BYTES } from '../../../../protocol/values.ts';
import { note } from '../../kernel/draft.ts';
import type { BareNote, Draft } from '../../kernel/draft.ts';
import { refused } from '../../kernel/receipt.ts';
import type { Refusal } from '../../kernel/receipt.ts';
import { isSettled } from '../../kernel/state.ts';
import type { StepState } from '../../kernel/state.ts';

export interface Target {
  readonly step: PlanStep;
  readonly key: Address;
  readonly state: StepState;
}

/** @param why what follows its name */
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

/** Most characters of a reason that stand in the state; the thread has all of it. */
const MAX_REASON = 1_000;

export function shortReason(message: SignalMessage): string | null {
  return (
    textOf(message)
      ?.slice(0, MAX_REASON)
      .replace(/[\ud800-\udbff]$/, '') ?? null
  );
}

/** Values of people stand in the state and in history as they are. */
export function faultOfValue(target: Target, value: Json | undefined): Refusal | null {
  const bytes = value === undefined ? 0 : jsonBytes(value);
  if (bytes <= INLINE_RESULT_BYTES) return null;
  const why = `takes no value of ${bytes} bytes: the limit is ${INLINE_RESULT_BYTES}`;
  return refusedFor(target, why, 'refused');
}
