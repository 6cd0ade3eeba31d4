/**
 * The commands that the core predicts for one workflow task, and their comparison with the events that follow its
 * WORKFLOW_TASK_COMPLETED.
 *
 * Activities, timers and runs that are started are compared in order, each kind for itself; cancellations as sets; the close by its kind and
 * by what it hands on. Timer ids in history are the SDK's own serial numbers, so a timer is known by its place.
 */
import type { CloseAction, ScheduleAction, StartRunAction } from '../../workflows/core/index.ts';
import { difference } from './difference.ts';
import type { Recorded, RecordedEvent } from './recorded-event.ts';

/** A difference between what the core decided and what history shows. */
export interface Divergence {
  readonly event_id: number;
  readonly expected: string;
  readonly found: string;
}

export interface TimerCommand {
  readonly id: string;
  readonly ms: number;
}

/** What a whole workflow task asked of Temporal. */
export interface Commands {
  readonly schedules: readonly ScheduleAction[];
  readonly timers: readonly TimerCommand[];
  readonly activityCancels: ReadonlySet<string>;
  readonly timerCancels: ReadonlySet<string>;
  readonly runStarts: readonly StartRunAction[];
  readonly close: CloseAction | null;
}

export class Expectation {
  readonly #schedules: ScheduleAction[];
  readonly #timers: TimerCommand[];
  readonly #activityCancels: Set<string>;
  readonly #timerCancels: Set<string>;
  readonly #runStarts: StartRunAction[];
  #close: CloseAction | null;

  constructor(commands: Commands) {
    this.#schedules = [...commands.schedules];
    this.#timers = [...commands.timers];
    this.#activityCancels = new Set(commands.activityCancels);
    this.#timerCancels = new Set(commands.timerCancels);
    this.#runStarts = [...commands.runStarts];
    this.#close = commands.close;
  }

  /** An activity was scheduled. */
  scheduled(event: Recorded<'activity_scheduled'>): Divergence | null {
    const next = this.#schedules.shift();
    const found = `activity ${event.activityId} (${event.activityType})`;
    if (next === undefined) return unexpected(event, found);
    const expected = `activity ${next.id} (${next.activity})`;
    if (expected !== found) return { event_id: event.eventId, expected, found };
    const where = difference(next.input, event.input);
    return where === null ? null : { event_id: event.eventId, expected, found: `other input at ${where}` };
  }

  /** A timer was started. Answers the core's timer at this place as well. */
  timerStarted(event: Recorded<'timer_started'>): {
    readonly id: string | null;
    readonly divergence: Divergence | null;
  } {
    const next = this.#timers.shift();
    const found = `timer of ${event.ms} ms`;
    if (next === undefined) return { id: null, divergence: unexpected(event, found) };
    const same = next.ms === event.ms;
    const expected = `timer ${next.id} of ${next.ms} ms`;
    return { id: next.id, divergence: same ? null : { event_id: event.eventId, expected, found } };
  }

  /** Another run was asked for. */
  runStarted(event: Recorded<'child_initiated'>): Divergence | null {
    const next = this.#runStarts.shift();
    const found = `run ${event.runId} (${event.workflowType})`;
    if (next === undefined) return unexpected(event, found);
    const expected = `run ${next.id} (${next.workflow})`;
    if (expected !== found) return { event_id: event.eventId, expected, found };
    const where = difference([next.inputs, next.envelope], event.args);
    return where === null
      ? null
      : { event_id: event.eventId, expected, found: `other arguments at ${where}` };
  }

  activityCancelled(event: RecordedEvent, id: string | undefined): Divergence | null {
    return this.#activityCancels.delete(id ?? '')
      ? null
      : unexpected(event, `cancellation of activity ${id ?? '?'}`);
  }

  timerCancelled(event: RecordedEvent, id: string | undefined): Divergence | null {
    return this.#timerCancels.delete(id ?? '')
      ? null
      : unexpected(event, `cancellation of timer ${id ?? '?'}`);
  }

  closed(event: Recorded<'closed'>): Divergence | null {
    const close = this.#close;
    this.#close = null;
    if (close === null) return unexpected(event, `close as ${event.status}`);
    const expected = describeClose(close);
    const found = describeRecordedClose(event);
    if (expected !== found) return { event_id: event.eventId, expected, found };
    const where = handedOnDifference(close, event);
    return where === null ? null : { event_id: event.eventId, expected, found: `other content at ${where}` };
  }

  /** What was expected and has not come, judged at the first event that cannot belong to the task any more. */
  missing(at: RecordedEvent): Divergence | null {
    const left = [
      ...this.#schedules.map((schedule) => `activity ${schedule.id}`),
      ...this.#timers.map((timer) => `timer ${timer.id}`),
      ...[...this.#activityCancels].map((id) => `cancellation of activity ${id}`),
      ...[...this.#timerCancels].map((id) => `cancellation of timer ${id}`),
      ...this.#runStarts.map((run) => `run ${run.id}`),
      ...(this.#close === null ? [] : [describeClose(this.#close)]),
    ];
    return left.length === 0
      ? null
      : { event_id: at.eventId, expected: left.slice(0, 5).join(', '), found: 'nothing' };
  }
}

export function unexpected(event: RecordedEvent, found: string): Divergence {
  return { event_id: event.eventId, expected: 'nothing', found };
}

function describeClose(close: CloseAction): string {
  switch (close.type) {
    case 'complete':
      return 'close as completed';
    case 'fail':
      return `close as failed (${close.reason})`;
    case 'cancelled':
      return close.requested ? 'close as cancelled' : `close as failed (${close.reason})`;
    case 'continue':
      return 'close as continued_as_new';
  }
}

function describeRecordedClose(event: Recorded<'closed'>): string {
  return event.status === 'failed'
    ? `close as failed (${event.failureType ?? 'no type'})`
    : `close as ${event.status}`;
}

function handedOnDifference(close: CloseAction, event: Recorded<'closed'>): string | null {
  if (close.type === 'complete') return difference(close.output, event.result ?? null);
  if (close.type === 'continue') return difference([close.inputs, close.envelope], event.args);
  return null;
}
