/**
 * May a state go on with another plan, and what has to stand in it then? One rule for a run that is edited and for one
 * that is set back or forked. Pure.
 */
import type { Address } from '../../../plan/address.ts';
import { canonicalJson } from '../../../plan/canonical.ts';
import type { Json, Path } from '../../../plan/json.ts';
import type { Plan, PlanStep } from '../../../plan/plan.ts';
import { conditionUses } from '../../../plan/template.ts';
import type { Use } from '../../../plan/template.ts';
import { editFaults } from '../../../protocol/plan-edit.ts';
import type { EditFault, PlanEdit, Standing } from '../../../protocol/plan-edit.ts';
import { keptKey } from '../../../protocol/values.ts';
import { isSettled } from '../../../protocol/status.ts';
import type { RunState, StepState } from '../kernel/state.ts';
import { lastTryOf } from '../steps/anew.ts';

/** What of a state the plan has to fit. */
export type Stands = Pick<RunState, 'steps' | 'inbox'>;

/** Everything that speaks against it; empty when it may be. */
export function planFaults(stands: Stands, plan: Plan, wanted: Plan, edit: PlanEdit): readonly EditFault[] {
  const faults = editFaults(plan, wanted, edit, (key) => standingOf(stands.steps[key]));
  if (faults.length > 0) return faults;
  const isSame = asBefore(plan);
  const changed = wanted.steps.filter((step) => !isSame(step));
  return [...edit.removed.flatMap((key) => orphansOf(stands, key)), ...lostReferences(stands, plan, changed)];
}

/** As rules of edits look at a step. */
export function standingOf(step: StepState | undefined): Standing | undefined {
  if (step === undefined) return undefined;
  return { status: step.status, attempt: lastTryOf(step), hasRun: step.attempt > 0 };
}

/** What a person has said to a step is not lost with it. */
function orphansOf({ inbox }: Stands, key: string): EditFault[] {
  const waits = inbox.some(
    ({ recipients, target }) => target === key || (recipients?.some(({ step }) => step === key) ?? false),
  );
  if (!waits) return [];
  const why = `step "${key}" cannot be taken out: a message waits for it; withdraw that first`;
  return [{ code: 'would_orphan', step: key, why }];
}

/**
 * Conditions are evaluated by the workflow: of a result that is stored elsewhere they get what was kept of it.
 *
 * @param steps whose conditions are yet to be evaluated @param before the plan that results were made under
 */
function lostReferences(
  { steps: states }: Pick<Stands, 'steps'>,
  before: Plan,
  steps: readonly PlanStep[],
): EditFault[] {
  const former = new Map(before.steps.map((step) => [step.key, step]));
  const isKept = (use: Use): boolean => {
    if (use.root !== 'steps' || use.field !== 'result') return true;
    const state = states[use.name];
    return state === undefined || keeps(state, former.get(use.name)?.keep ?? [], use.path);
  };
  return steps.flatMap((step) =>
    conditionUses(step)
      .filter((use) => !isKept(use))
      .map((use) => ({
        code: 'reference_lost' as const,
        step: step.key,
        why: `step "${step.key}" reads ${['steps', use.name, 'result', ...use.path].join('.')} in a condition: of that result, which is stored, this part was not kept`,
      })),
  );
}

/** A state that was too large to travel has given up what conditions had read that are now to be evaluated again. */
export function lostToReruns(
  stands: Pick<Stands, 'steps'>,
  before: Plan,
  after: Plan,
  again: readonly Address[],
): readonly EditFault[] {
  const isSame = asBefore(before);
  const keys = new Set(again);
  // Those that are other than before are looked at with the edit.
  const anew = after.steps.filter((step) => keys.has(step.key) && isSame(step));
  return lostReferences(stands, before, anew).map((fault) => ({
    ...fault,
    why: `${fault.why}: let the step that made it run anew too`,
  }));
}

/** Can the workflow read this part of what the step has resulted in? Of a step that has not ended nobody knows yet. */
function keeps({ status, result, keep }: StepState, asked: readonly Path[], path: Path): boolean {
  if (!isSettled(status) || result === undefined || result.value !== undefined) return true;
  const kept = keep ?? asked;
  const isCovered = kept.some((one) => one.every((part, i) => part === path[i]));
  return isCovered || result.kept?.[keptKey(path)] !== undefined;
}

/**
 * Steps whose results were asked to keep something else than the new plan asks for: that stands with the step from then
 * on.
 */
export function rememberKept(
  steps: RunState['steps'],
  before: Plan,
  plan: Plan,
): Readonly<Record<Address, StepState>> {
  const asked = new Map(before.steps.map(({ key, keep }) => [key, keep]));
  const remembered = plan.steps.flatMap(({ key, keep }) => {
    const former = asked.get(key);
    const state = steps[key];
    if (former === undefined || state === undefined || lastTryOf(state) === 0 || state.keep !== undefined)
      return [];
    return isSame(former, keep) ? [] : [[key, { ...state, keep: former }] as const];
  });
  return Object.fromEntries(remembered);
}

/** Tells whether a step has the conditions that it had in that plan. */
function asBefore({ steps }: Plan): (step: PlanStep) => boolean {
  const known = new Map(steps.map((step) => [step.key, step]));
  return ({ key, when, retry }) => {
    const former = known.get(key);
    return former !== undefined && isSame([former.when, former.retry], [when, retry]);
  };
}

const isSame = (left: unknown, right: unknown): boolean =>
  canonicalJson(left as Json) === canonicalJson(right as Json);
