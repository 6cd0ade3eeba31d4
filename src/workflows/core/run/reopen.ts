/**
 * A closed run goes on: the state it had closed with, under a new epoch, with some of its steps open again.
 *
 * Which, and how, stands in fates.ts: how a step goes on that is continued, its kind knows; steps that run scopes open
 * them anew. With a checkpoint the state is that of its moment: what had settled there stays, what was under way is done
 * under the keys of the new epoch, and what people had said and nobody had answered waits again.
 */
import type { Address } from '../../../plan/address.ts';
import type { Plan, PlanStep } from '../../../plan/plan.ts';
import type { Continuation, Restored } from '../../../protocol/envelope.ts';
import { change, note, startTimer, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { kindOf } from '../kernel/kind.ts';
import { forgiveRun, raiseRunLimits } from '../kernel/spent.ts';
import { isSettled, newStep } from '../kernel/state.ts';
import type { RunState } from '../kernel/state.ts';
import { decideStep, overrideStep } from '../steps/decided.ts';
import { forgetFailedWorkspace } from '../steps/workspace.ts';
import { fatesOf } from './fates.ts';
import type { Fate } from './fates.ts';

export function reopen(draft: Draft, plan: Plan, wanted: Continuation): void {
  const { restored } = wanted;
  const { of: fates, chosen } = fatesOf(plan, { ...draft.state, steps: draft.steps }, wanted);
  const stopped = plan.steps.map((step) => [step, causeOfEnd(draft, step.key)] as const);
  // What had come to an end there needs more room to go on; what was under way has the room that it had.
  const ended = new Set([...chosen].filter((key) => isSettled(stepOf(draft, key).status)));
  for (const step of plan.steps) reopenStep(draft, step, fates.get(step.key));
  change(draft, {
    phase: 'running',
    failure: firstFailure(draft, plan),
    cancel: null,
    paused: null,
    redirect: null,
    inbox: restored === undefined ? [] : stillWaiting(draft),
    questions: {},
    drain: null,
    nextDrainAt: 0,
    outputAttempt: 0,
  });
  const steps = [...chosen];
  note(draft, { type: 'run_reopened', by: wanted.by, message: wanted.message, steps });
  if (restored !== undefined) notePlan(draft, plan, wanted);
  for (const key of restored?.given ?? []) give(draft, key, wanted);
  for (const [step, why] of stopped) kindOf(draft, step).continues?.closeCut(draft, step, why);
  raiseRunLimits(draft, wanted.limits);
  for (const step of plan.steps) {
    const goesOn = restored === undefined ? chosen.has(step.key) : ended.has(step.key);
    if (goesOn && fates.get(step.key) === 'goes_on') kindOf(draft, step).continues?.goOn(draft, step, wanted);
  }
  if (restored !== undefined) standStill(draft, restored);
  forgetFailedWorkspace(draft);
  if (plan.timeoutMs !== null) startTimer(draft, 'timeout', plan.timeoutMs, 'the run’s timeout');
}

function reopenStep(draft: Draft, step: PlanStep, fate: Fate | undefined): void {
  if (fate === 'kept') return;
  const state = stepOf(draft, step.key);
  draft.steps[step.key] = fate === 'goes_on' ? kindOf(draft, step).reopened(draft, state) : newStep();
}

/** The plan is another than it was at the checkpoint. */
function notePlan(draft: Draft, plan: Plan, { restored, by, message: reason }: Continuation): void {
  const { revision = 0 } = draft.state;
  const { version, hash, steps } = plan;
  if (restored?.edit === undefined) return;
  const { edit } = restored;
  note(draft, { type: 'plan_edited', revision, version, hash, edit, stepCount: steps.length, by, reason });
}

/** The carry has the end that the step is to have; it has it from now on. */
function give(draft: Draft, key: Address, { by }: Continuation): void {
  const { result, reason = '' } = stepOf(draft, key);
  if (result === undefined) decideStep(draft, key, reason, null);
  else overrideStep(draft, key, result, by);
}

/** What nobody had answered waits again; of a turn that is not made again it had not been read. */
function stillWaiting({ state, steps }: Draft): RunState['inbox'] {
  return state.inbox.map((message) => ({
    ...message,
    timer: null,
    recipients:
      message.recipients?.map((one) =>
        steps[one.step]?.agent === undefined ? { ...one, turn: null } : one,
      ) ?? null,
  }));
}

/** The time since then counts for no limit. */
function standStill(draft: Draft, { at }: Restored): void {
  const ms = Math.max(0, draft.at.now - at);
  forgiveRun(draft, ms);
  for (const moves of draft.kinds.moves) moves.forgive(draft, ms);
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
