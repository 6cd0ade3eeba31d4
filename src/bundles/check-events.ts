/** The stored events of a bundle: each what its row says, one after the other, none left out, executions in their order. */
import { readEvent, type ReadEvent } from '../projections/index.ts';
import type { FaultCode } from './faults.ts';
import type { Row } from './row-form.ts';

interface Execution {
  readonly id: string;
  /** The number of its last event. */
  readonly cursor: number;
}

export interface FoundEvent {
  readonly event: ReadEvent;
  /** Set with the first event of an execution. */
  readonly begins: string | null;
}

export interface EventFault {
  readonly code: FaultCode;
  readonly message: string;
}

export class EventCheck {
  readonly #runId: string;
  readonly #executions: Execution[] = [];
  #at = 0;
  /** The last event of the execution whose turn it is. */
  #last = 0;

  constructor(runId: string) {
    this.#runId = runId;
  }

  addExecution({ execution_id: id, cursor }: Row): void {
    this.#executions.push({ id: String(id), cursor: Number(cursor) });
  }

  take(row: Row): FoundEvent | EventFault {
    const { execution_id: id, event_id: number, event_type: type, event_time: time, data } = row;
    const gap = this.#turnTo(String(id));
    if (gap !== null) return gap;
    const missing = Number(number) !== this.#last + 1;
    const expected = this.#last + 1;
    this.#last = Number(number);
    if (missing) return { code: 'event_missing', message: `event ${expected} should stand here` };
    let event: ReadEvent;
    try {
      event = readEvent(Buffer.from(String(data).slice(2), 'hex'));
    } catch {
      return { code: 'event_invalid', message: 'its bytes are no event' };
    }
    const says = [event.eventId, event.type, Date.parse(event.at)];
    if (says.join() !== [number, type, Date.parse(String(time))].join())
      return { code: 'event_invalid', message: `its bytes are event ${says[0]}, ${says[1]} of ${event.at}` };
    if (event.runId !== null && event.runId !== this.#runId)
      return { code: 'row_foreign', message: `its bytes are of run ${event.runId}` };
    return { event, begins: expected === 1 ? String(id) : null };
  }

  /** What is missing at the end. */
  end(): EventFault | null {
    while (this.#at < this.#executions.length) {
      const gap = this.#endOfTurn();
      if (gap !== null) return gap;
      this.#at += 1;
      this.#last = 0;
    }
    return null;
  }

  #turnTo(id: string): EventFault | null {
    while (this.#executions[this.#at]?.id !== id) {
      if (!this.#executions.slice(this.#at + 1).some((one) => one.id === id))
        return { code: 'row_misplaced', message: `no events of execution ${id} are expected here` };
      const gap = this.#endOfTurn();
      this.#at += 1;
      this.#last = 0;
      if (gap !== null) return gap;
    }
    return null;
  }

  #endOfTurn(): EventFault | null {
    const execution = this.#executions[this.#at];
    if (execution === undefined || execution.cursor === this.#last) return null;
    return {
      code: 'event_missing',
      message: `execution ${execution.id} has events up to ${execution.cursor}; the last here is ${this.#last}`,
    };
  }
}
