/**
 * The state while one task is worked on: own copies of what changes, and the actions and notes so far.
 *
 * A draft lives inside one call of `begin` or `advance` and never leaves it; {@link seal} gives the next state.
 * Step states themselves are replaced, never changed, so an untouched step keeps its identity.
 */
import type { Address } from '../../../plan/address.ts';
import type { Action, Advance, CloseAction, Moment, ScheduleAction, Watch } from './contract.ts';
import type { Kinds } from './kind.ts';
import type { Note } from './notes.ts';
import { idOf, stepOfOwner } from './owners.ts';
import type { Owner } from './owners.ts';
import type { RunState, ScopeState, StepState, Timer } from './state.ts';
import type { TimerPurpose } from './timers.ts';
import { HEARTBEAT_MS } from './timeouts.ts';

export interface Draft {
  readonly at: Moment;
  readonly kinds: Kinds;
  /** null: nobody asks why. */
  readonly watch: Watch | null;
  state: RunState;
  readonly steps: Record<Address, StepState>;
  readonly open: Record<string, Owner>;
  readonly timers: Record<string, Timer>;
  /** In the order in which they were opened, so that outer ones come first. */
  readonly scopes: Record<Address, ScopeState>;
  readonly actions: Action[];
  readonly notes: Note[];
  /** Position of the fact at work, for notes. */
  cause: number | null;
  /** Bytes of the activity inputs scheduled in this task. */
  scheduledBytes: number;
  /** Bytes of the messages that agents were given in this task. */
  deliveredBytes: number;
  /** What evaluations in this task have cost so far. */
  evaluated: number;
  /** How many of its scopes have ended in this task, by step. */
  readonly ended: Map<Address, number>;
}

/** A note without its cause, which the draft knows. */
export type BareNote = Note extends infer N ? (N extends Note ? Omit<N, 'cause'> : never) : never;

export function draftOf(state: RunState, at: Moment, kinds: Kinds, watch: Watch | null = null): Draft {
  return {
    at,
    kinds,
    watch,
    state,
    steps: { ...state.steps },
    open: { ...state.open },
    timers: { ...state.timers },
    scopes: { ...state.scopes },
    actions: [],
    notes: [],
    cause: null,
    scheduledBytes: 0,
    deliveredBytes: 0,
    evaluated: 0,
    ended: new Map(),
  };
}

export function seal(draft: Draft): Advance {
  const { steps, open, timers, scopes } = draft;
  const inside = Object.keys(scopes).length === 0 ? {} : { scopes };
  const state = { ...draft.state, steps, open, timers, ...inside };
  return { state, actions: draft.actions, notes: draft.notes };
}

export function note(draft: Draft, bare: BareNote): void {
  draft.notes.push({ ...bare, cause: draft.cause });
}

export function change(draft: Draft, changes: Partial<RunState>): void {
  draft.state = { ...draft.state, ...changes };
}

/** The step's state; every step of the plan has one from the start, and every other from that of its scope. */
export function stepOf(draft: Draft, key: Address): StepState {
  const step = draft.steps[key];
  if (step === undefined) throw new Error(`no state for step ${key}`);
  return step;
}

export function changeStep(draft: Draft, key: Address, changes: Partial<StepState>): void {
  draft.steps[key] = { ...stepOf(draft, key), ...changes };
}

/** Dispatches an activity; answers its id. */
export function schedule(
  draft: Draft,
  owner: Owner,
  action: Omit<ScheduleAction, 'type' | 'id' | 'heartbeatMs'>,
): string {
  const id = idOf(owner);
  draft.open[id] = owner;
  draft.actions.push({ type: 'schedule', id, ...action, heartbeatMs: HEARTBEAT_MS });
  return id;
}

/** True while an activity of the step is under way. */
export function hasOpenActivity(draft: Draft, key: Address): boolean {
  for (const id in draft.open) if (isOf(draft.open[id], key)) return true;
  return false;
}

function isOf(owner: Owner | undefined, key: Address): boolean {
  return owner !== undefined && stepOfOwner(owner) === key;
}

/** The activities of the step that are under way. */
export function openIdsOf(draft: Draft, key: Address): readonly string[] {
  return Object.keys(draft.open).filter((id) => isOf(draft.open[id], key));
}

/** The steps that activities are under way of, each once, in the order in which these were dispatched. */
export function openSteps(draft: Draft): Set<Address> {
  const steps = new Set<Address>();
  for (const owner of Object.values(draft.open)) if ('step' in owner) steps.add(owner.step);
  return steps;
}

export function startTimer(
  draft: Draft,
  purpose: TimerPurpose,
  ms: number,
  summary: string,
  step: Address | null = null,
): string {
  const seq = draft.state.timerSeq + 1;
  change(draft, { timerSeq: seq });
  const id = `t${seq}`;
  const wait = Math.max(1, Math.ceil(ms));
  draft.timers[id] = { for: purpose, step, dueAt: draft.at.now + wait };
  draft.actions.push({ type: 'start_timer', id, ms: wait, summary });
  return id;
}

/**
 * Forgets a timer and has it cancelled. A timer that this very task started never reaches Temporal: its action is
 * taken back, since a command for it and its cancellation would cancel out there too.
 */
export function cancelTimer(draft: Draft, id: string): void {
  if (draft.timers[id] === undefined) return;
  delete draft.timers[id];
  const started = draft.actions.findIndex((action) => action.type === 'start_timer' && action.id === id);
  if (started >= 0) draft.actions.splice(started, 1);
  else draft.actions.push({ type: 'cancel_timer', id });
}

export function timersFor(draft: Draft, purpose: TimerPurpose, step: Address | null = null): string[] {
  return Object.keys(draft.timers).filter((id) => {
    const timer = draft.timers[id];
    return timer?.for === purpose && timer.step === step;
  });
}

/**
 * Asks an open activity to stop. One that this very task scheduled never reaches Temporal: its action is taken back.
 *
 * @returns false when nothing will come of it any more, so that the step has to be settled at once.
 */
export function cancelActivity(draft: Draft, id: string): boolean {
  const scheduled = draft.actions.findIndex((action) => action.type === 'schedule' && action.id === id);
  if (scheduled < 0) {
    draft.actions.push({ type: 'cancel_activity', id });
    return true;
  }
  draft.actions.splice(scheduled, 1);
  delete draft.open[id];
  return false;
}

/** Ends the execution. Whatever is still open in Temporal ends with it. */
export function close(draft: Draft, action: CloseAction): void {
  change(draft, { phase: 'closed' });
  draft.actions.push(action);
}
