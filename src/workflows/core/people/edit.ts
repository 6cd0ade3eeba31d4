/**
 * Command `edit`: the run goes on with another plan. All of it is taken, in one task, or nothing.
 *
 * Whoever sends it has compiled the plan. What holds here is that the plan has the form of one, that it was made of the
 * revision that the run has, that no step changes which has begun, and that nobody who waits for a step loses it. New
 * steps are as if they had always been there; steps that are gone leave no trace in the state.
 */
import { planFault } from '../../../plan/plan-form.ts';
import type { Plan } from '../../../plan/plan.ts';
import { planEdit } from '../../../protocol/plan-edit.ts';
import type { EditFault, PlanEdit } from '../../../protocol/plan-edit.ts';
import { textOf } from '../../../protocol/signals.ts';
import type { SignalMessage } from '../../../protocol/signals.ts';
import { change, note } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { PROCESSED, refused } from '../kernel/receipt.ts';
import type { Receipt } from '../kernel/receipt.ts';
import { newStep } from '../kernel/state.ts';
import { planFaults, rememberKept } from './another-plan.ts';

/** Of the reasons against an edit, so many are told. */
const MAX_TOLD = 10;

export function takeEdit(draft: Draft, message: SignalMessage): Receipt {
  const { plan, phase, cancel, revision = 0 } = draft.state;
  const { plan: wanted, revision: madeOf } = message;
  if (cancel !== null) return refused('the run is being stopped: its plan does not change any more');
  if (plan === null || phase !== 'running') return refused('the run has no steps under way');
  if (wanted === undefined)
    return refused('"plan" is missing: the whole plan that the run is to have', 'malformed');
  if (madeOf !== undefined && madeOf !== revision) {
    const why = `the plan of the run is at revision ${revision}, the edit was made of revision ${madeOf}`;
    return refused(`${why}; look at it again`, 'stale_revision');
  }
  const fault = planFault(wanted, draft.kinds.planForm);
  if (fault !== null) return refused(`plan.${fault}`, 'plan_invalid');
  const edit = planEdit(plan, wanted);
  const [first, ...others] = planFaults({ steps: draft.steps, inbox: draft.state.inbox }, plan, wanted, edit);
  if (first !== undefined) return refusedFor(first, others);
  apply(draft, plan, wanted, edit, message);
  return PROCESSED;
}

function refusedFor(first: EditFault, others: readonly EditFault[]): Receipt {
  const told = [first, ...others].slice(0, MAX_TOLD).map(({ why }) => why);
  const more = others.length >= MAX_TOLD ? [`and ${others.length + 1 - MAX_TOLD} more`] : [];
  return refused([...told, ...more].join('; '), first.code);
}

function apply(draft: Draft, before: Plan, plan: Plan, edit: PlanEdit, message: SignalMessage): void {
  const revision = (draft.state.revision ?? 0) + 1;
  change(draft, { plan, revision });
  for (const key of edit.removed) delete draft.steps[key];
  for (const key of edit.added) draft.steps[key] = newStep();
  Object.assign(draft.steps, rememberKept(draft.steps, before, plan));
  const { version, hash } = plan;
  note(draft, {
    type: 'plan_edited',
    ...{ revision, version, hash, edit },
    stepCount: plan.steps.length,
    by: message.by ?? null,
    reason: textOf(message),
  });
}
