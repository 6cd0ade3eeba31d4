/**
 * An activity has ended: what that means for whom it belongs to. What it means for a step, the step's kind knows. Here it
 * is told apart whether it ended by itself or was stopped so that its step goes on, and whether the workspace is gone.
 */
import type { AbortReason } from '../kernel/state.ts';
import { depthFault } from '../../../plan/depth.ts';
import type { PlanStep } from '../../../plan/plan.ts';
import type { LoadPlanOutput } from '../../../protocol/activity.ts';
import type { RawFailure } from '../../../protocol/failure.ts';
import { takeAborted } from '../steps/abort.ts';
import type { Fact } from '../kernel/contract.ts';
import { startTimer, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { judge } from '../kernel/failures.ts';
import type { Judged } from '../kernel/failures.ts';
import { kindOf } from '../kernel/kind.ts';
import type { StepOwner } from '../kernel/owners.ts';
import { stepSpec } from '../kernel/scope.ts';
import { resultOf } from '../kernel/results.ts';
import { since } from '../kernel/versions.ts';
import { activityStopped, mayRetry } from '../steps/transitions.ts';
import { takeSnapshot } from '../steps/snapshots.ts';
import { isOfEarlier, loseWorkspace, takeWorkspace, workspaceNotMade } from '../steps/workspace.ts';
import { refuseStart, takeLoadedPlan } from './begin.ts';
import { outputsFailed, takeOutputs } from './outputs.ts';

export type ActivityFact = Extract<Fact, { readonly type: `activity_${string}` }>;

/** Answers of activities that are no longer open (given up after the grace time) change nothing. */
export function takeActivity(draft: Draft, given: ActivityFact): void {
  const fact = since(draft.state, 'checked_forms') ? checkedFact(given) : given;
  const owner = draft.open[fact.id];
  if (owner === undefined) return;
  delete draft.open[fact.id];
  const aborted = takeAborted(draft, fact.id);
  switch (owner.type) {
    case 'plan':
      return takePlanAnswer(draft, fact);
    case 'outputs':
      return takeOutputsAnswer(draft, fact);
    case 'workspace':
      return takeWorkspaceAnswer(draft, fact);
    default:
      return takeOfStep(draft, owner, fact, aborted);
  }
}

/** The fact without values that are no values of ours: anybody at Temporal can answer for an activity. */
function checkedFact(fact: ActivityFact): ActivityFact {
  const { id } = fact;
  if (fact.type === 'activity_completed') {
    const fault = depthFault(fact.result);
    if (fault === null) return fact;
    return { type: 'activity_failed', id, failure: { kind: 'other', message: `the answer: ${fault}` } };
  }
  if (fact.type === 'activity_cancelled')
    return depthFault(fact.details) === null ? fact : { ...fact, details: null };
  const { failure } = fact;
  const isSound = failure.kind !== 'application' || depthFault(failure.details) === null;
  return isSound ? fact : { ...fact, failure: { ...failure, details: null } };
}

function takeOfStep(draft: Draft, owner: StepOwner, fact: ActivityFact, aborted: AbortReason | null): void {
  const step = stepSpec(draft, owner.step);
  if (step.workspace) {
    takeSnapshot(draft, wordsOf(fact));
    noticeLoss(draft, fact);
  }
  const kind = kindOf(draft, step);
  if (aborted !== null && hasStopped(draft, owner, fact) && mayRetry(draft, step)) {
    const words = fact.type === 'activity_cancelled' ? fact.details : null;
    return kind.interrupted(draft, step, owner, aborted, words);
  }
  switch (fact.type) {
    case 'activity_cancelled':
      return activityStopped(draft, step.key);
    case 'activity_completed':
      return kind.answered(draft, step, owner, fact.result);
    case 'activity_failed':
      return kind.failed(draft, step, owner, judgeHere(draft, step, fact.failure), wordsOf(fact));
  }
}

/** What the activity has said itself. */
function wordsOf(fact: ActivityFact): unknown {
  switch (fact.type) {
    case 'activity_completed':
      return fact.result;
    case 'activity_cancelled':
      return fact.details;
    case 'activity_failed':
      return fact.failure.kind === 'application' ? fact.failure.details : null;
  }
}

/** Did what was asked to stop do so? A tool's call too whose worker did not live to say it: it is not made again. */
function hasStopped(draft: Draft, owner: StepOwner, fact: ActivityFact): boolean {
  if (fact.type !== 'activity_failed') return fact.type === 'activity_cancelled';
  if (owner.type !== 'call' || !since(draft.state, 'known_tries')) return false;
  return judge(fact.failure, 1).error.category === 'INFRA_ERROR';
}

/** Where the workspace is made anew, or has been, what failed with the one before is tried again. */
function judgeHere(draft: Draft, { key }: PlanStep, failure: RawFailure): Judged {
  const judged = judge(failure, stepOf(draft, key).attempt, since(draft.state, 'telling_errors'));
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
