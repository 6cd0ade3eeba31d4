/**
 * A world for the core: holds its open activities and timers, lets them end in an order of the test's choosing, and
 * checks on the way what must hold at every moment.
 */
import { isDeepStrictEqual } from 'node:util';
import { readJson, writeJson } from '../../../plan/exact-json.ts';
import type { Json, JsonObject } from '../../../plan/json.ts';
import type { Plan } from '../../../plan/plan.ts';
import type { StepActivityInput } from '../../../protocol/activity.ts';
import { INTERPRETER_VERSION } from '../../../protocol/envelope.ts';
import type { Continuation, Envelope } from '../../../protocol/envelope.ts';
import type { RawFailure } from '../../../protocol/failure.ts';
import { advance, begin } from '../index.ts';
import type {
  Action,
  Advance,
  CloseAction,
  Fact,
  Kinds,
  Note,
  RunState,
  ScheduleAction,
  StartRunAction,
} from '../index.ts';

export interface WorldOptions {
  /** Of the interpreter; the newest when left out. */
  readonly version?: number;
  readonly inputs?: Json;
  /** What steps there are. @default those of the product */
  readonly kinds?: Kinds;
  readonly continueSuggested?: (executionEvents: number) => boolean;
}

/** Thrown when the core breaks a rule that holds always. */
class BrokenInvariant extends Error {}

/** Agents at work go on while a pause waits for the end of their step. */
function isTurn({ activity }: ScheduleAction, { paused }: RunState): boolean {
  if (paused?.mode === 'after_turn') return activity === 'tool';
  return paused?.mode === 'after_step' && (activity === 'agent' || activity === 'tool');
}

export class Simulator {
  state!: RunState;
  now = 1_000_000;
  events = 3;
  executions = 1;
  closed: CloseAction | null = null;
  readonly notes: Note[] = [];
  readonly scheduled: ScheduleAction[] = [];
  readonly open = new Map<string, ScheduleAction>();
  readonly cancelling = new Set<string>();
  readonly startedRuns: StartRunAction[] = [];
  readonly timers = new Map<string, number>();
  private readonly options: WorldOptions;

  constructor(plan: Plan | null, options: WorldOptions = {}) {
    this.options = options;
    const envelope: Envelope | undefined =
      plan === null ? undefined : { interpreter: this.version, plan, epoch: 0, labels: {}, startedBy: null };
    this.start(options.inputs ?? {}, envelope);
  }

  /** A world in which a workflow was started with these arguments. */
  static from(inputs: unknown, envelope: unknown, firstExecutionId = 'first'): Simulator {
    const world = Object.create(Simulator.prototype) as Simulator;
    Object.assign(world, new Simulator(null));
    world.open.clear();
    world.scheduled.length = 0;
    world.start(inputs, envelope, firstExecutionId);
    return world;
  }

  private get version(): number {
    return this.options.version ?? INTERPRETER_VERSION;
  }

  private start(inputs: unknown, envelope: unknown, firstExecutionId = 'first'): void {
    const start = { runId: 'run', workflow: 'test', firstExecutionId, inputs, envelope };
    this.take(begin(start, this.moment(), this.options.kinds));
  }

  /** One workflow task with these facts. */
  task(...facts: readonly Fact[]): this {
    this.events += facts.length + 3;
    for (const fact of facts) {
      if (fact.type.startsWith('activity_') && 'id' in fact) {
        this.open.delete(fact.id);
        this.cancelling.delete(fact.id);
      }
      if (fact.type === 'timer_fired') this.timers.delete(fact.id);
    }
    const before = structuredClone(this.state);
    const next = advance(this.state, facts, this.moment(), this.options.kinds);
    if (!isDeepStrictEqual(before, this.state))
      throw new BrokenInvariant('the core changed a state it was given');
    const again = advance(this.state, facts, this.moment(), this.options.kinds);
    if (!isDeepStrictEqual(again, next))
      throw new BrokenInvariant('the core is not a function of its arguments');
    this.take(next);
    return this;
  }

  complete(key: string, value: Json = `${key} done`): this {
    const bytes = writeJson(value).length;
    const result = { result: { value, bytes, preview: String(value) } };
    return this.task({ type: 'activity_completed', id: this.idOf(key), result });
  }

  fail(key: string, type = 'command_failed', details: unknown = {}): this {
    const failure: RawFailure = { kind: 'application', type, message: `${key} said no`, details };
    return this.task({ type: 'activity_failed', id: this.idOf(key), failure });
  }

  lose(key: string): this {
    const failure: RawFailure = { kind: 'timeout', timeout: 'HEARTBEAT', message: 'heartbeat' };
    return this.task({ type: 'activity_failed', id: this.idOf(key), failure });
  }

