/**
 * A history as Temporal would write it for a Baton workflow: hosts the core, and turns its actions into the events that
 * follow. For tests; what real servers write is tested with recorded histories.
 */
import { writeJson } from '../../../plan/exact-json.ts';
import type { Json } from '../../../plan/json.ts';
import type { Plan } from '../../../plan/plan.ts';
import type { RawFailure } from '../../../protocol/failure.ts';
import { advance, begin } from '../../../workflows/core/index.ts';
import type { Action, Advance, Fact, Kinds, RunState } from '../../../workflows/core/index.ts';
import type { RecordedEvent } from '../recorded-event.ts';
import { INTERPRETER_VERSION } from '../../../protocol/envelope.ts';

type Content = RecordedEvent extends infer E
  ? E extends RecordedEvent
    ? Omit<E, 'eventId' | 'type' | 'timeMs'>
    : never
  : never;

export interface FakeStart {
  readonly runId?: string;
  readonly executionId?: string;
  readonly identity?: string;
  readonly continuedFrom?: string;
  readonly args?: readonly unknown[];
  /** What steps there are. @default those of the product */
  readonly kinds?: Kinds;
}

/** As Baton starts a run of the plan. */
export const envelopeOf = (plan: Plan) => ({
  interpreter: INTERPRETER_VERSION,
  plan,
  epoch: 0,
  labels: {},
  startedBy: 'ann',
});

export class FakeHistory {
  readonly events: RecordedEvent[] = [];
  readonly runId: string;
  readonly executionId: string;
  state: RunState | null = null;
  #now: number;
  #facts: Fact[] = [];
  readonly #args: readonly unknown[];
  readonly #kinds: Kinds | undefined;
  readonly #activities = new Map<string, number>();
  readonly #timers = new Map<string, number>();

  constructor(plan: Plan | null, start: FakeStart = {}, now = 1_000_000) {
    this.#now = now;
    this.runId = start.runId ?? 'run-1';
    this.executionId = start.executionId ?? 'execution-1';
    this.#kinds = start.kinds;
    this.#args = start.args ?? (plan === null ? [{}] : [{}, envelopeOf(plan)]);
    this.add({
      kind: 'started',
      workflowType: 'test',
      args: this.#args,
      identity: start.identity ?? 'api',
      firstExecutionId: this.executionId,
      originalExecutionId: this.executionId,
      continuedFrom: start.continuedFrom ?? null,
      continuedByWorkflow: start.continuedFrom !== undefined,
    });
  }

  /** Ids of the activities under way. */
  get open(): readonly string[] {
    return Object.keys(this.state?.open ?? {});
  }

  get now(): number {
    return this.#now;
  }

  /** So much time goes by. */
  pass(ms: number): this {
    this.#now += ms;
    return this;
  }

  /** Adds an event, 10 ms after the one before. Answers its id. */
  add(content: Content): number {
    const eventId = this.events.length + 1;
    this.#now += 10;
    this.events.push({
      eventId,
      type: content.kind.toUpperCase(),
      timeMs: this.#now,
      ...content,
    } as RecordedEvent);
    return eventId;
  }

