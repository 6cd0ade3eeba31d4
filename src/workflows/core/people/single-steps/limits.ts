/**
 * Command `set_limits`: other limits for an agent's step, or for the whole run, in force from the next check on. They count
 * what has been used already, so less than that is refused.
 */
import { newLimits } from '../../../../protocol/new-limits.ts';
import type { NewLimits } from '../../../../protocol/new-limits.ts';
import { textOf } from '../../../../protocol/signals.ts';
import type { SignalMessage } from '../../../../protocol/signals.ts';
import { change, note } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import { kindOf } from '../../kernel/kind.ts';
import { PROCESSED, refused } from '../../kernel/receipt.ts';
import type { Receipt } from '../../kernel/receipt.ts';
import { movingSteps } from '../../kernel/scope.ts';
import { stillWarned, usedMore } from '../../kernel/spent.ts';
import { hasEnded, refusedFor } from './target.ts';
import type { Target } from './target.ts';

/** @param target null: the run */
export function setLimits(draft: Draft, target: Target | null, message: SignalMessage): Receipt {
  const wanted = newLimits(message);
  if (Object.keys(wanted).length === 0) {
    const names = '"max_turns", "max_tokens", "max_cost_usd", "max_duration"';
    return refused(`one of ${names} is needed`, 'malformed');
  }
  if (target === null) return setOfRun(draft, wanted, message);
  const ended = hasEnded(target);
  if (ended !== null) return ended;
  const { limits } = kindOf(draft, target.step);
  if (limits === undefined) return refusedFor(target, 'has no agent, and so no limits', 'unknown_target');
  return limits.set(draft, target.step, wanted, message);
}

function setOfRun(draft: Draft, wanted: NewLimits, message: SignalMessage): Receipt {
  const { spent, paused } = draft.state;
  const fault = usedMore(spent, wanted, paused?.requestedAt ?? draft.at.now);
  if (fault !== null) return refused(`the run ${fault}`);
  const limits = { ...spent.limits, ...wanted };
  change(draft, { spent: { ...spent, limits, warned: stillWarned(spent.warned, wanted) } });
  note(draft, {
    type: 'limits_set',
    step: null,
    limits,
    reason: textOf(message),
    by: message.by ?? null,
  });
  for (const step of movingSteps(draft)) kindOf(draft, step).limits?.review(draft, step);
  return PROCESSED;
}
