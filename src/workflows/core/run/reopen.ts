/**
 * A closed run goes on: the state it had closed with, under a new epoch, with some of its steps open again.
 *
 * How a step goes on that is continued, its kind knows. Whatever depends on them runs again from its beginning, and so
 * does everything that had not come to an end of its own: steps that run scopes open them anew. The rest stays as it is.
 */
import type { Address } from '../../../plan/address.ts';
import type { Plan, PlanStep } from '../../../plan/plan.ts';
import type { Continuation } from '../../../protocol/envelope.ts';
import { change, note, startTimer, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { kindOf } from '../kernel/kind.ts';
import { raiseRunLimits } from '../kernel/spent.ts';
import { newStep, isGood } from '../kernel/state.ts';
import { forgetFailedWorkspace } from '../steps/workspace.ts';

export function reopen(draft: Draft, plan: Plan, wanted: Continuation): void {
  const chosen = new Set(plan.steps.filter((step) => isWanted(draft, step, wanted)).map(({ key }) => key));
  const affected = dependentsOf(plan, chosen);
  const stopped = plan.steps.map((step) => [step, causeOfEnd(draft, step.key)] as const);
  for (const step of plan.steps) reopenStep(draft, step, chosen, affected);
  change(draft, {
    phase: 'running',
    failure: firstFailure(draft, plan),
    cancel: null,
    paused: null,
    redirect: null,
    inbox: [],
    questions: {},
    drain: null,
    nextDrainAt: 0,
    outputAttempt: 0,
  });
  const steps = [...chosen];
  note(draft, { type: 'run_reopened', by: wanted.by, message: wanted.message, steps });
  for (const [step, why] of stopped) kindOf(draft, step).continues?.closeCut(draft, step, why);
  raiseRunLimits(draft, wanted.limits);
  for (const step of plan.steps) {
    if (chosen.has(step.key)) kindOf(draft, step).continues?.goOn(draft, step, wanted);
  }
  forgetFailedWorkspace(draft);
  if (plan.timeoutMs !== null) startTimer(draft, 'timeout', plan.timeoutMs, 'the run’s timeout');
}

/** A step that is named; else all that failed or were stopped. */
function isWanted(draft: Draft, step: PlanStep, { step: key }: Continuation): boolean {
  if (key !== null) return step.key === key;
  const state = stepOf(draft, step.key);
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

function reopenStep(
  draft: Draft,
  step: PlanStep,
  chosen: ReadonlySet<Address>,
  affected: ReadonlySet<Address>,
): void {
  const state = stepOf(draft, step.key);
  const ended = state.status === 'completed' || state.status === 'failed';
  if (!affected.has(step.key) && ended) return;
  if (state.decided === true && !chosen.has(step.key)) return;
  const goesOn = chosen.has(step.key) || !affected.has(step.key);
  draft.steps[step.key] = goesOn ? kindOf(draft, step).reopened(draft, state) : newStep();
}

/** As the step knew it; one that was still at work has been ended from outside, with its run. */
function causeOfEnd(draft: Draft, key: Address): string {
  const { status, reason, error } = stepOf(draft, key);
  if (status === 'cancelled' && reason !== undefined) return reason;
  return status === 'failed' && error !== undefined ? error.message : 'the run was ended';
}

function firstFailure(draft: Draft, plan: Plan) {
  for (const { key } of plan.steps) {
    const { status, error, tolerated } = stepOf(draft, key);
    if (status === 'failed' && tolerated !== true && error !== undefined) return { step: key, error };
  }
  return null;
}
