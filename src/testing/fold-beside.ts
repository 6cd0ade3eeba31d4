/** A fold that reads the history of a world while it is written, and must agree with it. */
import { deepStrictEqual } from 'node:assert/strict';
import type { JsonObject } from '../plan/json.ts';
import type { RecordedEvent } from '../projections/fold/recorded-event.ts';
import { RunFold } from '../projections/fold/run-fold.ts';
import type { Kinds, RunState } from '../workflows/core/index.ts';
import { Tables } from './tables.ts';

export class FoldBeside {
  /** Up to the end of the last page. */
  readonly tables = new Tables();
  private readonly fold: RunFold;

  constructor(runId: string, kinds: Kinds | undefined) {
    // That it is watched must make no difference.
    this.fold = new RunFold(runId, kinds, () => undefined);
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
    deepStrictEqual(this.fold.execution?.state ?? null, state);
  }

  /** The end that was folded last can be continued from what is carried. */
  expectCheckpoint(carry: JsonObject | null): void {
    const last = this.tables.checkpoints.at(-1);
    const own = last?.execution_id === this.fold.execution?.executionId ? last?.state : undefined;
    deepStrictEqual(own ?? null, carry);
  }

  expectAgreement(): void {
    deepStrictEqual(this.fold.execution?.divergence ?? null, null);
  }
}
