/**
 * Command `edit`: the run goes on with another plan. All of it is taken, in one task, or nothing.
 *
 * Whoever sends it has compiled the plan. What holds here is that the plan has the form of one, that it was made of the
 * revision that the run has, that no step changes which has begun, and that nobody who waits for a step loses it. New
 * steps are as if they had always been there; steps that are gone leave no trace in the state.
 */
import { canonicalJson } from '../../../plan/canonical.ts';
import type { Json, Path } from '../../../plan/json.ts';
import { planFault } from '../../../plan/plan-form.ts';
import type { Plan, PlanStep } from '../../../plan/plan.ts';
import type { Use } from '../../../plan/template.ts';
import { editFaults, planEdit } from '../../../protocol/plan-edit.ts';
import type { EditFault, PlanEdit } from '../../../protocol/plan-edit.ts';
import { textOf } from '../../../protocol/signals.ts';
import type { SignalMessage } from '../../../protocol/signals.ts';
import { keptKey } from '../../../protocol/values.ts';
import { change, changeStep, note } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { PROCESSED, refused } from '../kernel/receipt.ts';
import type { Receipt } from '../kernel/receipt.ts';
import { isSettled, newStep } from '../kernel/state.ts';
import type { StepState } from '../kernel/state.ts';

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
  const [first, ...others] = faultsOf(draft, plan, wanted, edit);
  if (first !== undefined) return refusedFor(first, others);
  apply(draft, plan, wanted, edit, message);
  return PROCESSED;
}

function refusedFor(first: EditFault, others: readonly EditFault[]): Receipt {
  const told = [first, ...others].slice(0, MAX_TOLD).map(({ why }) => why);
  const more = others.length >= MAX_TOLD ? [`and ${others.length + 1 - MAX_TOLD} more`] : [];
  return refused([...told, ...more].join('; '), first.code);
}

function faultsOf(draft: Draft, plan: Plan, wanted: Plan, edit: PlanEdit): readonly EditFault[] {
  const faults = editFaults(plan, wanted, edit, (key) => draft.steps[key]);
  if (faults.length > 0) return faults;
  return [...edit.removed.flatMap((key) => orphansOf(draft, key)), ...lostReferences(draft, plan, wanted)];
}

/** What a person has said to a step is not lost with it. */
function orphansOf(draft: Draft, key: string): EditFault[] {
  const waits = draft.state.inbox.some(
    ({ recipients, target }) => target === key || (recipients?.some(({ step }) => step === key) ?? false),
  );
  if (!waits) return [];
  const why = `step "${key}" cannot be taken out: a message waits for it; withdraw that first`;
  return [{ code: 'would_orphan', step: key, why }];
}

/** Conditions are evaluated by the workflow: of a result that is stored elsewhere they get what was kept of it. */
function lostReferences(draft: Draft, before: Plan, wanted: Plan): EditFault[] {
  const former = new Map(before.steps.map((step) => [step.key, step]));
  const isKept = (use: Use): boolean => {
    if (use.root !== 'steps' || use.field !== 'result') return true;
    const state = draft.steps[use.name];
    return state === undefined || keeps(state, former.get(use.name)?.keep ?? [], use.path);
  };
  return wanted.steps
    .filter((step) => !isSameStep(former.get(step.key), step))
    .flatMap((step) =>
      conditionsOf(step)
        .filter((use) => !isKept(use))
        .map((use) => ({
          code: 'reference_lost' as const,
          step: step.key,
          why: `step "${step.key}" reads ${['steps', use.name, 'result', ...use.path].join('.')} in a condition: of that result, which is stored, this part was not kept`,
        })),
    );
}

function conditionsOf({ when, retry }: PlanStep): readonly Use[] {
  return [...(when?.uses ?? []), ...(retry.if?.uses ?? [])];
}

/** Can the workflow read this part of what the step has resulted in? Of a step that has not ended nobody knows yet. */
function keeps({ status, result, keep }: StepState, asked: readonly Path[], path: Path): boolean {
  if (!isSettled(status) || result === undefined || result.value !== undefined) return true;
  const kept = keep ?? asked;
  const isCovered = kept.some((one) => one.every((part, i) => part === path[i]));
  return isCovered || result.kept?.[keptKey(path)] !== undefined;
}

function apply(draft: Draft, before: Plan, plan: Plan, edit: PlanEdit, message: SignalMessage): void {
  const revision = (draft.state.revision ?? 0) + 1;
  change(draft, { plan, revision });
  for (const key of edit.removed) delete draft.steps[key];
  for (const key of edit.added) draft.steps[key] = newStep();
  rememberKept(draft, before, plan);
  const { version, hash } = plan;
  note(draft, {
    type: 'plan_edited',
    ...{ revision, version, hash, edit },
    stepCount: plan.steps.length,
    by: message.by ?? null,
    reason: textOf(message),
  });
}

/** What a result was asked to keep stands with the step, where the new plan would have asked for something else. */
function rememberKept(draft: Draft, before: Plan, plan: Plan): void {
  const asked = new Map(before.steps.map(({ key, keep }) => [key, keep]));
  for (const { key, keep } of plan.steps) {
    const former = asked.get(key);
    const state = draft.steps[key];
    if (former === undefined || state === undefined || state.attempt === 0 || state.keep !== undefined)
      continue;
    if (!isSame(former, keep)) changeStep(draft, key, { keep: former });
  }
}

const isSameStep = (former: PlanStep | undefined, step: PlanStep): boolean =>
  former !== undefined && isSame([former.when, former.retry], [step.when, step.retry]);

const isSame = (left: unknown, right: unknown): boolean =>
  canonicalJson(left as Json) === canonicalJson(right as Json);
