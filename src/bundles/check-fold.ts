/**
 * Folds the events of a bundle as they come, and compares the rows that come after them: what the projector makes of these
 * events is what the bundle says. Of the rows that the fold makes only digests are held.
 */
import { createHash } from 'node:crypto';
import { EventFold, type ReadEvent } from '../projections/index.ts';
import type { Table } from '../tables/table.ts';
import { asStored, keyOf, rowText, type Row } from './row-form.ts';

/** Events after which the changed rows are taken. */
const TAKE_EVERY = 500;

export class FoldCheck {
  readonly #fold: EventFold;
  /** Keys of rows that are kept whole. */
  readonly #wanted: ReadonlySet<string>;
  readonly #digests = new Map<string, string>();
  readonly #kept = new Map<string, Row>();
  #untaken = 0;

  constructor(runId: string, wanted: ReadonlySet<string> = new Set()) {
    this.#fold = new EventFold(runId);
    this.#wanted = wanted;
  }

  beginExecution(executionId: string): void {
    this.#fold.beginExecution(executionId);
  }

  /** @throws what the fold says to an event that does not fit */
  apply(event: ReadEvent): void {
    this.#fold.apply(event);
    this.#untaken += 1;
    if (this.#untaken >= TAKE_EVERY) this.#take();
  }

  /** Takes a row of the bundle, after the events: what the fold says of it. Of a key the first row counts. */
  compare(table: Table, row: Row): 'same' | 'other' | 'unknown' {
    this.#take();
    const key = keyOf(table, row);
    const expected = this.#digests.get(key);
    this.#digests.delete(key);
    if (expected === undefined) return 'unknown';
    return expected === digestOf(table, row) ? 'same' : 'other';
  }

  /** Keys of the rows that the fold has made and nobody has compared. */
  left(): readonly string[] {
    this.#take();
    return [...this.#digests.keys()];
  }

  /** The wanted rows. */
  kept(): ReadonlyMap<string, Row> {
    this.#take();
    return this.#kept;
  }

  #take(): void {
    if (this.#untaken === 0) return;
    this.#untaken = 0;
    for (const [table, rows] of this.#fold.takeRows()) {
      for (const row of rows) {
        const stored = asStored(row);
        const key = keyOf(table, stored);
        this.#digests.set(key, digestOf(table, stored));
        if (this.#wanted.has(key)) this.#kept.set(key, stored);
      }
    }
  }
}

const digestOf = (table: Table, row: Row): string =>
  createHash('sha256').update(rowText(table, row)).digest('base64');
