/** A run folded from the bytes of its events as they come, wherever they come from. Nothing is read and nothing written. */
import { byTable } from '../tables/projected/index.ts';
import type { Table } from '../tables/table.ts';
import { decodeHistoryEvent, eventIdOf, eventTypeOf } from '../temporal/history-event.ts';
import { changedRows } from './changed-rows.ts';
import { decodeEvent } from './decode-event.ts';
import type { RecordedEvent } from './fold/recorded-event.ts';
import { RunFold } from './fold/run-fold.ts';
import { timeOf } from './fold/rows.ts';

/** An event as its bytes tell it. */
export interface ReadEvent {
  readonly eventId: number;
  /** Temporal's name of its type. */
  readonly type: string;
  /** ISO text. */
  readonly at: string;
  /** Of the first event of an execution: the run that it is of, where the server says it. */
  readonly runId: string | null;
  readonly recorded: RecordedEvent;
}

/** @throws when the bytes are no event */
export function readEvent(bytes: Uint8Array): ReadEvent {
  const event = decodeHistoryEvent(bytes);
  const recorded = decodeEvent(event);
  const runId = event.workflowExecutionStartedEventAttributes?.workflowId ?? '';
  return {
    eventId: eventIdOf(event),
    type: eventTypeOf(event),
    at: timeOf(recorded.timeMs),
    runId: runId === '' ? null : runId,
    recorded,
  };
}

export class EventFold {
  readonly #fold: RunFold;

  constructor(runId: string) {
    this.#fold = new RunFold(runId);
  }

  /** The next execution, by start time. */
  beginExecution(executionId: string): void {
    this.#fold.beginExecution(executionId);
  }

  /** Takes the next event. @throws for one that the fold does not know what to make of */
  apply({ recorded }: ReadEvent): void {
    this.#fold.apply(recorded);
  }

  /** Rows that have changed since the last call, by table. */
  takeRows(): readonly (readonly [Table, readonly object[]])[] {
    return byTable(changedRows(this.#fold.takeChanges()));
  }
}
