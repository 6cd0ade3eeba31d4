/**
 * The fold of one execution: hosts the core as the workflow's shell does, fed from history.
 *
 * The facts of a workflow task are what was recorded before its STARTED and no earlier COMPLETED task has consumed;
 * failed and timed-out tasks consume nothing. Where history shows something else than the core decided, the first
 * difference is kept and the fold goes on as far as it can. It throws for nothing that history says but a decision of a
 * newer interpreter: what it decided is for a newer Baton to say.
 */
import {
  handedOver,
  KINDS,
  NOT_BEGUN,
  playTask,
  runAnswered,
  UnknownInterpreterError,
} from '../../workflows/core/index.ts';
import type {
  Fact,
  Hosted,
  Kinds,
  Moment,
  Note,
  RunState,
  Sight,
  Start,
} from '../../workflows/core/index.ts';
import { stepAddressOf } from './activity-id.ts';
import type { ActivityAddress } from './activity-id.ts';
import { Expectation, unexpected } from './expectation.ts';
import type { Divergence } from './expectation.ts';
import type { Recorded, RecordedEvent } from './recorded-event.ts';

/** A fact with the event that brought it. */
export interface SourcedFact {
  readonly fact: Fact;
  readonly event: RecordedEvent;
}

/** A note with the event that led to it; null: the start, or the pass as a whole. */
export interface SourcedNote {
  readonly note: Note;
  readonly source: SourcedFact | null;
}

/** An activity as it was scheduled. */
export interface ScheduledActivity {
  readonly id: string;
  /** null: it is no step's. */
  readonly address: ActivityAddress | null;
  readonly queue: string | null;
  /** Kept in the copied part of a reset execution only. */
  readonly input: unknown;
  /** ms since 1970. */
  readonly scheduledMs: number;
}

/** What one completed workflow task amounted to. */
export interface Decision {
  readonly at: Moment;
  readonly state: RunState;
  readonly notes: readonly SourcedNote[];
  /** What the core saw while it decided; empty where nobody watches. */
  readonly sights: readonly Sight[];
}

export class ExecutionFold {
  readonly runId: string;
  readonly executionId: string;
  readonly #kinds: Kinds;
  readonly #watches: boolean;
  /** The first difference between decision and history. */
  divergence: Divergence | null = null;
  /** Temporal's own pause, while it stands. */
  hold: Recorded<'held' | 'released'> | null = null;
  /** True inside the copied part of a reset execution: it only rebuilds the state. */
  isCopy = false;
  #start: Start | null = null;
  #startedMs = 0;
  #task: { readonly at: Moment; readonly facts: number } | null = null;
  #pending: SourcedFact[] = [];
  #expected: Expectation | null = null;
  /** The core threw: nothing more is decided for this execution. */
  #stopped = false;
  #hosted: Hosted = NOT_BEGUN;
  /** By event id of ACTIVITY_TASK_SCHEDULED. */
  readonly #activities = new Map<number, ScheduledActivity>();
  /** Those of the copied part of a reset execution, by id. */
  readonly #copied = new Map<string, ScheduledActivity>();
  /** Those that have not ended, by id. */
  readonly #open = new Map<string, ScheduledActivity>();
  #ended: ScheduledActivity[] = [];
  /** Event id of TIMER_STARTED → the core's timer. */
  readonly #timers = new Map<number, string>();

  /** @param watches decisions come with what the core saw */
  constructor(runId: string, executionId: string, kinds: Kinds = KINDS, watches = false) {
    this.runId = runId;
    this.executionId = executionId;
    this.#kinds = kinds;
    this.#watches = watches;
  }

  /** The core's state after the last completed task; null before the first. */
  get state(): RunState | null {
    return this.#hosted.state;
  }

