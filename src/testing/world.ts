/**
 * A world for one run: what its activities answer, what people do to it, and how it goes on after an end.
 *
 * Nothing happens by itself. A test says what happens, and when a worker takes up the workflow task that this leads to
 * ({@link Temporal.task}); in a {@link QuickWorld} it does so at once. Once an execution has closed nothing more happens
 * in it. Activities are named by their ids, or by the keys of their steps.
 */
import { writeJson } from '../plan/exact-json.ts';
import type { Json, JsonObject } from '../plan/json.ts';
import type { Plan } from '../plan/plan.ts';
import type { StepActivityInput } from '../protocol/activity.ts';
import { INTERPRETER_VERSION } from '../protocol/envelope.ts';
import type { Continuation, Envelope } from '../protocol/envelope.ts';
import type { RawFailure } from '../protocol/failure.ts';
import type { Recorded, RecordedEvent } from '../projections/fold/recorded-event.ts';
import { stateAt } from '../projections/fold/state-at.ts';
import { checkpointOf, handedOver, KINDS, restoredCarry, runAnswered } from '../workflows/core/index.ts';
import type { Departure, Fact, RunState, ScheduleAction } from '../workflows/core/index.ts';
import type { Content, Execution } from './execution.ts';
import { foreseenBack } from './going-back.ts';
import type { Foreseen, GoingBack, Then } from './going-back.ts';
import type { Tables } from './tables.ts';
import { Temporal, travelled } from './temporal.ts';
import type { TemporalOptions } from './temporal.ts';

export interface WorldOptions extends TemporalOptions {
  /** Of the interpreter; the newest when left out. */
  readonly version?: number;
  readonly inputs?: Json;
  /** Arguments of the workflow as they are; made of plan and inputs when left out. */
  readonly args?: readonly unknown[];
  readonly executionId?: string;
}

export interface Reset {
  readonly reason?: string | null;
  readonly identity?: string;
  /** What was under way at the point is cut off; else it goes on. */
  readonly cutsOff?: boolean;
  /** What was said later is not said again. */
  readonly forgets?: boolean;
}

/** How Temporal ends an open execution as it starts another in its place. */
const REPLACED = ['TerminateIfRunning WorkflowIdReusePolicy', 'history-service'] as const;
/** Who terminates an open execution that is reset. */
const RESETTER = 'history-resetter';
const CUT_OFF: RawFailure = { kind: 'reset', message: 'reset' };

export class World extends Temporal {
  private readonly plan: Plan | null;
  private readonly options: WorldOptions;
  /** Continuations, restarts and resets so far. */
  private epoch: number;
  /** By number of the checkpoint. */
  private readonly pasts = new Map<number, Then>();

  /** @param plan null: an operator starts the workflow by hand */
  constructor(plan: Plan | null, options: WorldOptions = {}) {
    super(options);
    this.plan = plan;
    this.options = options;
    this.epoch = 0;
    this.begin({ args: options.args ?? this.argsOf(plan), executionId: options.executionId });
  }

  // What there is to see.

  /** The core's state after the last task. */
  get state(): RunState {
    if (this.decided === null) throw new Error('no task has been played');
    return this.decided;
  }

  get stateOrNull(): RunState | null {
    return this.decided;
  }

  /** What the closed run can be continued from; null: it cannot. */
  get checkpoint(): JsonObject | null {
    return this.decided === null ? null : checkpointOf(this.decided);
  }

  /** The present history. */
  get events(): RecordedEvent[] {
    return this.execution.events;
  }

  /** How the present execution has ended; null while it is open. */
  get closed(): Execution['closed'] {
    return this.execution.closed;
  }

  /** Activities under way, by their ids. */
  get open(): ReadonlyMap<string, ScheduleAction> {
    return new Map([...this.execution.live.activities].map(([id, { action }]) => [id, action]));
  }

  get openIds(): readonly string[] {
    return [...this.execution.live.activities.keys()];
  }

  get openKeys(): readonly string[] {
    return this.openIds.map((id) => id.split('#')[0] ?? '').sort();
  }

  /** Activities that were asked to stop. */
  get cancelling(): ReadonlySet<string> {
    const { activities } = this.execution.live;
    return new Set([...activities].flatMap(([id, { stopping }]) => (stopping ? [id] : [])));
  }

  /** When timers fire, by their ids. */
  get timers(): ReadonlyMap<string, number> {
    return new Map([...this.execution.live.timers].map(([id, { dueAt }]) => [id, dueAt]));
  }

  /** What the fold beside has written until now. */
  tables(): Tables {
    if (this.fold === null) throw new Error('no fold reads this history');
    this.fold.endPage();
    return this.fold.tables;
  }

  statuses(): Record<string, string> {
    return Object.fromEntries(Object.entries(this.state.steps).map(([key, step]) => [key, step.status]));
  }

