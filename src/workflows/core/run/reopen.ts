/**
 * A closed run goes on: the state it had closed with, under a new epoch, with some of its steps open again.
 *
 * The steps that are continued keep their sessions and get a new segment. A call of a tool that was under way
 * is not made again: its model is told. A step whose last try has no known end begins with that try's key. Whatever depends on them runs again from its
 * beginning, and so does everything that had not come to an end of its own: steps that run scopes open them anew. The rest stays as it is.
 */
import type { Address } from '../../../plan/address.ts';
import type { Plan, PlanStep } from '../../../plan/plan.ts';
import type { Continuation } from '../../../protocol/envelope.ts';
import { isAgentStep } from '../kinds/agent/agent-state.ts';
import { mayHaveActed, stopCall } from '../kinds/agent/calls.ts';
import { raiseRunLimits, startSegment } from '../kinds/agent/segment.ts';
import { change, note, startTimer, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { newStep, isGood } from '../kernel/state.ts';
import type { CallState, StepState } from '../kernel/state.ts';
import { since } from '../kernel/versions.ts';
import { forgetFailedWorkspace } from './workspace.ts';

export function reopen(draft: Draft, plan: Plan, wanted: Continuation): void {
  const chosen = new Set(plan.steps.filter((step) => isWanted(draft, step, wanted)).map(({ key }) => key));
  const affected = dependentsOf(plan, chosen);
  const stopped = plan.steps.map(({ key }) => [key, causeOfEnd(draft, key)] as const);
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
  for (const [key, why] of stopped) closeCalls(draft, key, why);
  raiseRunLimits(draft, wanted.limits);
  for (const step of plan.steps) {
    if (!chosen.has(step.key) || stepOf(draft, step.key).agent === undefined) continue;
    startSegment(draft, step.key, wanted);
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
  const goesOn = chosen.has(step.key) || !affected.has(step.key);
  draft.steps[step.key] = goesOn ? resumed(draft, step, state) : newStep();
}

/** An agent that has a session goes on in it, and any other step with the try whose end nobody knows. */
function resumed(draft: Draft, step: PlanStep, state: StepState): StepState {
  if (!isAgentStep(step)) return sameTry(state);
  const { agent, attempt, startedAt } = state;
  if (agent?.head == null) return newStep();
  const calls = agent.calls.map((call) => reopenedCall(draft, call));
  const reserved = { tokens: 0, costMicros: 0 };
  return { ...newStep(), attempt, startedAt, agent: { ...agent, calls, reserved } };
}

/** Its attempts go on counting, so that the next looks whether the one before has left a result. */
function sameTry(state: StepState): StepState {
  const { attempt, group, epoch } = state;
  const isOpen = epoch !== undefined && !isGood(state);
  return isOpen ? { ...newStep(), attempt, group, epoch } : newStep();
}

/** What was asked of people, or had not begun, when the run closed is decided anew. */
function reopenedCall(draft: Draft, call: CallState): CallState {
  if (call.status === 'answered') return call;
  if (!since(draft.state, 'known_tries')) return { ...call, status: 'new' };
  if (mayHaveActed(call)) return call;
  // Whoever says yes again is to see what is then done.
  const { edited: _, ...asked } = call;
  return { ...asked, status: 'new' };
}

/** Calls that were under way when the run closed are not made again. */
function closeCalls(draft: Draft, key: Address, why: string): void {
  const calls = since(draft.state, 'known_tries') ? (stepOf(draft, key).agent?.calls ?? []) : [];
  if (stepOf(draft, key).status !== 'pending') return;
  calls.forEach((call, index) => {
    if (mayHaveActed(call)) stopCall(draft, key, index, why);
  });
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
