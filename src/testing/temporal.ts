/**
 * Temporal for one run: keeps its executions, has the core decide their workflow tasks, and writes the history that
 * Temporal would write. What happens to the run is {@link World}'s part.
 *
 * Every decision of the core must keep the invariants. A fold reads the history as it is written: after every task it must
 * have come to the same state, and have expected every event.
 */
import { readJson, writeJson } from '../plan/exact-json.ts';
import { NOTHING_SAID, type Recorded, type RecordedEvent } from '../projections/fold/recorded-event.ts';
import { playTask } from '../workflows/core/index.ts';
import type {
  Action,
  CloseAction,
  Command,
  Fact,
  Kinds,
  Note,
  RunState,
  ScheduleAction,
  Start,
  StartChildCommand,
} from '../workflows/core/index.ts';
import { Execution } from './execution.ts';
import type { Content } from './execution.ts';
import { FoldBeside } from './fold-beside.ts';
import { BrokenInvariant, checkDecisions, checkUnderway, freeze } from './invariants.ts';

export interface TemporalOptions {
  readonly runId?: string;
  /** ms since 1970: when the run begins. */
  readonly now?: number;
  /** From one event to the next. */
  readonly tickMs?: number;
  readonly continueSuggested?: (historyLength: number) => boolean;
  /** Forged arguments that nobody checks, as of version 1: no invariant need hold, and no fold reads the history. */
  readonly unchecked?: boolean;
  /** What steps there are; those of the product when left out. */
  readonly kinds?: Kinds | undefined;
}

export interface Begin {
  readonly args: readonly unknown[];
  readonly executionId?: string | undefined;
  readonly identity?: string;
  /** The execution that has continued as new as this one. */
  readonly continued?: Execution;
}

const OPERATOR = 'operator@desk';
export class Temporal {
  readonly runId: string;
  /** ms since 1970. */
  now: number;
  /** Executions of the run, one after the other. */
  readonly chain: Execution[] = [];
  /** Of all executions, as are these. */
  readonly notes: Note[] = [];
  readonly scheduled: ScheduleAction[] = [];
  readonly startedRuns: StartChildCommand[] = [];
  protected readonly fold: FoldBeside | null;
  /** After the last task, over the executions of a branch; null before the first. */
  protected decided: RunState | null = null;
  private readonly tickMs: number;
  private readonly isLong: (historyLength: number) => boolean;
  private readonly kinds: Kinds | undefined;

  constructor({
    runId = 'run-1',
    now = 1_000_000,
    tickMs = 10,
    continueSuggested,
    unchecked = false,
    kinds,
  }: TemporalOptions) {
    this.runId = runId;
    this.now = now;
    this.kinds = kinds;
    this.tickMs = tickMs;
    this.isLong = continueSuggested ?? (() => false);
    this.fold = unchecked ? null : new FoldBeside(runId, kinds);
  }

  /** The present one. */
  get execution(): Execution {
    const execution = this.chain.at(-1);
    if (execution === undefined) throw new Error('no execution has begun');
    return execution;
  }

  /** A worker takes up the workflow task: it looks at everything since the last one, and at these facts. */
  task(...facts: readonly Fact[]): this {
    const { execution } = this;
    if (execution.closed !== null) return this;
    for (const fact of facts) this.record(fact);
    const { eventId: historyLength } = this.beginTask();
    const before = execution.live;
    execution.points.push({ events: historyLength, live: before });
    const task = {
      start: startOf(this.runId, execution.events[0]),
      facts: freeze(before.facts).map((fact) => ({ fact })),
      at: { now: this.now, historyLength, continueSuggested: this.isLong(historyLength) },
      fromTask: (fact: Fact) => ({ fact }),
    };
    const played = playTask(before.hosted, task, this.kinds);
    const { state, underway, decisions, commands, notes, unread } = played;
    if (this.fold !== null) checkDecisions(before, decisions);
    this.decided = freeze(state);
    this.notes.push(...notes.map(({ note }) => note));
    execution.change({ hosted: { state, underway }, facts: unread.map(({ fact }) => fact) });
    const { eventId: completedBy } = this.add({ kind: 'task_completed' });
    this.fold?.expectState(state);
    for (const command of commands) this.carryOut(command, completedBy, decisions.at(-1)?.actions.at(-1));
    if (this.fold !== null && execution.closed === null) checkUnderway(execution.live, state);
    this.fold?.expectAgreement();
    return this;
  }

  /** A workflow task that comes to nothing. */
  failedTask(): this {
    if (this.execution.closed !== null) return this;
    this.beginTask();
    this.add({ kind: 'task_failed', reset: null });
    return this;
  }

  /** Adds an event to the present history. */
  add(content: Content): RecordedEvent {
    this.now += this.tickMs;
    const event = this.execution.add(content, this.now);
    this.fold?.apply(event);
    return event;
  }

  /** The worker may take up a task now. */
  protected taskIsDue(): void {}