  /** A workflow task that looks at everything since the last one. */
  task(continueSuggested = false): this {
    this.add({ kind: 'other' });
    const startedId = this.add({ kind: 'task_started', continueSuggested });
    const at = { now: this.#now, historyLength: startedId, continueSuggested };
    const completedId = this.add({ kind: 'task_completed' });
    const answers: Advance[] = [];
    if (this.state === null) {
      const start = { runId: this.runId, workflow: 'test', firstExecutionId: this.executionId };
      answers.push(begin({ ...start, inputs: this.#args[0], envelope: this.#args[1] }, at, this.#kinds));
      this.state = answers[0]?.state ?? null;
    }
    const facts = this.#facts.splice(0);
    if (this.state !== null && facts.length > 0) answers.push(advance(this.state, facts, at, this.#kinds));
    this.state = answers.at(-1)?.state ?? this.state;
    for (const action of answers.flatMap((answer) => answer.actions)) this.#perform(action, completedId);
    return this;
  }

  /** A workflow task that comes to nothing. */
  failedTask(): this {
    this.add({ kind: 'other' });
    this.add({ kind: 'task_started', continueSuggested: false });
    this.add({ kind: 'task_failed', reset: null });
    return this;
  }

  complete(id: string, value: Json = `${id} done`, more: object = {}): this {
    const bytes = writeJson(value).length;
    return this.reply(id, { result: { value, bytes, preview: String(value) }, ...more });
  }

  /** Answers with these words. */
  reply(id: string, result: unknown): this {
    const scheduledEventId = this.#begun(id);
    this.add({ kind: 'activity_completed', scheduledEventId, result });
    return this.#fact({ type: 'activity_completed', id, result });
  }

  /** Its worker died. */
  lose(id: string): this {
    const failure: RawFailure = { kind: 'timeout', timeout: 'HEARTBEAT', message: 'heartbeat timeout' };
    const scheduledEventId = this.#begun(id);
    this.add({ kind: 'activity_failed', scheduledEventId, failure });
    return this.#fact({ type: 'activity_failed', id, failure });
  }

  fail(id: string, type = 'command_failed', details: unknown = {}): this {
    const failure: RawFailure = { kind: 'application', type, message: `${id} said no`, details };
    const scheduledEventId = this.#begun(id);
    this.add({ kind: 'activity_failed', scheduledEventId, failure });
    return this.#fact({ type: 'activity_failed', id, failure });
  }

  /** @param details what it said all the same */
  stop(id: string, details: unknown = null): this {
    const scheduledEventId = this.#begun(id);
    this.add({ kind: 'activity_cancelled', scheduledEventId, details });
    return this.#fact({ type: 'activity_cancelled', id, details });
  }

  /** The other run that was asked for is there. */
  startRun(runId: string, executionId = `${runId}-execution-1`): this {
    this.add({ kind: 'child_started', runId, executionId, workflowType: 'test' });
    return this.#fact({ type: 'successor_started', id: runId });
  }

  /** Temporal does not start it. */
  refuseRun(runId: string, cause: string): this {
    this.add({ kind: 'child_refused', runId, cause });
    const exists = cause === 'WORKFLOW_ALREADY_EXISTS';
    return this.#fact(
      exists
        ? { type: 'successor_started', id: runId }
        : { type: 'successor_refused', id: runId, reason: cause },
    );
  }

  fire(id: string): this {
    this.add({ kind: 'timer_fired', startedEventId: this.#timers.get(id) ?? 0 });
    return this.#fact({ type: 'timer_fired', id });
  }

  signal(name: string, payload?: unknown, identity = 'operator@desk'): this {
    this.add({ kind: 'signaled', name, payload, identity });
    return this.#fact({ type: 'signal', name, payload });
  }

  requestCancel(cause: string, identity = 'operator@desk'): this {
    this.add({ kind: 'cancel_requested', cause, identity });
    return this.#fact({ type: 'cancel_requested' });
  }

  close(content: Partial<Extract<Content, { kind: 'closed' }>>): this {
    this.add({
      kind: 'closed',
      status: 'completed',
      completedBy: null,
      result: undefined,
      failureType: null,
      message: null,
      identity: null,
      args: [],
      successorId: null,
      ...content,
    });
    return this;
  }

  #begun(id: string): number {
    const scheduledEventId = this.#activities.get(id) ?? 0;
    this.add({ kind: 'activity_started', scheduledEventId, identity: 'worker-1' });
    return scheduledEventId;
  }

  #fact(fact: Fact): this {
    this.#facts.push(fact);
    return this;
  }

  #perform(action: Action, completedBy: number): void {
    switch (action.type) {
      case 'schedule': {
        const { id: activityId, activity: activityType, queue, input } = action;
        const what = { activityId, activityType, queue, input };
        const event = { kind: 'activity_scheduled', ...what, completedBy } as const;
        this.#activities.set(activityId, this.add(event));
        return;
      }
      case 'start_timer':
        this.#timers.set(action.id, this.add({ kind: 'timer_started', ms: action.ms, completedBy }));
        return;
      case 'cancel_activity': {
        const scheduledEventId = this.#activities.get(action.id) ?? 0;
        this.add({ kind: 'activity_cancel_requested', scheduledEventId, completedBy });
        return;
      }
      case 'cancel_timer':
        this.add({
          kind: 'timer_cancelled',
          startedEventId: this.#timers.get(action.id) ?? 0,
          completedBy,
        });
        return;
      case 'start_run': {
        const { id: runId, workflow: workflowType, inputs, envelope } = action;
        this.add({ kind: 'child_initiated', runId, workflowType, args: [inputs, envelope], completedBy });
        return;
      }
      case 'complete':
        this.close({ status: 'completed', completedBy, result: action.output });
        return;
      case 'fail':
        this.close({ status: 'failed', completedBy, failureType: action.reason, message: action.message });
        return;
      case 'cancelled': {
        const failed = { status: 'failed', failureType: action.reason, message: action.message } as const;
        this.close({ completedBy, ...(action.requested ? { status: 'cancelled' } : failed) });
        return;
      }
      case 'continue':
        this.close({
          status: 'continued_as_new',
          completedBy,
          args: [action.inputs, action.envelope],
          successorId: 'execution-2',
        });
    }
  }
}
