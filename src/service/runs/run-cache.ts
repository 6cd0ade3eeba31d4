/**
 * Runs that were read lately, in memory.
 *
 * Never staler than the table: each read asks for the version of the run's row, and for the row itself, with its inputs
 * and its output, only when that has changed. One statement either way, for all who ask at once, also where what the run
 * waits for is wanted: both are of one moment. Bounded in number, in size and in time. What moves by itself is reckoned
 * at each read.
 */
import { LRUCache } from 'lru-cache';
import { findRun } from './queries/find-run.ts';
import { findRunNowUnless, findRunUnless } from './queries/find-run-unless.ts';
import type { Run, RunNow } from '../../contract/run.ts';
import type { Rows } from '../ways/store.ts';
import { runJson, type RunRow } from '../views/run.ts';
import { withNow, type RunNowRow } from '../views/run-now.ts';
import { ReadTogether } from '../changes/read-together.ts';
import { writeJson } from '../../plan/exact-json.ts';

/** Of the JSON texts of all runs that are kept, in characters. */
const MAX_CHARS = 64 * 1024 * 1024;

export interface CacheLimits {
  /** 0 = keeps none. */
  readonly runs: number;
  /** Since the last read; 0 = keeps none. */
  readonly seconds: number;
}

interface Kept {
  readonly version: string;
  readonly row: RunRow;
}

type Found = { readonly row_version: string } & ({ readonly id: null } | RunRow);

export class RunCache {
  readonly #rows: Rows;
  readonly #kept: LRUCache<string, Kept> | undefined;
  readonly #count: (result: 'hit' | 'miss') => void;
  readonly #reads = new ReadTogether<null, Run | undefined>((id) => this.#read(id));
  readonly #readsNow = new ReadTogether<null, RunNow | undefined>((id) => this.#readNow(id));

  /** @param count told of each read of a run that is there. */
  constructor(rows: Rows, { runs, seconds }: CacheLimits, count: (result: 'hit' | 'miss') => void) {
    this.#rows = rows;
    this.#count = count;
    if (runs === 0 || seconds === 0) return;
    this.#kept = new LRUCache({
      max: runs,
      maxSize: MAX_CHARS,
      sizeCalculation: ({ row }) => writeJson(row).length,
      ttl: seconds * 1_000,
      updateAgeOnGet: true,
    });
  }

  /** The run as its row is at this moment; undefined when it has none. */
  read(id: string): Promise<Run | undefined> {
    return this.#reads.ask(id, null);
  }

  /** The same, with what it does and waits for at that moment. */
  readNow(id: string): Promise<RunNow | undefined> {
    return this.#readsNow.ask(id, null);
  }

  /**
   * Where the run was imported from; null for one of this installation, and where it has no row. No row ever says another
   * thing of that than it did at first, so what is in memory will do, and costs no statement.
   */
  async importOf(id: string): Promise<Run['imported']> {
    const kept = this.#kept?.get(id);
    const run = kept === undefined ? await this.read(id) : runJson(kept.row);
    return run?.imported ?? null;
  }

  async #read(id: string): Promise<Run | undefined> {
    if (this.#kept === undefined) return this.#readRow(id);
    const kept = this.#kept.get(id);
    return this.#take(id, kept, await this.#rows.first<Found>(findRunUnless(id, kept?.version ?? null)));
  }

  async #readNow(id: string): Promise<RunNow | undefined> {
    const kept = this.#kept?.get(id);
    const found = await this.#rows.first<Found & RunNowRow>(findRunNowUnless(id, kept?.version ?? null));
    if (found === undefined) return void this.#take(id, kept, undefined);
    const { waiting_for, progress, forks, ...row } = found;
    const run = this.#take(id, kept, row);
    return run && withNow(run, { waiting_for, progress, forks });
  }

  /** What a statement has answered, and is kept for the next one. */
  #take(id: string, kept: Kept | undefined, found: Found | undefined): Run | undefined {
    if (found === undefined) {
      this.#kept?.delete(id);
      return undefined;
    }
    if (found.id === null) {
      // Only a version that was given can be the same.
      this.#count('hit');
      return kept && runJson(kept.row);
    }
    const { row_version: version, ...row } = found;
    if (this.#kept !== undefined) this.#count('miss');
    this.#kept?.set(id, { version, row });
    return runJson(row);
  }

  async #readRow(id: string): Promise<Run | undefined> {
    const row = await this.#rows.first<RunRow>(findRun(id));
    return row === undefined ? undefined : runJson(row);
  }
}
