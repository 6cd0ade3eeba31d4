/** The core's state as it was at a point of an execution's history. */
import type { RunState } from '../../workflows/core/index.ts';
import { ExecutionFold } from './execution-fold.ts';
import type { RecordedEvent } from './recorded-event.ts';

export interface StateAt {
  readonly state: RunState;
  /** ms since 1970: when it was decided, or handed over. */
  readonly at: number;
}

interface Point {
  readonly executionId: string;
  /** The last event that counts. */
  readonly eventId: number;
}

/** Takes events one by one, for whoever reads them in pages. */
export class StateReader {
  readonly #fold: ExecutionFold;
  readonly #last: number;
  #at = 0;
  #seen = 0;

  constructor(runId: string, { executionId, eventId }: Point) {
    this.#fold = new ExecutionFold(runId, executionId);
    this.#last = eventId;
  }

  /** Answers whether further ones are wanted. */
  take(event: RecordedEvent): boolean {
    if (event.eventId > this.#last) return false;
    const decided = this.#fold.apply(event)?.at.now;
    this.#at = decided ?? (event.kind === 'started' ? event.timeMs : this.#at);
    this.#seen = event.eventId;
    return event.eventId < this.#last;
  }

  /** null: the events did not reach so far, or nothing had been decided in this execution or before it. */
  get state(): StateAt | null {
    const { stands: state } = this.#fold;
    return state === null || this.#seen < this.#last ? null : { state, at: this.#at };
  }
}

/** @returns null where the history does not reach so far, or nothing had been decided there */
export function stateAt(runId: string, events: Iterable<RecordedEvent>, point: Point): StateAt | null {
  const reader = new StateReader(runId, point);
  for (const event of events) if (!reader.take(event)) break;
  return reader.state;
}