  signal(name: string, payload?: unknown): this {
    return this.task({ type: 'signal', name, payload });
  }

  /** Lets the earliest timer fire. */
  fireNext(): this {
    const [next] = [...this.timers].sort(([, a], [, b]) => a - b);
    if (next === undefined) throw new Error('no timer is set');
    this.now = Math.max(this.now, next[1]);
    return this.task({ type: 'timer_fired', id: next[0] });
  }

  stopped(key: string, details: unknown = null): this {
    return this.task({ type: 'activity_cancelled', id: this.idOf(key), details });
  }

  idOf(key: string): string {
    const id = [...this.open.keys()].find((open) => open === key || open.startsWith(`${key}#`));
    if (id === undefined)
      throw new Error(`no open activity of ${key}; open: ${[...this.open.keys()].join(', ')}`);
    return id;
  }

  get openKeys(): string[] {
    return [...this.open.keys()].map((id) => id.split('#')[0] ?? '').sort();
  }

  statuses(): Record<string, string> {
    return Object.fromEntries(Object.entries(this.state.steps).map(([key, step]) => [key, step.status]));
  }

  inputOf(key: string): StepActivityInput {
    const action = this.scheduled.findLast((one) => one.id.startsWith(`${key}#`));
    if (action === undefined) throw new Error(`${key} was never scheduled`);
    return action.input as StepActivityInput;
  }

  /** Somebody ends the execution without asking the workflow. */
  terminated(): this {
    this.closed = { type: 'cancelled', message: 'terminated', requested: false, reason: 'cancelled' };
    this.open.clear();
    this.timers.clear();
    return this;
  }

  /** The closed run goes on from its checkpoint. */
  reopen(plan: Plan, carry: JsonObject | null, wanted: Continuation): this {
    if (this.closed === null || carry === null) throw new Error('only a closed run can be reopened');
    this.closed = null;
    this.executions += 1;
    this.open.clear();
    this.timers.clear();
    const envelope = {
      ...{ interpreter: this.version, plan, epoch: this.executions, labels: {}, startedBy: null },
      ...{ carry, base: { executionId: 'e', eventId: 1 }, continue: wanted },
    };
    this.start(this.options.inputs ?? {}, readJson(writeJson(envelope)));
    return this;
  }

  private moment() {
    const suggested = this.options.continueSuggested?.(this.events) ?? false;
    return { now: this.now, historyLength: this.events, continueSuggested: suggested };
  }

  private take(next: Advance): void {
    this.state = next.state;
    this.notes.push(...next.notes);
    for (const action of next.actions) this.perform(action);
    const known = Object.keys(this.state.open);
    // What did not stop in its grace time is given up, while a successor is waited for.
    const gone = this.state.phase === 'cancelling' ? known : [...this.open.keys()];
    const agrees = isDeepStrictEqual(known.sort(), gone.sort()) && known.every((id) => this.open.has(id));
    if (!agrees && this.closed === null) {
      throw new BrokenInvariant('what the core believes open is not what is open');
    }
  }

  private perform(action: Action): void {
    this.events += 1;
    if (this.closed !== null) throw new BrokenInvariant(`action ${action.type} after the end`);
    switch (action.type) {
      case 'schedule':
        if (this.state.paused !== null && action.activity !== 'plan' && !isTurn(action, this.state))
          throw new BrokenInvariant('dispatched while paused');
        if (this.open.has(action.id)) throw new BrokenInvariant(`${action.id} is open already`);
        this.open.set(action.id, action);
        this.scheduled.push(action);
        return;
      case 'start_timer':
        this.timers.set(action.id, this.now + action.ms);
        return;
      case 'cancel_timer':
        if (!this.timers.delete(action.id)) throw new BrokenInvariant(`timer ${action.id} was not set`);
        return;
      case 'cancel_activity':
        if (!this.open.has(action.id)) throw new BrokenInvariant(`${action.id} is not open`);
        this.cancelling.add(action.id);
        return;
      case 'start_run':
        this.startedRuns.push(action);
        return;
      case 'continue':
        return this.continueAsNew(action);
      default:
        this.closed = action;
    }
  }

  private continueAsNew(action: Extract<CloseAction, { type: 'continue' }>): void {
    if (this.open.size > 0) throw new BrokenInvariant('continued as new with open activities');
    this.timers.clear();
    this.events = 3;
    this.executions += 1;
    // What travels is JSON: anything else would be lost on the way.
    this.start(readJson(writeJson(action.inputs)), readJson(writeJson(action.envelope)));
  }
}
