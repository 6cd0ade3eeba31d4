/**
 * What becomes of each step when a closed run goes on, or a run is set back to a checkpoint or forked from one. Pure, so that
 * it can be told before it is done.
 *
 *     kept      it stays as it is
 *     goes_on   it goes on as its kind knows, or has not begun yet
 *     anew      it is done from its beginning
 *
 * Continued is what is named, else all that failed or was stopped. What depends on that is done anew, and so is all that
 * had not come to an end of its own. A checkpoint is more faithful: what was skipped there stays so, unless the run was
 * ending already, and what is done anew beside what had not ended is the step that is named, with all that depends on it.
 * A step whose result is given stays so, and all that depends on it is done anew.
 */
import type { Address } from '../../../plan/address.ts';
import type { Plan, PlanStep } from '../../../plan/plan.ts';
import type { Continuation } from '../../../protocol/envelope.ts';
import { isGood, newStep } from '../kernel/state.ts';
import type { RunState, StepState } from '../kernel/state.ts';

export type Fate = 'kept' | 'goes_on' | 'anew';

export interface Fates {
  readonly of: ReadonlyMap<Address, Fate>;
  /** The steps that are continued: the one that is named, else all that had stopped half way. */
  readonly chosen: ReadonlySet<Address>;
}

type Stood = Pick<RunState, 'steps' | 'failure' | 'cancel'>;

export function fatesOf(plan: Plan, stood: Stood, wanted: Continuation): Fates {
  const stateOf = ({ key }: PlanStep): StepState => stood.steps[key] ?? newStep();
  const chosen = new Set(
    plan.steps.filter((step) => isWanted(step, stateOf(step), wanted)).map(({ key }) => key),
  );
  const { from = null, given: results = [] } = wanted.restored ?? {};
  const given = new Set(results);
  const named = dependentsOf(plan, new Set(from === null ? results : [from, ...results]));
  const affected = new Set([...dependentsOf(plan, chosen), ...named]);
  const isEnding = stood.failure !== null || stood.cancel !== null;
  const fateOf = (step: PlanStep): Fate => {
    if (given.has(step.key)) return 'kept';
    const { status, decided } = stateOf(step);
    // A person's word stays, unless it is this very step that is to be done.
    if (decided === true && !chosen.has(step.key) && !named.has(step.key)) return 'kept';
    const isKeptSkipped = wanted.restored !== undefined && !isEnding && status === 'skipped';
    const hasEnded = status === 'completed' || status === 'failed' || isKeptSkipped;
    if (!affected.has(step.key) && hasEnded) return 'kept';
    if (named.has(step.key)) return 'anew';
    return chosen.has(step.key) || !affected.has(step.key) ? 'goes_on' : 'anew';
  };
  return { of: new Map(plan.steps.map((step) => [step.key, fateOf(step)])), chosen };
}

/** A step that is named; else all that failed or were stopped. */
function isWanted({ key }: PlanStep, state: StepState, { step }: Continuation): boolean {
  if (step !== null) return key === step;
  return state.attempt > 0 && !isGood(state) && state.status !== 'skipped';
}

/** The chosen steps and all that depend on them. Steps stand in topological order. */
function dependentsOf(plan: Plan, chosen: ReadonlySet<Address>): ReadonlySet<Address> {
  const affected = new Set(chosen);
  for (const { key, dependencies } of plan.steps) {
    if (dependencies.some((dependency) => affected.has(dependency))) affected.add(key);
  }
  return affected;
}
