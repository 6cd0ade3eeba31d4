/**
 * The first task of an execution.
 *
 * With an envelope the plan is there, or is named and loaded by an activity; without one (an operator's start) the
 * newest published plan of the workflow type's name is loaded. Then the inputs are checked and the steps begin, or
 * go on from where the execution before left them.
 */
import { checkInputs } from '../../../plan/inputs.ts';
import type { JsonObject } from '../../../plan/json.ts';
import type { Plan } from '../../../plan/plan.ts';
import { isPlan } from '../../../protocol/envelope.ts';
import type { Envelope } from '../../../protocol/envelope.ts';
import { roundedNumbers } from '../../../plan/exact-json.ts';
import { PLAN_ACTIVITY } from '../../../protocol/activity.ts';
import type { LoadPlanOutput } from '../../../protocol/activity.ts';
import type { TerminalReason } from '../../../protocol/terminal-reason.ts';
import { carryFault, loadedPlanFault, startFault } from './check-form.ts';
import type { Advance, Moment, Start } from '../kernel/contract.ts';
import { change, close, draftOf, note, schedule, seal, startTimer } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { restore } from './carry.ts';
import { reopen } from './reopen.ts';
import type { Kinds } from '../kernel/kind.ts';
import { newSpent } from '../kernel/spent.ts';
import { NO_LIMITS } from '../../../protocol/limits.ts';
import { newStep } from '../kernel/state.ts';
import { takeOver } from './successor.ts';
import { closeInbox } from '../people/inbox.ts';
import type { RunState } from '../kernel/state.ts';
import { FIRST_VERSION, knownVersion, since } from '../kernel/versions.ts';

const PLAN_TIMEOUT_MS = 60_000;

/** The version that a start asks for. @throws UnknownInterpreterError */
export function versionOf({ envelope }: Start): number {
  const version = envelopeOf(envelope)?.interpreter;
  return version === undefined ? FIRST_VERSION : knownVersion(version);
}

/** The state before the first decision: blank, or what was carried here. */
export function initialState(start: Start, interpreter: number, now: number): RunState {
  const envelope = envelopeOf(start.envelope);
  const inputs = (start.inputs ?? {}) as JsonObject;
  return envelope?.carry === undefined
    ? blankState(start, envelope, interpreter, now)
    : restore(envelope, inputs, start.runId, now);
}

/**
 * The state that an execution was started with, as long as it has decided nothing: that of its former execution, or of the
 * checkpoint that it goes on from. null: it begins anew, its plan does not travel along, or what it was given is malformed.
 */
export function handedOver(start: Start, now: number, kinds: Kinds): RunState | null {
  const envelope = envelopeOf(start.envelope);
  if (envelope?.carry === undefined || startFault(start, kinds) !== null) return null;
  const { base: _, continue: __, ...handed } = envelope;
  const { plan } = handed;
  if (!isPlan(plan)) return null;
  const state = { ...restore(handed, (start.inputs ?? {}) as JsonObject, start.runId, now), plan };
  return carryFault(state, plan, kinds) === null ? state : null;
}

function blankState(start: Start, envelope: Envelope | null, interpreter: number, now: number): RunState {
  const inputs = (start.inputs ?? {}) as JsonObject;
  // Version 1's epoch; a later version is known when the plan's loader has answered.
  const epoch = envelope === null ? start.firstExecutionId.slice(0, 8) : String(envelope.epoch);
  return {
    interpreter,
    phase: 'loading',
    run: { id: start.runId, workflow: start.workflow, epoch },
    plan: null,
    planSource: null,
    inputs,
    labels: envelope?.labels ?? {},
    startedBy: envelope?.startedBy ?? null,
    startedAt: now,
    steps: {},
    paused: null,
    failure: null,
    cancel: null,
    questions: {},
    workspace: null,
    spent: newSpent(NO_LIMITS, now),
    redirect: null,
    briefing: null,
    inbox: [],
    messageSeq: 0,
    continuation: null,
    firstExecutionId: envelope === null ? start.firstExecutionId : null,
    redirected: envelope?.redirected ?? null,
    open: {},
    aborting: {},
    timers: {},
    seen: [],
    timerSeq: 0,
    drain: null,
    nextDrainAt: 0,
    outputAttempt: 0,
  };
}

/** Loads the plan, or takes it from the envelope. */
export function findPlan(draft: Draft, start: Start): void {
  const envelope = envelopeOf(start.envelope);
  if (start.envelope !== undefined && envelope === null) {
    return refuseStart(
      draft,
      'inputs_invalid',
      'the second argument of the workflow must be an envelope made by Baton; leave it out',
    );
  }
  if (envelope?.carry === undefined) note(draft, { type: 'run_begun' });
  else resumeTimers(draft);
  if (envelope === null) return loadPlan(draft, { name: start.workflow });
  const { plan } = envelope;
  if (isPlan(plan)) takePlan(draft, plan);
  else loadPlan(draft, plan);
}

/** @param input what to load; by default what was asked for before. */
export function loadPlan(
  draft: Draft,
  input = draft.state.planSource ?? { name: draft.state.run.workflow },
): void {
  change(draft, { planSource: input });
  schedule(
    draft,
    { type: 'plan' },
    {
      activity: PLAN_ACTIVITY,
      queue: null,
      summary: 'Load the plan',
      input,
      startToCloseMs: PLAN_TIMEOUT_MS,
    },
  );
}

