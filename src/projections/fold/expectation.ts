/**
 * The commands that the core predicts for one workflow task, and their comparison with the events that follow its
 * WORKFLOW_TASK_COMPLETED.
 *
 * Activities, timers and runs that are started are compared in order, each kind for itself; cancellations as sets; the close by its kind and
 * by what it hands on. Timer ids in history are the SDK's own serial numbers, so a timer is known by its place.
 */
import type {
  CloseCommand,
  Command,
  ScheduleAction,
  StartChildCommand,
  TimerCommand,
} from '../../workflows/core/index.ts';
import { difference } from './difference.ts';
import type { Recorded, RecordedEvent } from './recorded-event.ts';

/** A difference between what the core decided and what history shows. */
export interface Divergence {
  readonly event_id: number;
  readonly expected: string;
  readonly found: string;
}

export class Expectation {
  readonly #schedules: ScheduleAction[] = [];
  readonly #timers: TimerCommand[] = [];
  readonly #activityCancels = new Set<string>();
  readonly #timerCancels = new Set<string>();
  readonly #runStarts: StartChildCommand[] = [];
  #close: CloseCommand | null = null;

  /** @param commands those of one task that reach the server */
  constructor(commands: readonly Command[]) {
    for (const command of commands) this.#expect(command);
  }

  #expect(command: Command): void {
    switch (command.type) {
      case 'schedule':
        return void this.#schedules.push(command);
      case 'start_timer':
        return void this.#timers.push(command);
      case 'cancel_activity':
        return void this.#activityCancels.add(command.id);
      case 'cancel_timer':
        return void this.#timerCancels.add(command.id);
      case 'start_child':
        return void this.#runStarts.push(command);
      case 'close':
        this.#close = command;
    }
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
    const expected = `run ${next.id} (${next.workflowType})`;
    if (expected !== found) return { event_id: event.eventId, expected, found };
    const where = difference(next.args, event.args);
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
    const found = describeClose(event);
    if (expected !== found) return { event_id: event.eventId, expected, found };
    const where = handedOnDifference(close, event);
    return where === null ? null : { event_id: event.eventId, expected, found: `other content at ${where}` };
  }

  /** What was expected and has not come, judged at the first event that cannot belong to the task any more. */
  missing(at: RecordedEvent): Divergence | null {
    if (this.#isMet()) return null;
    const left = [
      ...this.#schedules.map((schedule) => `activity ${schedule.id}`),
      ...this.#timers.map((timer) => `timer ${timer.id}`),
      ...[...this.#activityCancels].map((id) => `cancellation of activity ${id}`),
      ...[...this.#timerCancels].map((id) => `cancellation of timer ${id}`),
      ...this.#runStarts.map((run) => `run ${run.id}`),
      ...(this.#close === null ? [] : [describeClose(this.#close)]),
    ];
    return { event_id: at.eventId, expected: left.slice(0, 5).join(', '), found: 'nothing' };
  }

  #isMet(): boolean {
    const left = this.#schedules.length + this.#timers.length + this.#runStarts.length;
    return left + this.#activityCancels.size + this.#timerCancels.size === 0 && this.#close === null;
  }
}

export function unexpected(event: RecordedEvent, found: string): Divergence {
  return { event_id: event.eventId, expected: 'nothing', found };
}

function describeClose(close: CloseCommand | Recorded<'closed'>): string {
  const type = 'failureType' in close ? close.failureType : null;
  return close.status === 'failed' ? `close as failed (${type ?? 'no type'})` : `close as ${close.status}`;
}

function handedOnDifference(close: CloseCommand, event: Recorded<'closed'>): string | null {
  if (close.status === 'completed') return difference(close.result, event.result ?? null);
  if (close.status === 'continued_as_new') return difference(close.args, event.args);
  return null;
}
