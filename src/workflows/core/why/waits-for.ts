/**
 * What a step waits for, in a state as it stands: asked of the functions that decide when it starts.
 *
 * Nothing is changed. A step that is settled, or that the run does not have, waits for nothing.
 */
import type { Address } from '../../../plan/address.ts';
import type { PlanStep } from '../../../plan/plan.ts';
import { draftOf, openIdsOf, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import type { Kinds } from '../kernel/kind.ts';
import { scopeAround, specAt } from '../kernel/scope.ts';
import type { Scope } from '../kernel/scope.ts';
import { isSettled } from '../kernel/state.ts';
import type { RunState, StepState, StepStatus } from '../kernel/state.ts';
import { KINDS } from '../kinds/index.ts';
import { openLevel, readinessOf } from '../run/readiness.ts';
import { Rooms } from '../run/rooms.ts';
import { workspaceFor } from '../steps/workspace.ts';

/** Times are ms since 1970. */
export type Wait =
  /** Steps that it depends on have not settled. */
  | { readonly for: 'dependencies'; readonly steps: readonly Unsettled[] }
  /** Somebody holds it. */
  | { readonly for: 'hold'; readonly by: string | null; readonly reason: string | null }
  /** Its level (`scheduling: level`) is not open yet: these come before. */
  | { readonly for: 'level'; readonly steps: readonly Unsettled[] }
  /** So many steps are open, and no more may be. */
  | { readonly for: 'window'; readonly open: number; readonly most: number }
  /** A step runs alone, or is to run alone next. null: it is to be alone itself, and others are open. */
  | { readonly for: 'alone'; readonly step: Address | null }
  /** The workspace is being made. */
  | { readonly for: 'workspace' }
  | { readonly for: 'pause'; readonly by: string | null; readonly reason: string | null }
  /** The delay before its next try; null: a pause has stopped the clock. */
  | { readonly for: 'retry'; readonly until: number | null }
  /** It is a step that lasts until then; null as above. */
  | { readonly for: 'time'; readonly until: number | null }
  /** Questions that people have not answered. */
  | { readonly for: 'people'; readonly questions: readonly string[] }
  /** What workers do for it, or have yet to take up. */
  | { readonly for: 'work'; readonly activities: readonly string[] }
  /** The run goes on in a new execution, or in its next task: nothing starts meanwhile. */
  | { readonly for: 'next_task' }
  /** The run is stopping. */
  | { readonly for: 'end' };

interface Unsettled {
  readonly step: Address;
  readonly status: StepStatus;
}

/** @param now ms since 1970: when it was so */
export function waitsFor(
  state: RunState,
  address: Address,
  now: number,
  kinds: Kinds = KINDS,
): readonly Wait[] {
  const known = state.steps[address];
  if (known === undefined || isSettled(known.status) || state.phase === 'closed') return [];
  const draft = draftOf(state, { now, historyLength: 0, continueSuggested: false }, kinds);
  const step = specAt(draft, address);
  if (step === undefined) return [];
  const own = [...pauseOf(state), ...clocksOf(state, address), ...peopleOf(state, address)];
  const activities = openIdsOf(draft, address);
  if (activities.length > 0) own.push({ for: 'work', activities });
  if (state.phase === 'cancelling') own.push({ for: 'end' });
  else if (known.status === 'pending') own.push(...startOf(draft, step));
  else if (known.held !== undefined) own.push(holdOf(known.held));
  return own;
}

/** What keeps a step that has not begun from starting; empty: nothing, it starts in the next task. */
function startOf(draft: Draft, step: PlanStep): readonly Wait[] {
  const { held } = stepOf(draft, step.key);
  const unsettled = unsettledOf(draft, step.dependencies);
  const readiness = readinessOf(draft, step);
  if (readiness.kind === 'blocked')
    return [
      ...(held === undefined ? [] : [holdOf(held)]),
      ...(unsettled.length > 0 ? [{ for: 'dependencies', steps: unsettled } as const] : []),
    ];
  if (draft.state.drain !== null || readiness.kind !== 'ready') return [{ for: 'next_task' }];
  const scope = scopeAround(draft, step.key);
  const level = openLevel(draft, scope);
  if (step.level > level) {
    const before = scope.part.steps.filter((one) => one.level <= level).map(({ key }) => key);
    return [{ for: 'level', steps: unsettledOf(draft, before) }];
  }
  const room = roomFor(draft, step, scope);
  if (room !== null) return [room];
  if (draft.state.paused !== null) return [];
  return workspaceFor(draft, step) === 'wait' ? [{ for: 'workspace' }] : [{ for: 'next_task' }];
}

function roomFor(draft: Draft, step: PlanStep, scope: Scope): Wait | null {
  const rooms = new Rooms(draft);
  const obstacle = rooms.obstacle(scope);
  if (obstacle !== null)
    return 'alone' in obstacle ? { for: 'alone', step: obstacle.alone } : { for: 'window', ...obstacle };
  if (rooms.isEmpty(scope)) return null;
  if (!step.parallel) return { for: 'alone', step: null };
  const before = scope.part.steps.slice(
    0,
    scope.part.steps.findIndex(({ key }) => key === step.key),
  );
  const next = before.find((one) => !one.parallel && isReady(draft, one));
  return next === undefined ? null : { for: 'alone', step: next.key };
}

function isReady(draft: Draft, step: PlanStep): boolean {
  return stepOf(draft, step.key).status === 'pending' && readinessOf(draft, step).kind === 'ready';
}

function unsettledOf(draft: Draft, keys: readonly Address[]): readonly Unsettled[] {
  const states = keys.map((step) => ({ step, status: stepOf(draft, step).status }));
  return states.filter(({ status }) => !isSettled(status));
}

const holdOf = ({ by, reason }: NonNullable<StepState['held']>): Wait => ({ for: 'hold', by, reason });

function pauseOf({ paused }: RunState): Wait[] {
  return paused === null ? [] : [{ for: 'pause', by: paused.by, reason: paused.reason }];
}

/** Clocks that the step itself has set, those too that a pause has stopped. */
function clocksOf({ timers, paused }: RunState, address: Address): readonly Wait[] {
  const running = Object.values(timers).map(({ dueAt: until, ...timer }) => ({ ...timer, until }));
  const frozen = (paused?.frozen ?? []).map((timer) => ({ ...timer, until: null }));
  return [...running, ...frozen].flatMap(({ for: purpose, step, until }): Wait[] => {
    if (step !== address) return [];
    if (purpose === 'wait') return [{ for: 'time', until }];
    return purpose === 'retry' || purpose === 'tool' ? [{ for: 'retry', until }] : [];
  });
}

function peopleOf({ questions }: RunState, address: Address): readonly Wait[] {
  const open = Object.values(questions).filter(({ step }) => step === address);
  return open.length === 0 ? [] : [{ for: 'people', questions: open.map(({ id }) => id) }];
}