/**
 * The loader has answered. Where nobody has named a version of the plan, an operator has started the run by hand: then
 * the loader says which version of the interpreter it gets.
 *
 * @throws UnknownInterpreterError
 */
export function takeLoadedPlan(draft: Draft, { plan: loaded, interpreter }: LoadPlanOutput): void {
  const byHand = draft.state.planSource?.version === undefined;
  if (byHand && Number.isInteger(interpreter)) change(draft, { interpreter: knownVersion(interpreter) });
  const isExact = since(draft.state, 'exact_numbers');
  if (!isExact) change(draft, { inputs: roundedNumbers(draft.state.inputs) });
  const plan = isExact ? loaded : roundedNumbers(loaded);
  takeEpoch(draft);
  const fault = since(draft.state, 'checked_forms') ? loadedFault(draft, plan) : null;
  if (fault === null) takePlan(draft, plan);
  else refuseStart(draft, fault.reason, fault.message);
}

/**
 * The epoch of an operator's start. Its first digits tell the time: those of another start within a minute are the same.
 */
function takeEpoch(draft: Draft): void {
  const { firstExecutionId: id, run } = draft.state;
  if (id === null) return;
  const epoch = since(draft.state, 'whole_epochs') ? id : run.epoch;
  change(draft, { firstExecutionId: null, run: { ...run, epoch } });
}

function loadedFault(draft: Draft, plan: unknown): Refusal | null {
  const fault = loadedPlanFault(plan, draft.kinds);
  if (fault !== null)
    return { reason: 'definition_not_found', message: `the stored plan is malformed: ${fault}` };
  const message = startFault({ inputs: draft.state.inputs, envelope: undefined }, draft.kinds);
  return message === null ? null : { reason: 'inputs_invalid', message };
}

interface Refusal {
  readonly reason: TerminalReason;
  readonly message: string;
}

/** The answer to a start that cannot be understood: the run fails with the reason. */
export function refusedStart(
  start: Start,
  interpreter: number,
  at: Moment,
  message: string,
  kinds: Kinds,
): Advance {
  const draft = draftOf(blankState({ ...start, inputs: {} }, null, interpreter, at.now), at, kinds);
  refuseStart(draft, 'inputs_invalid', message);
  return seal(draft);
}

/** The plan is there. A fresh run checks its inputs; a continued one just goes on. */
function takePlan(draft: Draft, plan: Plan): void {
  const fresh = draft.state.phase === 'loading';
  const { continuation, redirected } = draft.state;
  const fault = since(draft.state, 'checked_forms') ? misfitOf(draft.state, plan, draft.kinds) : null;
  if (fault !== null) return refuseStart(draft, 'inputs_invalid', fault);
  change(draft, { plan, planSource: null, continuation: null, redirected: null });
  if (continuation !== null) return reopen(draft, plan, continuation);
  if (!fresh) return;
  const { inputs, errors } = checkInputs(plan.inputs, draft.state.inputs);
  if (errors.length > 0) {
    return refuseStart(draft, 'inputs_invalid', errors.map((error) => error.message).join('; '));
  }
  change(draft, { inputs, phase: 'running', labels: { ...plan.labels, ...draft.state.labels } });
  for (const step of plan.steps) draft.steps[step.key] = newStep();
  change(draft, { spent: newSpent(plan.limits, draft.at.now) });
  note(draft, { type: 'run_planned' });
  if (redirected !== null) takeOver(draft, plan, redirected);
  if (plan.timeoutMs !== null) startTimer(draft, 'timeout', plan.timeoutMs, 'the run’s timeout');
}

/** Why a plan is not the one that a carried state belongs to. */
function misfitOf(state: RunState, plan: Plan, kinds: Kinds): string | null {
  const isCarried = state.phase !== 'loading' || state.continuation !== null;
  const fault = isCarried ? carryFault(state, plan, kinds) : null;
  if (fault !== null) return fault;
  const { step = null, restored } = state.continuation ?? {};
  const unknown = [step, restored?.from ?? null, ...(restored?.given ?? [])].find(
    (key) => key !== null && !plan.steps.some((one) => one.key === key),
  );
  return unknown === undefined ? null : `there is no step "${unknown}" to continue`;
}

/** Why the plan in the envelope is not the one that the state beside it belongs to. */
export function misfitOfStart({ envelope }: Start, state: RunState, kinds: Kinds): string | null {
  const plan = envelopeOf(envelope)?.plan;
  return isPlan(plan) ? misfitOf(state, plan, kinds) : null;
}

function resumeTimers(draft: Draft): void {
  for (const [id, timer] of Object.entries(draft.timers)) {
    const ms = Math.max(1, timer.dueAt - draft.at.now);
    draft.actions.push({ type: 'start_timer', id, ms, summary: timer.step ?? timer.for });
  }
}

export function refuseStart(draft: Draft, reason: TerminalReason, message: string): void {
  closeInbox(draft);
  note(draft, { type: 'run_failed', reason, message, step: null });
  close(draft, { type: 'fail', reason, message });
}

function envelopeOf(value: unknown): Envelope | null {
  if (typeof value !== 'object' || value === null) return null;
  const { interpreter, plan } = value as Partial<Envelope>;
  return Number.isInteger(interpreter) && Number(interpreter) > 0 && typeof plan === 'object' && plan !== null
    ? (value as Envelope)
    : null;
}
