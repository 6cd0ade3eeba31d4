/**
 * Command `edit`: the run goes on with another plan, or has steps run anew, or both. All of it is taken, in one task, or
 * nothing.
 *
 * Whoever sends it has compiled the plan. What holds here is that the plan has the form of one, and that it was made of the
 * revision that the run has; whether it fits what has happened, change-plan.ts says.
 */
import { planFault } from '../../../plan/plan-form.ts';
import { textOf } from '../../../protocol/signals.ts';
import type { SignalMessage } from '../../../protocol/signals.ts';
import type { Draft } from '../kernel/draft.ts';
import { PROCESSED, refused } from '../kernel/receipt.ts';
import type { Receipt } from '../kernel/receipt.ts';
import { changePlan, planChange, reasonsAgainst } from './change-plan.ts';

export function takeEdit(draft: Draft, message: SignalMessage): Receipt {
  const { plan, phase, cancel, revision = 0 } = draft.state;
  const { revision: madeOf, rerun = [] } = message;
  if (cancel !== null) return refused('the run is being stopped: its plan does not change any more');
  if (plan === null || phase !== 'running') return refused('the run has no steps under way');
  const wanted = message.plan ?? (rerun.length > 0 ? plan : undefined);
  if (wanted === undefined)
    return refused('"plan" is missing: the whole plan that the run is to have', 'malformed');
  if (madeOf !== undefined && madeOf !== revision) {
    const why = `the plan of the run is at revision ${revision}, the edit was made of revision ${madeOf}`;
    return refused(`${why}; look at it again`, 'stale_revision');
  }
  const fault = wanted === plan ? null : planFault(wanted, draft.kinds.planForm);
  if (fault !== null) return refused(`plan.${fault}`, 'plan_invalid');
  const change = planChange(draft, plan, wanted, { named: [...new Set(rerun)] });
  const [first] = change.faults;
  if (first !== undefined) return refused(reasonsAgainst(change.faults), first.code);
  changePlan(draft, change, { by: message.by ?? null, reason: textOf(message) });
  return PROCESSED;
}
