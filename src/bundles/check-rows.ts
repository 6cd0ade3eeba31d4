/**
 * The rows of a bundle, each looked at by itself and beside those before it: form, order, whose they are, whether they are
 * what they are named. Anybody can make a bundle, so nothing of it is believed before this.
 */
import { referencesOf, type ArchivedRow } from '../maintenance/index.ts';
import { readJson } from '../plan/exact-json.ts';
import type { ReadEvent } from '../projections/index.ts';
import { isProjected } from '../tables/projected/index.ts';
import { workflowRuns } from '../tables/projected/workflow-runs.ts';
import { blobs } from '../tables/stored/blobs.ts';
import { executions } from '../tables/stored/executions.ts';
import { historyEvents } from '../tables/stored/history-events.ts';
import { sessionMessages } from '../tables/stored/session-messages.ts';
import type { Table } from '../tables/table.ts';
import { BUNDLED } from './bundled-tables.ts';
import { EventCheck } from './check-events.ts';
import type { FaultCode, Faults } from './faults.ts';
import { contentFault } from './row-content.ts';
import { keyOf, rowFault, type Row } from './row-form.ts';

/** A row that is what it says it is. */
export interface SoundRow {
  readonly table: Table;
  readonly row: Row;
  readonly key: string;
  /** Of `history_events`. */
  readonly event?: ReadEvent;
  /** The execution that the event is the first of. */
  readonly begins?: string | null;
}

const ORDER = [...BUNDLED.keys()];

export class RowCheck {
  /** Sessions that the run's rows name. */
  readonly sessions = new Set<string>();
  readonly #runId: string;
  readonly #faults: Faults;
  readonly #events: EventCheck;
  /** The table whose rows come now, by its place. */
  #at = 0;
  readonly #keys = new Set<string>();
  /** Blobs by hash, with what refers to them first. */
  readonly #named = new Map<string, string>();
  readonly #blobs = new Set<string>();

  constructor(runId: string, faults: Faults) {
    this.#runId = runId;
    this.#faults = faults;
    this.#events = new EventCheck(runId);
  }

  /** The row, unless something is wrong with it, which is a fault then. */
  take({ table: name, json }: ArchivedRow, line: number): SoundRow | undefined {
    const table = BUNDLED.get(name);
    if (table === undefined) return this.#refuse('row_invalid', line, name, 'no bundle has such a table');
    const row = readJson<Row>(json);
    const form = rowFault(table, row);
    if (form !== null) return this.#refuse('row_invalid', line, name, `a row ${form}`);
    const key = keyOf(table, row);
    const place = this.#placeFault(table, row, key) ?? this.#contentFault(table, row);
    if (place !== null) return this.#refuse(place.code, line, key, place.message);
    for (const hash of referencesOf({ table: name, json }))
      if (!this.#named.has(hash)) this.#named.set(hash, key);
    return this.#known(table, row, key, line);
  }

  /** What is missing, once all rows are there. @param absent blobs that were not stored where the bundle was written */
  end(absent: readonly string[]): void {
    const missing = this.#events.end();
    if (missing !== null) this.#faults.add(missing.code, null, historyEvents.name, missing.message);
    if (!this.#keys.has(keyOf(workflowRuns, { id: this.#runId })))
      this.#faults.add('row_missing', null, workflowRuns.name, 'the row of the run is missing');
    const known = new Set(absent);
    for (const [hash, by] of this.#named) {
      if (!this.#blobs.has(hash) && !known.has(hash))
        this.#faults.add('blob_missing', null, `blobs ${hash}`, `is missing; ${by} refers to it`);
    }
  }

  #known(table: Table, row: Row, key: string, line: number): SoundRow | undefined {
    if (table === blobs) this.#blobs.add(String(row['hash']));
    if (table === executions) this.#events.addExecution(row);
    if (table === historyEvents) {
      const found = this.#events.take(row);
      if ('code' in found) return this.#refuse(found.code, line, key, found.message);
      return { table, row, key, ...found };
    }
    const session = row['session_id'];
    if (isProjected(table) && typeof session === 'string') this.sessions.add(session);
    return { table, row, key };
  }

  #placeFault(table: Table, row: Row, key: string) {
    const at = ORDER.indexOf(table.name);
    const before = ORDER[this.#at] ?? '';
    if (at < this.#at) return { code: 'row_misplaced', message: `stands after rows of ${before}` } as const;
    this.#at = at;
    if (table.run !== undefined && row[table.run] !== this.#runId)
      return { code: 'row_foreign', message: `is of run ${String(row[table.run])}` } as const;
    // Events stand one after the other, which is told elsewhere: there may be too many to know them all.
    if (table === historyEvents) return null;
    if (this.#keys.has(key)) return { code: 'row_duplicate', message: 'stands here twice' } as const;
    this.#keys.add(key);
    return null;
  }

  #contentFault(table: Table, row: Row) {
    const session = row['session_id'];
    if (table === sessionMessages && !this.sessions.has(String(session)))
      return {
        code: 'row_foreign',
        message: `is of session ${String(session)}, which no row names`,
      } as const;
    return contentFault(table, row);
  }

  #refuse(code: FaultCode, line: number, where: string, message: string): undefined {
    this.#faults.add(code, line, where, message);
  }
}
