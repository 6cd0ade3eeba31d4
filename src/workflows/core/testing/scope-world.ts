/**
 * A world for steps that run scopes: a kind that runs its body once for each of so many items, and what must hold of
 * every state on the way.
 */
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { compareAddresses, keyOf, parentOf } from '../../../plan/address.ts';
import { readJson, writeJson } from '../../../plan/exact-json.ts';
import type { Json } from '../../../plan/json.ts';
import type { Plan, PlanBody, PlanStep } from '../../../plan/plan.ts';
import { INTERPRETER_VERSION } from '../../../protocol/envelope.ts';
import { advance, begin } from '../index.ts';
import type { Action, Advance, CloseAction, Fact, RunState, ScheduleAction } from '../index.ts';
import { checkpointOf } from '../run/carry.ts';
import { stepOf } from '../kernel/draft.ts';
import { stepError } from '../kernel/failures.ts';
import { kindsOf } from '../kernel/kind.ts';
import type { Kind } from '../kernel/kind.ts';
import { inlineResult } from '../kernel/results.ts';
import type { ScopeOwner } from '../kernel/scope-owner.ts';
import { swept } from '../kernel/scope.ts';
import { isSettled } from '../kernel/state.ts';
import { KINDS } from '../kinds/index.ts';
import { beginScopes, stopScopes } from '../steps/scopes.ts';
import { completeStep, failStep, reopenedTry } from '../steps/transitions.ts';
import { planOf, step } from './plans.ts';

/** A step that runs these steps for so many items. @param options of its body */
export function times(
  key: string,
  count: number,
  steps: readonly PlanStep[],
  options: Partial<Omit<PlanBody, 'steps'>> & { readonly dependencies?: readonly string[] } = {},
): PlanStep {
  const { dependencies = [], window = 5, ...part } = options;
  const { outputs, failure, scheduling, maxParallel, steps: placed } = planOf(steps, part);
  const body = { outputs, failure, scheduling, maxParallel, steps: placed, window };
  const spec = { kind: 'times' } as unknown as PlanStep['spec'];
  return step(key, dependencies, { title: String(count), body, spec });
}

/** Items are numbers; a body with `failure: fast` stops at the first that comes to no good end. */
const COUNTED: ScopeOwner = {
  next(draft, { key, title }) {
    const { begun = 0 } = stepOf(draft, key).tally ?? {};
    return begun < Number(title) ? { index: begun, item: { value: begun * 10 } } : null;
  },
  take(draft, step, { isGood }) {
    if (!isGood && step.body?.failure === 'fast') stopScopes(draft, step, `an item of ${step.key} failed`);
  },
  finish(draft, { key }) {
    const { begun = 0, good = 0, bad = 0 } = stepOf(draft, key).tally ?? {};
    if (bad === 0) completeStep(draft, key, inlineResult({ begun, good }));
    else failStep(draft, key, stepError('command_failed', `${bad} of ${begun} failed`, 1));
  },
};

/** It has nothing but scopes. */
const TIMES: Kind = {
  form: v.object({ kind: v.literal('times') }),
  own: 'tally',
  timeoutMs: 0,
  start(draft, step) {
    beginScopes(draft, step);
    return 'started';
  },
  answered: () => undefined,
  failed: () => undefined,
  interrupted: () => undefined,
  reopened: (_draft, state) => reopenedTry(state),
  scopes: COUNTED,
};
const WITH_TIMES = kindsOf({ ...KINDS.byName, times: TIMES });

class BrokenRule extends Error {}

function must(holds: boolean, rule: string): void {
  if (!holds) throw new BrokenRule(rule);
}

export class ScopeWorld {
  state!: RunState;
  closed: CloseAction | null = null;
  executions = 1;
  tasks = 0;
  /** Most bytes of a state, the plan aside. */
  bytes = 0;
  readonly open = new Map<string, ScheduleAction>();
  readonly timers = new Set<string>();
  readonly started: string[] = [];
  /** How each step ended, by its address: as whoever compares states sees it. */
  readonly ends = new Map<string, string>();
  /** Scopes in the order in which they were opened, and those that were seen to end. */
  readonly opened: string[] = [];
  readonly ended = new Set<string>();
  private events = 3;

  private readonly continueAfter: number;
  private readonly checkEvery: number;

  /**
   * @param continueAfter events of an execution from which on Temporal suggests to continue as new
   * @param checkEvery tasks between two looks at what takes long: the carry and the size
   */
  constructor(plan: Plan, continueAfter = Number.POSITIVE_INFINITY, checkEvery = 1) {
    this.continueAfter = continueAfter;
    this.checkEvery = checkEvery;
    this.begin({ interpreter: INTERPRETER_VERSION, plan, epoch: 0, labels: {}, startedBy: null });
  }

  /** One task with these facts. */
  task(...facts: readonly Fact[]): void {
    this.events += facts.length * 3 + 3;
    for (const fact of facts) {
      if (!('id' in fact)) continue;
      this.open.delete(fact.id);
      this.timers.delete(fact.id);
    }
    this.take(advance(this.state, facts, this.moment(), WITH_TIMES));
  }

