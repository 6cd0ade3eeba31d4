/** A fold that reads the history of a world while it is written, and must agree with it. */
import { deepStrictEqual } from 'node:assert/strict';
import type { JsonObject } from '../plan/json.ts';
import type { RecordedEvent } from '../projections/fold/recorded-event.ts';
import { RunFold } from '../projections/fold/run-fold.ts';
import type { Kinds, RunState } from '../workflows/core/index.ts';
import type { Changes } from '../projections/fold/rows.ts';
import { Tables } from './tables.ts';

export class FoldBeside {
  private readonly written = new Tables();
  /** Pages that nobody has asked for yet. */
  private pages: Changes[] = [];
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
    this.pages.push(this.fold.takeChanges());
  }

  /** Up to the end of the last page. */
  get tables(): Tables {
    for (const page of this.pages) this.written.write(page);
    this.pages = [];
    return this.written;
  }

  expectState(state: RunState): void {
    const folded = this.fold.execution?.state ?? null;
    if (!isSame(folded, state)) deepStrictEqual(folded, state);
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

/** Of plain data, and in a fifth of the time: nothing is told of what differs. */
function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length || Array.isArray(left) !== Array.isArray(right))
    return false;
  return names.every((name) =>
    isSame((left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name]),
  );
}