  /** Begins an execution. */
  protected begin({ args, executionId, identity = 'api', continued }: Begin): this {
    const execution = this.beginExecution(executionId);
    const first = continued?.events[0] as Recorded<'started'> | undefined;
    this.add({
      kind: 'started',
      workflowType: 'test',
      args,
      identity,
      firstExecutionId: first?.firstExecutionId ?? execution.executionId,
      originalExecutionId: execution.executionId,
      continuedFrom: continued?.executionId ?? null,
      continuedByWorkflow: continued !== undefined,
    });
    this.taskIsDue();
    return this;
  }

  /** An execution without events. */
  protected beginExecution(executionId = this.nextExecutionId()): Execution {
    const execution = new Execution(executionId);
    this.chain.push(execution);
    this.fold?.begin(executionId);
    return execution;
  }

  /** Takes over an event of another execution. */
  protected copy(event: RecordedEvent): void {
    this.execution.events.push(event);
    this.fold?.apply(event);
  }

  /** The event that a fact comes from. The workflow is told in its next task. */
  protected record(fact: Fact, more: Partial<Content> = {}): void {
    this.add({ ...this.contentOf(fact), ...more } as Content);
    this.execution.tell(fact);
  }

  protected close(content: Pick<Recorded<'closed'>, 'status'> & Partial<Recorded<'closed'>>): void {
    this.add({ kind: 'closed', completedBy: null, ...NOTHING_SAID, ...content });
    this.fold?.endPage();
  }

  private nextExecutionId(): string {
    return `execution-${this.chain.length + 1}`;
  }

  private beginTask(): RecordedEvent {
    this.add({ kind: 'other' });
    const continueSuggested = this.isLong(this.execution.events.length + 1);
    return this.add({ kind: 'task_started', continueSuggested });
  }

  private contentOf(fact: Fact): Content {
    const { execution } = this;
    switch (fact.type) {
      case 'signal':
        return { kind: 'signaled', name: fact.name, payload: fact.payload, identity: OPERATOR };
      case 'cancel_requested':
        return { kind: 'cancel_requested', cause: null, identity: OPERATOR };
      case 'timer_fired':
        return { kind: 'timer_fired', startedEventId: execution.endTimer(fact.id) };
      case 'successor_started':
        return { kind: 'child_started', runId: fact.id, executionId: `${fact.id}-1`, workflowType: 'test' };
      case 'successor_refused':
        return { kind: 'child_refused', runId: fact.id, cause: fact.reason };
      default: {
        const scheduledEventId = execution.endActivity(fact.id);
        this.add({ kind: 'activity_started', scheduledEventId, identity: 'worker-1' });
        const { type: kind, id: _, ...said } = fact;
        return { kind, scheduledEventId, ...said } as Content;
      }
    }
  }

  private carryOut(command: Command, completedBy: number, last: Action | undefined): void {
    const { execution } = this;
    switch (command.type) {
      case 'schedule': {
        const { id: activityId, activity: activityType, queue } = command;
        const input = travelled(command.input);
        this.scheduled.push(command);
        const event = {
          kind: 'activity_scheduled',
          activityId,
          activityType,
          queue,
          input,
          completedBy,
        } as const;
        return execution.beginActivity(command, this.add(event).eventId);
      }
      case 'start_timer': {
        const { id, ms } = command;
        const dueAt = this.now + ms;
        return execution.beginTimer(id, dueAt, this.add({ kind: 'timer_started', ms, completedBy }).eventId);
      }
      case 'cancel_activity': {
        const scheduledEventId = execution.askToStop(command.id);
        return void this.add({ kind: 'activity_cancel_requested', scheduledEventId, completedBy });
      }
      case 'cancel_timer': {
        const startedEventId = execution.endTimer(command.id);
        return void this.add({ kind: 'timer_cancelled', startedEventId, completedBy });
      }
      case 'start_child': {
        const { id: runId, workflowType } = command;
        this.startedRuns.push(command);
        return void this.add({
          kind: 'child_initiated',
          runId,
          workflowType,
          args: travelled(command.args),
          completedBy,
        });
      }
      case 'close':
        return this.carryOutClose(command, completedBy, last as CloseAction);
    }
  }

  private carryOutClose(
    command: Extract<Command, { type: 'close' }>,
    completedBy: number,
    action: CloseAction,
  ): void {
    const { execution } = this;
    const { type: _, ...said } = travelled(command);
    if (command.status !== 'continued_as_new') {
      this.close({ ...said, completedBy });
      return execution.close(action);
    }
    if (execution.live.activities.size > 0)
      throw new BrokenInvariant('continued as new with open activities');
    this.close({ ...said, completedBy, successorId: this.nextExecutionId() });
    this.fold?.expectAgreement();
    execution.close(action);
    this.begin({ args: travelled(command.args), continued: execution });
  }
}

/** What travels is JSON: anything else would be lost on the way. */
export function travelled<T>(value: T): T {
  return readJson<T>(writeJson(value));
}

function startOf(runId: string, event: RecordedEvent | undefined): Start {
  if (event?.kind !== 'started') throw new Error('a history begins with the start');
  const { workflowType: workflow, firstExecutionId, args } = event;
  return { runId, workflow, firstExecutionId, inputs: args[0], envelope: args[1] };
}
