/**
 * From one execution to the next: the state as plain data in the envelope, and back.
 *
 * Taken only while no activity is open. Timers travel with the time they are due and are set again. Stored results
 * leave their inline copy behind, so the carried state stays small: some 300 bytes a step.
 */
import type { Address } from '../../../plan/address.ts';
import { jsonBytes } from '../../../plan/json.ts';
import type { Json, JsonObject, Path } from '../../../plan/json.ts';
import type { Plan } from '../../../plan/plan.ts';
import { stepAt } from '../../../plan/step-at.ts';
import { INLINE_PLAN_BYTES } from '../../../protocol/envelope.ts';
import type { Continuation, Envelope } from '../../../protocol/envelope.ts';
import type { FilesChoice } from '../../../protocol/snapshot.ts';
import { PREVIEW_CHARS, previewOf } from '../../../protocol/values.ts';
import { upgrade } from './carried.ts';
import type { Carried } from './carried.ts';
import { fatesOf } from './fates.ts';
import { workspaceOfFork, workspaceSetBack } from '../steps/files-then.ts';
import { close, note, seal, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { firstThatTravels, readByConditions, withPartsOf } from '../steps/kept-parts.ts';
import { planSteps, swept, withoutScopes } from '../kernel/scope.ts';
import { carriedResult } from '../kernel/results.ts';
import { isSettled } from '../kernel/state.ts';
import type { RunState, StepState, Timer, WorkspaceState } from '../kernel/state.ts';
import { TIMERS } from '../kernel/timers.ts';
import { since } from '../kernel/versions.ts';

/** Characters of all previews that a restored state takes along. */
const MOST_PREVIEWED = 64 * 1024;

const EVERYTHING: Continuation = {
  step: null,
  limits: { turns: null, tokens: null, costMicros: null, durationMs: null },
  message: null,
  by: null,
};

/**
 * What the next execution would begin with; null where that is too much for any to begin with.
 *
 * Where all of it is, it goes without the parts of results that conditions have read which are decided: first those of steps
 * that have run; then also those of steps that were skipped, which are asked again when somebody goes on with the run.
 */
export function nextExecution(draft: Draft, plan: Plan): Envelope | null {
  const { state } = draft;
  const carried = carriedOf(swept(seal(draft).state), plan);
  const withSteps = (steps: Carried['steps']): Envelope => ({
    interpreter: state.interpreter,
    plan: travellingPlan(plan),
    epoch: ordinalOf(state),
    labels: state.labels,
    startedBy: state.startedBy,
    carry: { ...carried, steps } as unknown as JsonObject,
  });
  const withPartsReadBy = (isMeant: (status: StepState['status']) => boolean): Envelope => {
    const readers = planSteps(draft).filter(({ key }) => isMeant(stepOf(draft, key).status));
    return withSteps(withPartsOf(readByConditions(readers), carried.steps));
  };
  return firstThatTravels(state.inputs, [
    () => withSteps(carried.steps),
    () => withPartsReadBy((status) => status === 'skipped' || !isSettled(status)),
    () => withPartsReadBy((status) => !isSettled(status)),
  ]);
}

export function continueAsNew(draft: Draft, envelope: Envelope): void {
  note(draft, { type: 'continued_as_new' });
  close(draft, { type: 'continue', inputs: draft.state.inputs, envelope: envelope as unknown as Json });
}

/** The epoch as a number: an operator's start has none. Version 1 takes digits such as `1e400` for one. */
function ordinalOf(state: RunState): number {
  const { epoch } = state.run;
  if (!since(state, 'whole_epochs')) return Number(epoch) || 0;
  return /^\d{1,15}$/.test(epoch) ? Number(epoch) : 0;
}

/** A plan as it stands in an envelope: itself, or where it is large its name. */
export function travellingPlan(plan: Plan): Envelope['plan'] {
  const { name, version, hash } = plan;
  return jsonBytes(plan as unknown as Json) <= INLINE_PLAN_BYTES ? plan : { name, version, hash };
}

/** The state that a closed run can be continued from; null while it has no plan. */
export function checkpointOf(state: RunState): JsonObject | null {
  return state.plan === null ? null : (carriedOf(swept(state), state.plan) as unknown as JsonObject);
}

/**
 * The state of a checkpoint as it is handed to whoever goes on from there.
 *
 * @param ended the carry of the run's end, for a run that is set back in place: the directory that its steps share stays
 *   its own, and commands that have counted do not count again. null: another run begins with the state, and in a
 *   directory of its own
 * @param previews of results, by step, where the tables know more of them than the state
 * @param files what becomes of those in that directory
 */
export function restoredCarry(
  state: RunState,
  ended: JsonObject | null,
  previews: ReadonlyMap<Address, string> = new Map(),
  files: FilesChoice = 'restore',
): JsonObject | null {
  const bare = checkpointOf(state);
  if (bare === null) return null;
  const carry: JsonObject = { ...bare, steps: withPreviews(bare as unknown as Carried, state, previews) };
  if (ended === null) return { ...carry, workspace: travelling(workspaceOfFork(state, files)) };
  const { workspace = null, seen } = ended;
  const now = workspace as unknown as WorkspaceState | null;
  return {
    ...carry,
    workspace: travelling(workspaceSetBack(state, now, files)),
    seen: seen ?? carry['seen'] ?? [],
  };
}

const travelling = (workspace: WorkspaceState | null) => workspace as unknown as JsonObject | null;

/** The tables of another run, or branch, have no other way to them. Together they stay small beside the rest. */
function withPreviews(
  { steps }: Carried,
  state: RunState,
  previews: ReadonlyMap<Address, string>,
): JsonObject {
  const share = Math.floor(MOST_PREVIEWED / Math.max(1, Object.keys(steps).length));
  const shown = Object.entries(steps).map(([key, step]) => {
    const text = previews.get(key) ?? state.steps[key]?.result?.preview ?? '';
    const preview = previewOf(text, Math.min(share, PREVIEW_CHARS));
    return [key, step.result === undefined ? step : { ...step, result: { ...step.result, preview } }];
  });
  return Object.fromEntries(shown) as JsonObject;
}

function carriedOf(state: RunState, plan: Plan): Carried {
  const steps = Object.entries(state.steps).map(([address, step]) => [
    address,
    carriedStep(step, stepAt(plan, address)?.keep ?? []),
  ]);
  return {
    phase: state.phase,
    run: state.run,
    startedAt: state.startedAt,
    steps: Object.fromEntries(steps) as Carried['steps'],
    paused: state.paused,
    failure: state.failure,
    cancel: state.cancel,
    redirect: state.redirect,
    briefing: state.briefing,
    inbox: state.inbox,
    messageSeq: state.messageSeq,
    questions: state.questions,
    workspace: state.workspace,
    spent: state.spent,
    timers: lastingTimers(state),
    seen: state.seen,
    timerSeq: state.timerSeq,
    drain: null,
    nextDrainAt: 0,
    outputAttempt: state.outputAttempt,
    ...(state.scopes === undefined ? {} : { scopes: state.scopes }),
    ...(state.revision === undefined ? {} : { revision: state.revision }),
    ...(state.gained === undefined ? {} : { gained: state.gained }),
  };
}

/** A carry that somebody goes on from, without the parts of results that only conditions of steps that stay as they are had read. */
export function leanCarry(carry: JsonObject, plan: Plan, wanted: Continuation): JsonObject {
  const stood = upgrade(carry);
  const { of: fates } = fatesOf(plan, stood, wanted);
  const open = plan.steps.filter(({ key }) => fates.get(key) !== 'kept');
  return { ...carry, steps: withPartsOf(readByConditions(open), stood.steps) as unknown as JsonObject };
}

/** Timers that only concern the execution that ends stay behind. */
function lastingTimers(state: RunState): Record<string, Timer> {
  const lasting = Object.entries(state.timers).filter(([, timer]) => TIMERS[timer.for].stays !== true);
  return Object.fromEntries(lasting);
}

/** A step as it travels: without the inline copy of a stored result. */
export function carriedStep({ proposal, ...step }: StepState, keep: readonly Path[]): StepState {
  const carried = carriedEnd(step, keep);
  if (proposal === undefined || isSettled(step.status)) return carried;
  const { preview } = proposal.result;
  return {
    ...carried,
    proposal: { ...proposal, result: { ...carriedResult(proposal.result, keep), preview } },
  };
}

function carriedEnd(step: StepState, keep: readonly Path[]): StepState {
  if (step.result === undefined) return step;
  if (step.result.value === undefined || step.keep === undefined)
    return { ...step, result: carriedResult(step.result, keep) };
  // What an edited plan reads of a result that is here whole can be kept now.
  const { keep: _, ...rest } = step;
  return { ...rest, result: carriedResult(step.result, keep) };
}

/** Calls that were asked for in an epoch keep its keys in the next. */
function withKeys({ steps, run: { epoch } }: RunState): RunState['steps'] {
  const kept = Object.entries(steps).map(([key, step]) => {
    if (step.agent === undefined || step.agent.calls.length === 0) return [key, step] as const;
    const calls = step.agent.calls.map((call) => ({ epoch, ...call }));
    return [key, { ...step, agent: { ...step.agent, calls } }] as const;
  });
  return Object.fromEntries(kept);
}

/** What was done after a checkpoint has no part in what is done now: nothing keeps the keys of another epoch. */
function withoutKeys({ steps }: RunState): RunState['steps'] {
  return Object.fromEntries(Object.entries(steps).map(([key, step]) => [key, withoutKey(step)]));
}

function withoutKey(state: StepState): StepState {
  const { epoch: _, ...step } = state;
  if (step.agent === undefined) return step;
  const calls = step.agent.calls.map(({ epoch: __, ...call }) => call);
  return { ...step, agent: { ...step.agent, calls } };
}

/** Another run begins with the state. */
function isFork({ restored }: Continuation, runId: string): boolean {
  return restored !== undefined && restored.run !== runId;
}

function keysFor(state: RunState, { restored }: Continuation): RunState['steps'] {
  if (restored !== undefined) return withoutKeys(state);
  return since(state, 'known_tries') ? withKeys(state) : state.steps;
}

/** The state that a carry describes, still without its plan. @param runId of the run that goes on with it */
export function restore(envelope: Envelope, inputs: JsonObject, runId: string, now: number): RunState {
  const carried = upgrade(envelope.carry ?? {});
  const { interpreter, labels, startedBy } = envelope;
  const state = {
    ...carried,
    interpreter,
    labels,
    startedBy,
    inputs,
    plan: null,
    planSource: null,
    open: {},
    aborting: {},
    continuation: null,
    redirected: null,
    firstExecutionId: null,
  };
  if (envelope.base === undefined) return state;
  // A checkpoint of an execution that has closed: nothing of it is under way any more, and scopes begin anew.
  const own = withoutScopes(state);
  const wanted = envelope.continue ?? EVERYTHING;
  return {
    ...own,
    steps: keysFor(own, wanted),
    phase: 'loading',
    run: { ...carried.run, id: runId, epoch: String(envelope.epoch) },
    startedAt: isFork(wanted, runId) ? now : carried.startedAt,
    timers: {},
    continuation: wanted,
  };
}