  /** Lets the activities at these places end, of those that are open; without any a timer fires, or the first one ends well. */
  end(ends: readonly { readonly pick: number; readonly ok: boolean }[]): void {
    const facts = new Map<string, Fact>();
    for (const { pick, ok } of ends) {
      const id = [...this.open.keys()][pick % Math.max(1, this.open.size)];
      if (id !== undefined) facts.set(id, ok ? completed(id) : failed(id));
    }
    if (facts.size > 0) return this.task(...facts.values());
    const [timer] = this.timers;
    const [first] = this.open.keys();
    must(timer !== undefined || first !== undefined, 'a run that is not closed waits for something');
    this.task(timer === undefined ? completed(first ?? '') : { type: 'timer_fired', id: timer });
  }

  cancel(): void {
    this.task({ type: 'signal', name: 'cancel', payload: {} }, { type: 'cancel_requested' });
  }

  private begin(envelope: Json | object): void {
    const start = { runId: 'run', workflow: 'test', firstExecutionId: 'first', inputs: {}, envelope };
    this.take(begin(start, this.moment(), WITH_TIMES));
  }

  private moment() {
    return { now: 1_000, historyLength: this.events, continueSuggested: this.events > this.continueAfter };
  }

  private take({ state, actions }: Advance): void {
    const before = this.state as RunState | undefined;
    this.state = state;
    this.tasks += 1;
    this.compare(before, state);
    checkBounds(state);
    if (this.tasks % this.checkEvery === 0) this.checkSize(state);
    for (const action of actions) this.perform(action);
  }

  /** What changes between two states is seen once, and what is swept had ended before. */
  private compare(before: RunState | undefined, after: RunState): void {
    for (const [address, scope] of Object.entries(after.scopes ?? {})) {
      if (before?.scopes?.[address] === undefined) this.opened.push(address);
      if (scope.ended !== true) continue;
      must(!this.ended.has(address), `${address} ended twice`);
      this.ended.add(address);
    }
    for (const [address, scope] of Object.entries(before?.scopes ?? {})) {
      const isLeft = after.scopes?.[address] !== undefined;
      must(isLeft !== (scope.ended === true), `${address} is swept once it has ended, and not before`);
    }
    for (const [address, { status }] of Object.entries(after.steps)) {
      const former = before?.steps[address]?.status;
      if (former === status || !isSettled(status)) continue;
      must(!this.ends.has(address), `${address} settled twice`);
      this.ends.set(address, status);
    }
    for (const address of Object.keys(before?.steps ?? {}))
      must(after.steps[address] !== undefined || this.ends.has(address), `${address} is lost`);
  }

  private checkSize(state: RunState): void {
    checkCarry(state);
    const { plan: _, ...rest } = state;
    this.bytes = Math.max(this.bytes, writeJson(rest as unknown as Json).length);
  }

  private perform(action: Action): void {
    must(this.closed === null, 'nothing follows the end');
    switch (action.type) {
      case 'schedule':
        this.started.push(action.id);
        this.open.set(action.id, action);
        return;
      case 'start_timer':
        this.timers.add(action.id);
        return;
      case 'cancel_timer':
        this.timers.delete(action.id);
        return;
      case 'cancel_activity':
      case 'start_run':
        return;
      case 'continue':
        must(this.open.size === 0, 'continued as new with nothing open');
        this.timers.clear();
        this.events = 3;
        this.executions += 1;
        return this.begin(readJson(writeJson(action.envelope)) as object);
      default:
        this.closed = action;
    }
  }
}

/** Windows are kept, and a state holds no more than a window of what has ended beside what is open. */
function checkBounds({ plan, scopes = {}, steps }: RunState): void {
  const byOwner = new Map<string, { open: number; all: number }>();
  for (const [address, { ended }] of Object.entries(scopes)) {
    const owner = parentOf(address) ?? '';
    const count = byOwner.get(owner) ?? { open: 0, all: 0 };
    byOwner.set(owner, { open: count.open + (ended === true ? 0 : 1), all: count.all + 1 });
  }
  for (const [owner, { open, all }] of byOwner) {
    const window = windowOf(plan, owner);
    must(open <= window && all <= 2 * window, `the window of ${owner} is kept`);
    must(open === 0 || steps[owner]?.status === 'running', `${owner} runs while its scopes do`);
  }
}

function windowOf(plan: Plan | null, owner: string): number {
  const keys = owner.split('/').map(keyOf);
  let steps: readonly PlanStep[] = plan?.steps ?? [];
  let window = 0;
  for (const key of keys) {
    const body = steps.find((one) => one.key === key)?.body;
    [steps, window] = [body?.steps ?? [], body?.window ?? 0];
  }
  return window;
}

/** What is carried is what there is, once what has ended is swept. */
function checkCarry(state: RunState): void {
  const carry = checkpointOf(state);
  if (carry === null) return;
  const { scopes, steps } = readJson(writeJson(carry)) as unknown as RunState;
  const left = swept(state);
  must(isDeepStrictEqual(scopes, left.scopes), 'scopes are carried as they are');
  const statuses = (all: RunState['steps']) => Object.entries(all).map(([key, { status }]) => [key, status]);
  must(isDeepStrictEqual(statuses(steps), statuses(left.steps)), 'steps are carried as they are');
}

function completed(id: string): Fact {
  const result = { value: id, bytes: id.length + 2, preview: id };
  return { type: 'activity_completed', id, result: { result } };
}

function failed(id: string): Fact {
  const failure = { kind: 'application', type: 'command_failed', message: 'no', details: {} } as const;
  return { type: 'activity_failed', id, failure };
}

/** The addresses in their order. */
export function sorted(addresses: Iterable<string>): string[] {
  return [...addresses].sort(compareAddresses);
}