  idOf(key: string): string {
    const id = this.openIds.find((open) => open === key || open.startsWith(`${key}#`));
    if (id === undefined) throw new Error(`no open activity of ${key}; open: ${this.openIds.join(', ')}`);
    return id;
  }

  /** What the newest activity of a step was given. */
  inputOf(key: string): StepActivityInput {
    const action = this.scheduled.findLast((one) => one.id.startsWith(`${key}#`));
    if (action === undefined) throw new Error(`${key} was never scheduled`);
    return action.input as StepActivityInput;
  }

  // What activities, timers and other runs answer.

  complete(key: string, value: Json = `${key} done`, more: object = {}): this {
    const result = { value, bytes: writeJson(value).length, preview: String(value) };
    return this.reply(key, { result, ...more });
  }

  /** Answers with these words. */
  reply(key: string, result: unknown): this {
    return this.answers(key, (id) => ({ type: 'activity_completed', id, result }));
  }

  fail(key: string, type = 'command_failed', details: unknown = {}): this {
    return this.failWith(key, { kind: 'application', type, message: `${key} said no`, details });
  }

  /** Its worker died. */
  lose(key: string): this {
    return this.failWith(key, { kind: 'timeout', timeout: 'HEARTBEAT', message: 'heartbeat timeout' });
  }

  failWith(key: string, failure: RawFailure): this {
    return this.answers(key, (id) => ({ type: 'activity_failed', id, failure }));
  }

  /** @param details what it said all the same */
  stop(key: string, details: unknown = null): this {
    return this.answers(key, (id) => ({ type: 'activity_cancelled', id, details }));
  }

  fire(id: string): this {
    return this.happens({ type: 'timer_fired', id });
  }

  /** The earliest timer fires. */
  fireNext(): this {
    const [next] = [...this.timers].sort(([, a], [, b]) => a - b);
    if (next === undefined) throw new Error('no timer is set');
    this.now = Math.max(this.now, next[1]);
    return this.fire(next[0]);
  }

  /** The other run that was asked for is there, or Temporal does not start it. @param refusal its name for why */
  answerRun(runId: string, refusal: string | null = null): this {
    const fact = runAnswered(runId, refusal);
    return this.happens(fact, refusal === null ? {} : { kind: 'child_refused', runId, cause: refusal });
  }

  // What people do, and Temporal for them.

  signal(name: string, payload?: unknown): this {
    return this.happens({ type: 'signal', name, payload });
  }

  requestCancel(cause: string | null = null): this {
    return this.happens({ type: 'cancel_requested' }, { cause } as Partial<Content>);
  }

  /** So much time goes by. */
  pass(ms: number): this {
    this.now += ms;
    return this;
  }

  /** Somebody, or Temporal, ends the execution without asking the workflow. */
  end(how: Pick<Recorded<'closed'>, 'status'> & Partial<Recorded<'closed'>>): this {
    if (this.closed !== null) return this;
    this.close(how);
    this.execution.close({ type: 'ended' });
    return this;
  }

  terminate(message: string | null = null, identity = 'ops@desk'): this {
    return this.end({ status: 'terminated', message, identity });
  }

  /** The closed run is started again under its id. */
  restart(plan = this.plan): this {
    this.beginBranch();
    this.decided = null;
    return this.begin({ args: this.argsOf(plan), identity: 'ops@desk' });
  }

  /** Somebody goes on with the closed run from where it ended. @param changes of the envelope */
  continueRun(wanted: Continuation, changes: Partial<Envelope> = {}): this {
    const { checkpoint: carry } = this;
    const { plan = null, inputs = {} } = this.decided ?? {};
    if (carry === null || plan === null) throw new Error('nobody knows the plan of this run');
    this.beginBranch();
    this.fold?.expectCheckpoint(travelled(carry));
    const envelope: Envelope = {
      ...this.envelopeOf(plan),
      carry,
      base: { executionId: this.execution.executionId, eventId: this.events.length },
      continue: wanted,
      ...changes,
    };
    return this.begin({ args: travelled([inputs, envelope]) });
  }

  /**
   * Somebody sets the closed run back to one of its checkpoints.
   *
   * @param from a step that is done anew @param changes of the envelope
   */
  restore(checkpoint: number, from: string | null = null, changes: Partial<Envelope> = {}): this {
    return this.depart(checkpoint, {}, from, changes);
  }

  /** The same, with what is other than it was there. */
  depart(
    checkpoint: number,
    departure: Departure,
    from: string | null = null,
    changes: Partial<Envelope> = {},
  ): this {
    const { args } = this.goingBack(
      { checkpoint, from, departure },
      { ended: this.checkpoint ?? {}, changes },
    );
    this.beginBranch();
    return this.beginAt(args);
  }

  /** The same with the open run: its execution ends, and the next begins at once. */
  replace(back: GoingBack): this {
    const { args } = this.goingBack(back, { ended: this.checkpoint ?? {} });
    this.terminate(...REPLACED).beginBranch();
    return this.beginAt(args);
  }

