/**
 * One workflow task: facts are taken in a canonical order, then the run is moved as far as it goes.
 *
 * The order is signals as they came, then the cancel request, then results and timers by id. It does not depend on
 * how either host happened to collect them, so both see the same.
 */
import { roundedNumbers } from '../../../plan/exact-json.ts';
import type { Advance, Fact, Moment, Start, Watch } from '../kernel/contract.ts';
import { cancelTimer, draftOf, seal, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { kindOf } from '../kernel/kind.ts';
import type { Kinds } from '../kernel/kind.ts';
import { compareIds } from './order.ts';
import { movingSteps, rootOf, swept } from '../kernel/scope.ts';
import { isSettled } from '../kernel/state.ts';
import type { RunState } from '../kernel/state.ts';
import { since } from '../kernel/versions.ts';
import { KINDS } from '../kinds/index.ts';
import { moveProposals } from '../kinds/proposals/step-proposal.ts';
import { takeCancelRequest } from '../people/cancel.ts';
import { freezeClocks } from '../people/clocks.ts';
import { reviewInbox } from '../people/inbox.ts';
import { noteDraining } from '../people/pause.ts';
import { takeSignal } from '../people/take-signal.ts';
import { endScopes } from '../steps/scopes.ts';
import { findPlan, initialState, misfitOfStart, refuseStart, refusedStart, versionOf } from './begin.ts';
import { continueAsNew, nextExecution } from './carry.ts';
import { startFault, stateFault } from './check-form.ts';
import { dispatch } from './dispatch.ts';
import { considerDrain, giveUpDrain, mayContinueAsNew } from './drain.ts';
import { finishCancel } from './finish-cancel.ts';
import { finishRun } from './outputs.ts';
import { successorRefused, successorStarted } from './successor.ts';
import { takeActivity } from './take-activity.ts';
import { takeTimer } from './take-timer.ts';

/**
 * The first task of an execution.
 *
 * @param kinds what steps there are @param watch is told what is seen
 * @throws UnknownInterpreterError
 */
export function begin(start: Start, at: Moment, kinds: Kinds = KINDS, watch: Watch | null = null): Advance {
  const interpreter = versionOf(start);
  const seen = isRounding(start, interpreter) ? roundedNumbers(start) : start;
  return beginWith(seen, interpreter, at, { kinds, watch });
}

function beginWith(
  start: Start,
  interpreter: number,
  at: Moment,
  { kinds, watch }: { readonly kinds: Kinds; readonly watch: Watch | null },
): Advance {
  const isChecked = since({ interpreter }, 'checked_forms');
  const fault = isChecked ? startFault(start, kinds) : null;
  if (fault !== null) return refusedStart(start, interpreter, at, fault, kinds);
  const state = initialState(start, interpreter, at.now);
  try {
    const draft = draftOf(state, at, kinds, watch);
    findPlan(draft, start);
    settle(draft);
    return seal(draft);
  } catch (thrown) {
    const late = isChecked ? null : (startFault(start, kinds) ?? misfitOfStart(start, state, kinds));
    if (late === null) throw thrown;
    return refusedStart(start, interpreter, at, late, kinds);
  }
}

/** Any task: what has happened since the one before. Without facts nothing changes. */
export function advance(
  state: RunState,
  facts: readonly Fact[],
  at: Moment,
  kinds: Kinds = KINDS,
  watch: Watch | null = null,
): Advance {
  if (facts.length === 0 || state.phase === 'closed') return { state, actions: [], notes: [] };
  try {
    const draft = draftOf(swept(state), at, kinds, watch);
    for (const { fact, index } of inOrder(facts)) {
      draft.cause = index;
      take(draft, seenBy(draft.state, fact));
    }
    draft.cause = null;
    settle(draft);
    return seal(draft);
  } catch (thrown) {
    const fault = stateFault(state, kinds);
    if (fault === null) throw thrown;
    const draft = draftOf(state, at, kinds);
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
    case 'successor_started':
      return successorStarted(draft, fact.id);
    case 'successor_refused':
      return successorRefused(draft, fact.id, fact.reason);
    default:
      return takeActivity(draft, fact);
  }
}

/** Moves the run as far as it goes without further facts. */
function settle(draft: Draft): void {
  const { plan } = draft.state;
  endScopes(draft);
  if (draft.state.phase === 'cancelling') return finishCancel(draft);
  if (draft.state.phase !== 'running' || plan === null) return;
  if (mayContinueAsNew(draft) && hasWorkLeft(draft)) {
    const next = nextExecution(draft, plan);
    if (next !== null) return continueAsNew(draft, next);
    if (draft.state.drain !== null) giveUpDrain(draft);
  }
  if (draft.state.drain === null) {
    moveSteps(draft);
    if (since(draft.state, 'plan_proposals')) moveProposals(draft);
  }
  if (draft.state.paused !== null) return restInPause(draft);
  if (draft.state.drain === null) dispatch(draft);
  reviewInbox(draft);
  if (!hasWorkLeft(draft)) {
    for (const id of Object.keys(draft.timers)) cancelTimer(draft, id);
    return finishRun(draft, plan);
  }
  considerDrain(draft, plan);
}

/** What goes on by itself, and is at work. */
function moveSteps(draft: Draft): void {
  for (const step of movingSteps(draft)) {
    const { status } = stepOf(draft, step.key);
    if (status === 'running' || status === 'waiting') kindOf(draft, step).moves?.move(draft, step);
  }
}

function hasWorkLeft(draft: Draft): boolean {
  return rootOf(draft).part.steps.some((step) => !isSettled(stepOf(draft, step.key).status));
}

function restInPause(draft: Draft): void {
  freezeClocks(draft);
  reviewInbox(draft);
  noteDraining(draft);
}
