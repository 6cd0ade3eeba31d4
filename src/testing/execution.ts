/** One execution as Temporal keeps it: its history, what is under way, and where it could be reset to. */
import type { RecordedEvent } from '../projections/fold/recorded-event.ts';
import { NOT_BEGUN } from '../workflows/core/index.ts';
import type { CloseAction, Fact, Hosted, ScheduleAction } from '../workflows/core/index.ts';

/** What an event says, without what all events have. */
export type Content = RecordedEvent extends infer E
  ? E extends RecordedEvent
    ? Omit<E, 'eventId' | 'type' | 'timeMs'>
    : never
  : never;

export interface Activity {
  readonly action: ScheduleAction;
  readonly scheduledEventId: number;
  /** It was asked to stop. */
  readonly stopping: boolean;
}

interface Timer {
  readonly startedEventId: number;
  /** ms since 1970. */
  readonly dueAt: number;
}

/** All that the next workflow task depends on. */
export interface Live {
  readonly hosted: Hosted;
  /** Since the last completed task, in their order. */
  readonly facts: readonly Fact[];
  readonly activities: ReadonlyMap<string, Activity>;
  readonly timers: ReadonlyMap<string, Timer>;
}

const NOTHING: Live = { hosted: NOT_BEGUN, facts: [], activities: new Map(), timers: new Map() };

export class Execution {
  readonly executionId: string;
  readonly events: RecordedEvent[] = [];
  live: Live = NOTHING;
  /** `ended`: nobody asked the workflow. */
  closed: CloseAction | { readonly type: 'ended' } | null = null;
  /** How the history and the world stood when each completed task was begun. */
  readonly points: { readonly events: number; readonly live: Live }[] = [];

  constructor(executionId: string) {
    this.executionId = executionId;
  }

  add(content: Content, timeMs: number): RecordedEvent {
    const base = { eventId: this.events.length + 1, type: content.kind.toUpperCase(), timeMs };
    const event = { ...base, ...content } as RecordedEvent;
    this.events.push(event);
    return event;
  }

  change(changes: Partial<Live>): void {
    this.live = { ...this.live, ...changes };
  }

  /** The worker learns of it in the next task. */
  tell(fact: Fact): void {
    this.change({ facts: [...this.live.facts, fact] });
  }

  beginActivity(action: ScheduleAction, scheduledEventId: number): void {
    const activities = new Map(this.live.activities);
    this.change({ activities: activities.set(action.id, { action, scheduledEventId, stopping: false }) });
  }

  beginTimer(id: string, dueAt: number, startedEventId: number): void {
    this.change({ timers: new Map(this.live.timers).set(id, { startedEventId, dueAt }) });
  }

  /** @returns the event that it began with */
  askToStop(id: string): number {
    const activity = this.activity(id);
    const activities = new Map(this.live.activities).set(id, { ...activity, stopping: true });
    this.change({ activities });
    return activity.scheduledEventId;
  }

  /** @returns the event that it began with */
  endActivity(id: string): number {
    const { scheduledEventId } = this.activity(id);
    const activities = new Map(this.live.activities);
    activities.delete(id);
    this.change({ activities });
    return scheduledEventId;
  }

  /** @returns the event that it began with */
  endTimer(id: string): number {
    const timers = new Map(this.live.timers);
    const timer = timers.get(id);
    if (timer === undefined) throw new Error(`timer ${id} is not set; set: ${[...timers.keys()].join(', ')}`);
    timers.delete(id);
    this.change({ timers });
    return timer.startedEventId;
  }

  close(how: CloseAction | { readonly type: 'ended' }): void {
    this.closed = how;
    this.change({ activities: new Map(), timers: new Map() });
  }

  private activity(id: string): Activity {
    const activity = this.live.activities.get(id);
    if (activity === undefined)
      throw new Error(`${id} is not open; open: ${[...this.live.activities.keys()].join(', ')}`);
    return activity;
  }
}