  /** The same; before the first completed task, what the execution was started with: null where it began anew. */
  get stands(): RunState | null {
    if (this.state !== null || this.#start === null) return this.state;
    return handedOver(this.#start, this.#startedMs, this.#kinds);
  }

  /** The activity that an event with `scheduledEventId` speaks of. */
  activity(scheduledEventId: number): ScheduledActivity | undefined {
    return this.#activities.get(scheduledEventId);
  }

  /** The newest activity of this id in the copied part of a reset execution. */
  copied(id: string): ScheduledActivity | undefined {
    return this.#copied.get(id);
  }

  isOpen(id: string): boolean {
    return this.#open.has(id);
  }

  /**
   * Something of the run is dispatched: workers have it, or it waits for one.
   *
   * @param decision what was decided just now; what it dispatches has no events yet
   */
  isBusy(decision: Decision | null): boolean {
    return decision === null ? this.#open.size > 0 : Object.keys(decision.state.open).length > 0;
  }

  /** Nothing is under way: what comes next comes from outside, or by a timer of the state. */
  get isAtRest(): boolean {
    const isWorking = this.#task !== null || this.#pending.length > 0 || this.#open.size > 0;
    return this.state !== null && !this.#stopped && !isWorking;
  }

  /** What workers have, or what waits for one. */
  openActivities(): Iterable<ScheduledActivity> {
    return this.#open.values();
  }

  /** Activities that have ended since the last call. */
  takeEnded(): readonly ScheduledActivity[] {
    const ended = this.#ended;
    this.#ended = [];
    return ended;
  }

  /** Signals that no completed workflow task has consumed. */
  unreadSignals(): readonly SourcedFact[] {
    return this.#pending.filter(({ fact }) => fact.type === 'signal');
  }

  /**
   * Takes the next event; answers a decision when it completes a workflow task that decided something.
   *
   * @throws UnknownInterpreterError of a newer version; the fold is of no more use
   */
  apply(event: RecordedEvent): Decision | null {
    switch (event.kind) {
      case 'started':
        this.#begin(event);
        return null;
      case 'task_started':
        this.#judgeMissing(event);
        this.#task = { at: momentOf(event), facts: this.#pending.length };
        return null;
      case 'task_completed':
        return this.#completeTask(event);
      case 'task_failed':
        this.#task = null;
        if (event.reset?.newExecutionId === this.executionId) this.isCopy = false;
        return null;
      case 'held':
      case 'released':
        this.hold = event.kind === 'held' ? event : null;
        return null;
      case 'closed':
        if (event.completedBy !== null) this.#diverge(this.#expected?.closed(event) ?? null);
        this.#judgeMissing(event);
        for (const activity of this.#open.values()) this.#endActivity(activity);
        return null;
      default:
        this.#takeCommandEvent(event);
        this.#takeFact(event);
        return null;
    }
  }

  #begin(event: Recorded<'started'>): void {
    this.isCopy = event.originalExecutionId !== this.executionId;
    this.#startedMs = event.timeMs;
    this.#start = {
      runId: this.runId,
      workflow: event.workflowType,
      firstExecutionId: event.firstExecutionId,
      inputs: event.args[0],
      envelope: event.args[1],
    };
  }

  #takeCommandEvent(event: RecordedEvent): void {
    switch (event.kind) {
      case 'activity_scheduled':
        this.#addActivity(event);
        return this.#diverge(this.#expected?.scheduled(event) ?? null);
      case 'timer_started': {
        const { id, divergence } = this.#expected?.timerStarted(event) ?? { id: null, divergence: null };
        if (id !== null) this.#timers.set(event.eventId, id);
        return this.#diverge(divergence);
      }
      case 'activity_cancel_requested': {
        const id = this.#activities.get(event.scheduledEventId)?.id;
        return this.#diverge(this.#expected?.activityCancelled(event, id) ?? null);
      }
      case 'timer_cancelled': {
        const id = this.#timers.get(event.startedEventId);
        return this.#diverge(this.#expected?.timerCancelled(event, id) ?? null);
      }
      case 'child_initiated':
        return this.#diverge(this.#expected?.runStarted(event) ?? null);
      case 'other_command':
        return this.#diverge(unexpected(event, event.type));
      default:
    }
  }

  #addActivity(event: Recorded<'activity_scheduled'>): void {
    const { activityId: id, activityType, queue, input, timeMs } = event;
    const address = stepAddressOf(id, activityType);
    const activity = { id, address, queue, input: this.isCopy ? input : null, scheduledMs: timeMs };
    this.#activities.set(event.eventId, activity);
    if (this.isCopy) this.#copied.set(id, activity);
    this.#open.set(id, activity);
  }

  #endActivity(activity: ScheduledActivity): void {
    this.#open.delete(activity.id);
    this.#ended.push(activity);
  }

  #takeFact(event: RecordedEvent): void {
    const fact = this.#factOf(event);
    if (fact !== null) this.#pending.push({ fact, event });
  }

  #factOf(event: RecordedEvent): Fact | null {
    switch (event.kind) {
      case 'signaled':
        return { type: 'signal', name: event.name, payload: event.payload };
      case 'cancel_requested':
        return { type: 'cancel_requested' };
      case 'timer_fired': {
        const id = this.#timers.get(event.startedEventId);
        return id === undefined ? null : { type: 'timer_fired', id };
      }
      case 'child_started':
        return runAnswered(event.runId, null);
      case 'child_refused':
        return runAnswered(event.runId, event.cause);
      case 'activity_completed':
      case 'activity_failed':
      case 'activity_cancelled': {
        const activity = this.#activities.get(event.scheduledEventId);
        if (activity === undefined) return null;
        this.#endActivity(activity);
        const { id } = activity;
        if (event.kind === 'activity_completed') return { type: event.kind, id, result: event.result };
        if (event.kind === 'activity_failed') return { type: event.kind, id, failure: event.failure };
        return { type: event.kind, id, details: event.details ?? null };
      }
      default:
        return null;
    }
  }

  #completeTask(event: RecordedEvent): Decision | null {
    this.#judgeMissing(event);
    const task = this.#task;
    if (task === null || this.#start === null) return null;
    this.#task = null;
    const facts = this.#pending.splice(0, task.facts);
    if (this.#stopped) return null;
    try {
      return this.#decide(this.#start, facts, task.at, event);
    } catch (thrown) {
      if (thrown instanceof UnknownInterpreterError && thrown.isNewer) throw thrown;
      this.#stopped = true;
      this.#expected = null;
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      this.#diverge({ event_id: event.eventId, expected: 'a decision of the core', found: message });
      return null;
    }
  }

  #decide(start: Start, facts: readonly SourcedFact[], at: Moment, event: RecordedEvent): Decision {
    const fromTask = (fact: Fact): SourcedFact => ({ fact, event });
    const sights: Sight[] = [];
    const watch = this.#watches ? (sight: Sight) => void sights.push(sight) : null;
    const played = playTask(this.#hosted, { start, facts, at, fromTask, watch }, this.#kinds);
    const { state, underway, commands, notes, unread } = played;
    this.#hosted = { state, underway };
    this.#pending.unshift(...unread);
    this.#expected = new Expectation(commands);
    return { at, state, notes, sights };
  }

  #judgeMissing(event: RecordedEvent): void {
    this.#diverge(this.#expected?.missing(event) ?? null);
    this.#expected = null;
  }

  #diverge(divergence: Divergence | null): void {
    if (divergence !== null) this.divergence ??= divergence;
  }
}

function momentOf(event: Recorded<'task_started'>): Moment {
  return { now: event.timeMs, historyLength: event.eventId, continueSuggested: event.continueSuggested };
}
