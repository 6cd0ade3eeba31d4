/**
 * One workflow task: facts are taken in a canonical order, then the run is moved as far as it goes.
 *
 * The order is signals as they came, then the cancel request, then results and timers by id. It does not depend on
 * how either host happened to collect them, so both see the same.
 */
import { compareIds } from '../kernel/order.ts';
import { addressOf } from '../kernel/activity-ids.ts';
import { isAgentStep } from '../kinds/agent/agent-state.ts';
import type { AgentStep } from '../kinds/agent/agent-state.ts';
import { endRest, failCall, takeCall } from '../kinds/agent/calls.ts';
import { takeAbortedCall, takeAbortedTurn } from '../kinds/agent/interrupt.ts';
import { moveAgents } from '../kinds/agent/loop.ts';
import { failTurn, takeTurn } from '../kinds/agent/turn.ts';
import { expireQuestion } from '../people/answers.ts';
import { askPeople } from '../kinds/ask-step.ts';
import { rootOf, specAt, swept } from '../kernel/scope.ts';
import {
  WORKSPACE,
  isOfEarlier,
  loseWorkspace,
  reopenWorkspace,
  takeWorkspace,
  workspaceNotMade,
} from './workspace.ts';
import { activityStopped, completeStep, failAttempt, interruptStep, mayRetry } from './steps.ts';
import { successorRefused, successorStarted } from './successor.ts';
import { takeAborted } from '../kernel/abort.ts';
import type { AbortReason } from '../kernel/abort.ts';
import { endGrace, finishCancel, takeCancelRequest } from './cancel.ts';
import {
  PLAN,
  findPlan,
  misfitOfStart,
  initialState,
  loadPlan,
  refuseStart,
  refusedStart,
  takeLoadedPlan,
  timeOut,
  versionOf,
} from './begin.ts';
import { continueAsNew } from './carry.ts';
import { startFault, stateFault, valueFault } from './check-form.ts';
import { freezeClocks } from '../people/clocks.ts';
import type { Advance, Fact, Moment, Start } from '../kernel/contract.ts';
import { dispatch } from './dispatch.ts';
import { NO_OWNERS, endScopes } from './scopes.ts';
import type { ScopeOwners } from './scopes.ts';
import { cancelTimer, change, changeStep, draftOf, seal, startTimer, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { judge } from '../kernel/failures.ts';
import { expireMessage, reviewInbox } from '../people/inbox.ts';
import { noteDraining, pauseTimedOut } from '../people/pause.ts';
import { takeSignal } from '../people/take-signal.ts';
import type { Judged } from '../kernel/failures.ts';
import { OUTPUTS, finishRun, outputsFailed, scheduleOutputs, takeOutputs } from './outputs.ts';
import { resultOf } from '../kernel/results.ts';
import { isSettled } from '../kernel/state.ts';
import type { RunState, Timer } from '../kernel/state.ts';
import { since } from '../kernel/versions.ts';
import { roundedNumbers } from '../../../plan/exact-json.ts';
import type { PlanStep } from '../../../plan/plan.ts';
import type { LoadPlanOutput } from '../../../protocol/activity.ts';
import type { RawFailure } from '../../../protocol/failure.ts';

/** Beyond this many events nothing new starts until the execution has continued as new. */
const HARD_EVENTS = 10_000;
/** How long a drain may hold back new steps, in ms, before it is given up for a while. */
const DRAIN_MS = 10_000;
/** After a drain was given up: events until the next. */
const DRAIN_EVERY_EVENTS = 1_000;

/** The first task of an execution. @throws UnknownInterpreterError */
export function begin(start: Start, at: Moment, owners: ScopeOwners = NO_OWNERS): Advance {
  const interpreter = versionOf(start);
  return beginWith(isRounding(start, interpreter) ? roundedNumbers(start) : start, interpreter, at, owners);
}

function beginWith(start: Start, interpreter: number, at: Moment, owners: ScopeOwners): Advance {
  const isChecked = since({ interpreter }, 'checked_forms');
  const fault = isChecked ? startFault(start) : null;
  if (fault !== null) return refusedStart(start, interpreter, at, fault);
  const state = initialState(start, interpreter, at.now);
  try {
    const draft = draftOf(state, at);
    findPlan(draft, start);
    settle(draft, owners);
    return seal(draft);
  } catch (thrown) {
    const late = isChecked ? null : (startFault(start) ?? misfitOfStart(start, state));
    if (late === null) throw thrown;
    return refusedStart(start, interpreter, at, late);
  }
}

/**
 * Any task: what has happened since the one before. Without facts nothing changes.
 *
 * @param owners which steps run scopes, and how
 */
export function advance(
  state: RunState,
  facts: readonly Fact[],
  at: Moment,
  owners: ScopeOwners = NO_OWNERS,
): Advance {
  if (facts.length === 0 || state.phase === 'closed') return { state, actions: [], notes: [] };
  try {
    const draft = draftOf(swept(state), at);
    for (const { fact, index } of inOrder(facts)) {
      draft.cause = index;
      take(draft, seenBy(draft.state, fact));
    }
    draft.cause = null;
    settle(draft, owners);
    return seal(draft);
  } catch (thrown) {
    const fault = stateFault(state);
    if (fault === null) throw thrown;
    const draft = draftOf(state, at);
    refuseStart(draft, 'inputs_invalid', fault);
    return seal(draft);
  }
}

/** An operator's start by hand says nothing of a version: the loader of its plan will. */
const isRounding = ({ envelope }: Start, interpreter: number): boolean =>
  envelope !== undefined && !since({ interpreter }, 'exact_numbers');

/** The fact as runs of this version see it. While a plan is loaded, it is not yet known which version that is. */
function seenBy(state: RunState, fact: Fact): Fact {
  return since(state, 'exact_numbers') || state.phase === 'loading' ? fact : roundedNumbers(fact);
}

function inOrder(facts: readonly Fact[]): { readonly fact: Fact; readonly index: number }[] {
  const rank = (fact: Fact): number =>
    fact.type === 'signal' ? 0 : fact.type === 'cancel_requested' ? 1 : 2;
  return facts
    .map((fact, index) => ({ fact, index }))
    .sort((a, b) => rank(a.fact) - rank(b.fact) || compareIds(a.fact, b.fact) || a.index - b.index);
}

function take(draft: Draft, fact: Fact): void {
  if (draft.state.phase === 'closed') return;
  switch (fact.type) {
    case 'signal':
      return takeSignal(draft, fact.name, fact.payload);
    case 'cancel_requested':
      return takeCancelRequest(draft);
    case 'timer_fired':
      return takeTimer(draft, fact.id);
    case 'run_started':
      return successorStarted(draft, fact.id);
    case 'run_not_started':
      return successorRefused(draft, fact.id, fact.reason);
    default:
      return takeActivity(draft, fact);
  }
}

type ActivityFact = Extract<Fact, { readonly type: `activity_${string}` }>;

/** Answers of activities that are no longer open (given up after the grace time) change nothing. */
function takeActivity(draft: Draft, given: ActivityFact): void {
  const fact = since(draft.state, 'checked_forms') ? checkedFact(given) : given;
  const key = draft.open[fact.id];
  if (key === undefined) return;
  delete draft.open[fact.id];
  const aborted = takeAborted(draft, fact.id);
  if (key === PLAN) return takePlanAnswer(draft, fact);
  if (key === OUTPUTS) return takeOutputsAnswer(draft, fact);
  if (key === WORKSPACE) return takeWorkspaceAnswer(draft, fact);
  const step = specAt(draft, key);
  if (step === undefined) return;
  if (step.workspace) noticeLoss(draft, fact);
  if (aborted !== null && hasStopped(draft, step, fact) && mayRetry(draft, step))
    return takeInterrupted(draft, step, fact, aborted);
  if (isAgentStep(step)) return takeAgentAnswer(draft, step, fact);
  if (fact.type === 'activity_cancelled') return activityStopped(draft, key);
  const { attempt } = stepOf(draft, key);
  if (fact.type === 'activity_failed')
    return failAttempt(draft, key, judgeHere(draft, fact.failure, attempt));
  const result = resultOf(fact.result);
  if (result === null) return failAttempt(draft, key, noResult(attempt));
  if (step.spec.kind === 'ask') askPeople(draft, step, result);
  else completeStep(draft, key, result);
}

/** The fact without values that are no values of ours: anybody at Temporal can answer for an activity. */
function checkedFact(fact: ActivityFact): ActivityFact {
  const { id } = fact;
  if (fact.type === 'activity_completed') {
    const fault = valueFault(fact.result);
    if (fault === null) return fact;
    return { type: 'activity_failed', id, failure: { kind: 'other', message: `the answer: ${fault}` } };
  }
  if (fact.type === 'activity_cancelled')
    return valueFault(fact.details) === null ? fact : { ...fact, details: null };
  const { failure } = fact;
  const isSound = failure.kind !== 'application' || valueFault(failure.details) === null;
  return isSound ? fact : { ...fact, failure: { ...failure, details: null } };
}

/** Did what was asked to stop do so? A tool's call too whose worker did not live to say it: it is not made again. */
function hasStopped(draft: Draft, step: PlanStep, fact: ActivityFact): boolean {
  if (fact.type !== 'activity_failed') return fact.type === 'activity_cancelled';
  const isCall = isAgentStep(step) && (addressOf(fact.id)?.index ?? null) !== null;
  return (
    isCall && since(draft.state, 'known_tries') && judge(fact.failure, 1).error.category === 'INFRA_ERROR'
  );
}

/** It was stopped so that its step can go on otherwise, or later. */
function takeInterrupted(draft: Draft, step: PlanStep, fact: ActivityFact, why: AbortReason): void {
  const index = addressOf(fact.id)?.index ?? null;
  const details = fact.type === 'activity_cancelled' ? fact.details : null;
  if (!isAgentStep(step)) interruptStep(draft, step.key);
  else if (index === null) takeAbortedTurn(draft, step, details, why);
  else takeAbortedCall(draft, step, index, why);
}

/** A turn or a call of an agent has ended; one that was to stop in the meantime stops now. */
function takeAgentAnswer(draft: Draft, step: AgentStep, fact: ActivityFact): void {
  const { key } = step;
  const address = addressOf(fact.id);
  const index = address?.index ?? null;
  if (fact.type === 'activity_cancelled') return activityStopped(draft, key);
  if (isSettled(stepOf(draft, key).status)) return;
  if (fact.type === 'activity_completed') {
    if (index === null) takeTurn(draft, step, fact.result);
    else takeCall(draft, step, index, fact.result);
  } else {
    const judged = judgeHere(draft, fact.failure, stepOf(draft, key).attempt);
    if (index !== null) failCall(draft, step, index, judged);
    else failTurn(draft, step, judged, fact.failure.kind === 'application' ? fact.failure.details : null);
  }
  if (!mayRetry(draft, step)) activityStopped(draft, key);
}

/** Where the workspace is made anew, or has been, what failed with the one before is tried again. */
function judgeHere(draft: Draft, failure: RawFailure, attempt: number): Judged {
  const judged = judge(failure, attempt, since(draft.state, 'telling_errors'));
  const isReplaced = draft.state.workspace?.status === 'opening' || isOfEarlier(draft, failure);
  if (judged.error.type !== 'workspace_lost' || !isReplaced) return judged;
  return { ...judged, error: { ...judged.error, type: 'worker_lost', category: 'INFRA_ERROR' } };
}

/** Nobody took it up where alone it could be done, or the directory is gone: the workspace is lost. */
function noticeLoss(draft: Draft, fact: ActivityFact): void {
  if (fact.type !== 'activity_failed') return;
  const { failure } = fact;
  if (failure.kind === 'timeout' && failure.timeout === 'SCHEDULE_TO_START')
    loseWorkspace(draft, 'worker_gone');
  const isLost = failure.kind === 'application' && failure.type === 'workspace_lost';
  if (isLost && !isOfEarlier(draft, failure)) loseWorkspace(draft, 'directory_gone');
}

function takeWorkspaceAnswer(draft: Draft, fact: ActivityFact): void {
  if (fact.type === 'activity_completed') takeWorkspace(draft, fact.result);
  else if (fact.type === 'activity_failed') workspaceNotMade(draft, judge(fact.failure, 1));
}

function noResult(attempt: number): Judged {
  const failure: RawFailure = { kind: 'other', message: 'the activity did not answer with a result' };
  return judge(failure, attempt);
}

function takePlanAnswer(draft: Draft, fact: ActivityFact): void {
  if (fact.type === 'activity_completed') {
    const loaded = fact.result as LoadPlanOutput | null;
    if (loaded?.plan !== undefined)
      return draft.state.cancel === null ? takeLoadedPlan(draft, loaded) : undefined;
    return refuseStart(draft, 'definition_not_found', 'the plan could not be loaded');
  }
  if (fact.type === 'activity_cancelled' || draft.state.cancel !== null) return;
  const { error } = judge(fact.failure, 1);
  if (error.category === 'TASK_ERROR') return refuseStart(draft, 'definition_not_found', error.message);
  startTimer(draft, 'retry', 1_000, 'load the plan again');
}

function takeOutputsAnswer(draft: Draft, fact: ActivityFact): void {
  if (fact.type === 'activity_completed') takeOutputs(draft, resultOf(fact.result));
  else if (fact.type === 'activity_failed')
    outputsFailed(draft, judge(fact.failure, draft.state.outputAttempt));
}

function takeTimer(draft: Draft, id: string): void {
  const timer = draft.timers[id];
  if (timer === undefined) return;
  delete draft.timers[id];
  switch (timer.for) {
    case 'retry':
      return takeRetry(draft, timer);
    case 'wait':
      if (timer.step !== null) completeStep(draft, timer.step, { value: null, bytes: 4, preview: '' });
      return;
    case 'pause':
      return pauseTimedOut(draft);
    case 'grace':
      return endGrace(draft);
    case 'timeout':
      return timeOut(draft);
    case 'drain':
      return change(draft, { drain: null, nextDrainAt: draft.at.historyLength + DRAIN_EVERY_EVENTS });
    case 'outputs':
      if (draft.state.plan !== null) scheduleOutputs(draft, draft.state.plan);
      return;
    case 'question':
      return expireQuestion(draft, id);
    case 'message':
      return expireMessage(draft, id);
    case 'workspace':
      return reopenWorkspace(draft);
    case 'tool':
      if (timer.step !== null) endRest(draft, timer.step);
      return;
    case 'request':
    case 'yield':
  }
}

/** Ready for a further try; a retry without a step is the plan's. */
function takeRetry(draft: Draft, timer: Timer): void {
  if (timer.step !== null) changeStep(draft, timer.step, { status: 'pending' });
  else loadPlan(draft);
}

/** Moves the run as far as it goes without further facts. */
function settle(draft: Draft, owners: ScopeOwners): void {
  const { plan } = draft.state;
  endScopes(draft, owners);
  if (draft.state.phase === 'cancelling') return finishCancel(draft);
  if (draft.state.phase !== 'running' || plan === null) return;
  if (mayContinueAsNew(draft) && hasWorkLeft(draft)) return continueAsNew(draft, plan);
  if (draft.state.drain === null) moveAgents(draft);
  if (draft.state.paused !== null) return restInPause(draft);
  if (draft.state.drain === null) dispatch(draft, owners);
  reviewInbox(draft);
  if (!hasWorkLeft(draft)) {
    for (const id of Object.keys(draft.timers)) cancelTimer(draft, id);
    return finishRun(draft, plan);
  }
  considerDrain(draft);
}

function hasWorkLeft(draft: Draft): boolean {
  return rootOf(draft).part.steps.some((step) => !isSettled(stepOf(draft, step.key).status));
}

function restInPause(draft: Draft): void {
  freezeClocks(draft);
  reviewInbox(draft);
  noteDraining(draft);
}

function historyIsLong(draft: Draft): boolean {
  return draft.at.continueSuggested || draft.at.historyLength >= HARD_EVENTS;
}

function mayContinueAsNew(draft: Draft): boolean {
  return historyIsLong(draft) && Object.keys(draft.open).length === 0;
}

/**
 * A long history: hold new steps back so that the open ones run out, but not for long, since one of them may take
 * hours; beyond the hard limit there is no choice.
 */
function considerDrain(draft: Draft): void {
  if (!historyIsLong(draft) || draft.state.drain !== null || Object.keys(draft.open).length === 0) return;
  if (draft.at.historyLength < draft.state.nextDrainAt) return;
  const hard = draft.at.historyLength >= HARD_EVENTS;
  change(draft, { drain: hard ? 'hard' : startTimer(draft, 'drain', DRAIN_MS, 'continue as new') });
}