  /** What another run is started with that begins with the state of a checkpoint of this one. */
  forkArgs(checkpoint: number, departure: Departure = {}, from: string | null = null): readonly unknown[] {
    return this.goingBack({ checkpoint, from, departure }, { ended: null }).args;
  }

  foresee(back: GoingBack): Foreseen {
    return this.goingBack(back, { ended: null }).foreseen;
  }

  /** @param ended what the end of the run has left; null: another run begins */
  private goingBack(
    back: GoingBack,
    { ended, changes }: { readonly ended: JsonObject | null; readonly changes?: Partial<Envelope> },
  ): { readonly args: readonly unknown[]; readonly foreseen: Foreseen } {
    const then = this.stateOf(back.checkpoint);
    const { state, plan, wanted, fates, faults } = foreseenBack(this.runId, then, back);
    const envelope: Envelope = {
      ...this.envelopeOf(plan),
      interpreter: state.interpreter,
      epoch: ended === null ? 0 : this.epoch + 1,
      carry: restoredCarry(state, ended) ?? {},
      base: then.base,
      continue: wanted,
      ...changes,
    };
    const args = travelled([state.inputs, envelope]) as readonly unknown[];
    return { args, foreseen: { state, fates, faults } };
  }

  /** The run stands there from then on, before its first task too. */
  private beginAt(args: readonly unknown[]): this {
    const [inputs, envelope] = args;
    const start = { runId: this.runId, workflow: 'test', firstExecutionId: '', inputs, envelope };
    this.decided = handedOver(start, this.now, KINDS) ?? this.decided;
    return this.begin({ args });
  }

  private stateOf(checkpoint: number): Then {
    const known = this.pasts.get(checkpoint) ?? this.foldTo(checkpoint);
    this.pasts.set(checkpoint, known);
    return known;
  }

  private foldTo(checkpoint: number): Then {
    const { execution_id: executionId = '', event_id: eventId = 0 } =
      this.tables().checkpoints[checkpoint - 1] ?? {};
    const base = { executionId, eventId };
    const { events = [] } = this.chain.find((one) => one.executionId === executionId) ?? {};
    const then = stateAt(this.runId, events, base);
    if (then === null || then.state.plan === null) throw new Error(`there is no checkpoint ${checkpoint}`);
    return { ...then, plan: then.state.plan, base };
  }

  /** A further execution begins the n-th completed task of the present one anew. */
  reset(task: number, how: Reset = {}): this {
    const { reason = null, identity = 'ops@desk', cutsOff = false, forgets = false } = how;
    const { execution: former } = this;
    const point = former.points[task];
    if (point === undefined) throw new Error(`there is no task ${task}`);
    this.terminate(null, RESETTER);
    this.beginBranch();
    const execution = this.beginExecution();
    execution.live = point.live;
    execution.points.push(...former.points.slice(0, task));
    for (const event of former.events.slice(0, point.events)) this.copy(event);
    this.decided = point.live.hosted.state;
    const { executionId: newExecutionId } = execution;
    this.add({ kind: 'task_failed', reset: { newExecutionId, reason, identity } });
    if (cutsOff)
      for (const id of this.openIds) this.record({ type: 'activity_failed', id, failure: CUT_OFF });
    const later = forgets ? [] : former.events.slice(point.events);
    for (const event of later) {
      if (event.kind === 'signaled')
        this.record({ type: 'signal', name: event.name, payload: event.payload });
    }
    this.taskIsDue();
    return this;
  }

  private answers(key: string, factOf: (id: string) => Fact): this {
    return this.closed === null ? this.happens(factOf(this.idOf(key))) : this;
  }

  private happens(fact: Fact, more: Partial<Content> = {}): this {
    if (this.closed !== null) return this;
    this.record(fact, more);
    this.taskIsDue();
    return this;
  }

  private beginBranch(): void {
    if (this.closed === null) throw new Error('the run is open');
    this.epoch += 1;
  }

  private argsOf(plan: Plan | null): readonly unknown[] {
    const inputs = this.options.inputs ?? {};
    return plan === null ? [inputs] : [inputs, this.envelopeOf(plan)];
  }

  /** As Baton starts a run of the plan. */
  private envelopeOf(plan: Plan): Envelope {
    const interpreter = this.decided?.interpreter ?? this.options.version ?? INTERPRETER_VERSION;
    return { interpreter, plan, epoch: this.epoch, labels: {}, startedBy: 'ann' };
  }
}

/** A world in which a worker takes up every task at once, and no time goes by but by timers. */
export class QuickWorld extends World {
  constructor(plan: Plan | null, options: WorldOptions = {}) {
    super(plan, { tickMs: 0, ...options });
  }

  protected override taskIsDue(): void {
    this.task();
  }
}
