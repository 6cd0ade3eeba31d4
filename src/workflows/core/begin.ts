/**
 * The first task of an execution.
 *
 * With an envelope the plan is there, or is named and loaded by an activity; without one (an operator's start) the
 * newest published plan of the workflow type's name is loaded. Then the inputs are checked and the steps begin, or
 * go on from where the execution before left them.
 */
import { checkInputs } from '../../plan/inputs.ts';
import type { JsonObject } from '../../plan/json.ts';
import type { Plan } from '../../plan/plan.ts';
import { INTERPRETER_VERSION } from '../../protocol/envelope.ts';
import type { Envelope } from '../../protocol/envelope.ts';
import { PLAN_ACTIVITY } from '../../protocol/activity.ts';
import type { LoadPlanInput } from '../../protocol/activity.ts';
import type { TerminalReason } from '../../protocol/terminal-reason.ts';
import { NO_LIMITS, newSpent } from './agent/limits.ts';
import type { Start } from './contract.ts';
import { beginCancel } from './cancel.ts';
import { change, close, note, schedule, startTimer } from './draft.ts';
import type { Draft } from './draft.ts';
import { restore } from './carry.ts';
import { reopen } from './reopen.ts';
import { newStep } from './state.ts';
import { takeOver } from './successor.ts';
import { closeInbox } from './messages/inbox.ts';
import type { RunState } from './state.ts';

/** What stands for the plan's loader among the open activities; no step key can look like this. */
export const PLAN = '$plan';
const PLAN_TIMEOUT_MS = 60_000;

/** A run of an interpreter version that this code does not know; a newer worker will. */
class UnknownInterpreterError extends Error {
  override readonly name = 'UnknownInterpreterError';
}

/** The state before the first decision. @throws UnknownInterpreterError */
export function initialState(start: Start, now: number): RunState {
  const envelope = envelopeOf(start.envelope);
  if (envelope !== null && envelope.interpreter !== INTERPRETER_VERSION) {
    throw new UnknownInterpreterError(
      `interpreter version ${String(envelope.interpreter)} is unknown to this worker`,
    );
  }
  const inputs = (start.inputs ?? {}) as JsonObject;
  if (envelope?.carry !== undefined) return restore(envelope, inputs);
  const epoch = envelope === null ? start.firstExecutionId.slice(0, 8) : String(envelope.epoch);
  return {
    interpreter: INTERPRETER_VERSION,
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
  if (envelope?.carry === undefined) note(draft, { type: 'run_started' });
  else resumeTimers(draft);
  if (envelope !== null && 'steps' in envelope.plan) return takePlan(draft, envelope.plan);
  loadPlan(draft, envelope === null ? { name: start.workflow } : (envelope.plan as LoadPlanInput));
}

/** @param input what to load; by default what was asked for before. */
export function loadPlan(
  draft: Draft,
  input = draft.state.planSource ?? { name: draft.state.run.workflow },
): void {
  change(draft, { planSource: input });
  schedule(draft, PLAN, {
    id: PLAN_ACTIVITY,
    activity: 'plan',
    queue: null,
    summary: 'Load the plan',
    input,
    startToCloseMs: PLAN_TIMEOUT_MS,
  });
}

/** The plan is there. A fresh run checks its inputs; a continued one just goes on. */
export function takePlan(draft: Draft, plan: Plan): void {
  const fresh = draft.state.phase === 'loading';
  const { continuation, redirected } = draft.state;
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

/** The run's own timeout. */
export function timeOut(draft: Draft): void {
  if (draft.state.cancel !== null) return;
  beginCancel(draft, { reason: null, by: null, requested: false, terminal: 'error_timeout' });
}

function envelopeOf(value: unknown): Envelope | null {
  if (typeof value !== 'object' || value === null) return null;
  const { interpreter, plan } = value as Partial<Envelope>;
  return typeof interpreter === 'number' && typeof plan === 'object' && plan !== null
    ? (value as Envelope)
    : null;
}
