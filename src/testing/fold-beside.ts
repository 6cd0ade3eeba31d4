/** A fold that reads the history of a world while it is written, and must agree with it. */
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { JsonObject } from '../plan/json.ts';
import type { Divergence } from '../projections/fold/expectation.ts';
import type { RecordedEvent } from '../projections/fold/recorded-event.ts';
import { RunFold } from '../projections/fold/run-fold.ts';
import type { RunState } from '../workflows/core/index.ts';
import { Tables } from './tables.ts';

export class FoldBeside {
  /** Up to the end of the last page. */
  readonly tables = new Tables();
  private readonly fold: RunFold;

  constructor(runId: string) {
    this.fold = new RunFold(runId);
  }

  begin(executionId: string): void {
    this.fold.beginExecution(executionId);
  }

  apply(event: RecordedEvent): void {
    this.fold.apply(event);
  }

  endPage(): void {
    this.tables.write(this.fold.takeChanges());
  }

  expectState(state: RunState): void {
    const own = this.fold.execution?.state ?? null;
    if (!isDeepStrictEqual(own, state)) expect(own, 'the state of the fold').toStrictEqual(state);
  }

  /** The end that was folded last can be continued from what is carried. */
  expectCheckpoint(carry: JsonObject | null): void {
    const last = this.tables.checkpoints.at(-1);
    const own = last?.execution_id === this.fold.execution?.executionId ? last?.state : undefined;
    expect(own ?? null, 'the checkpoint of the fold').toEqual(carry);
  }

  expectAgreement(): void {
    const divergence: Divergence | null = this.fold.execution?.divergence ?? null;
    if (divergence !== null) expect(divergence, 'what the fold has not expected').toBeNull();
  }
}
