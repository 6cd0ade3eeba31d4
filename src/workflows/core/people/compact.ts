/** Command `compact`: a person has an agent's older turns summarised before its next model call. */
import type { SignalMessage } from '../../../protocol/signals.ts';
import { stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { kindOf } from '../kernel/kind.ts';
import { refused } from '../kernel/receipt.ts';
import type { Receipt } from '../kernel/receipt.ts';
import { specAt } from '../kernel/scope.ts';
import { isSettled } from '../kernel/state.ts';

export function takeCompact(draft: Draft, { target: key }: SignalMessage): Receipt {
  if (key === undefined) return refused('"target" must name a step', 'malformed');
  const step = specAt(draft, key);
  if (step === undefined) return refused(`there is no step "${key}"`, 'unknown_target');
  const { talks } = kindOf(draft, step);
  if (talks === undefined) return refused(`step "${key}" has no agent`, 'unknown_target');
  const { status } = stepOf(draft, key);
  if (isSettled(status)) return refused(`step "${key}" has ended: it is ${status}`, 'target_gone');
  return talks.compact(draft, step);
}
