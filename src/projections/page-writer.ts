/**
 * Collects the pages of all tails and writes them together: while one statement is under way, the next ones gather for
 * the statement after it. So two hundred busy runs cost as many commits a second as the database manages, and one
 * idle run waits for nobody.
 *
 * When a shared statement fails, its pages are tried one by one, so that a page that Postgres refuses harms nobody
 * else. When Postgres has not answered in time, the next statements are smaller, so that a slow one gets on too.
 */
import pg from 'pg';
import type { Database } from '../database/database.ts';
import { metrics, observePage } from './metrics/metrics.ts';
import type { PageWrite } from './page-write.ts';
import type { Pulse } from './metrics/pulse.ts';
import { writePages } from './sql/write-pages.ts';

/** Most raw bytes in one statement, and what that is halved to at the least. */
const MAX_BYTES = 8 * 1024 * 1024;
const MIN_BYTES = 64 * 1024;
const MAX_PAGES = 100;

/** Moments of a write: before it, under way, and committed but not yet known to the tails. For tests that stop there. */
type WriteMoment = 'before' | 'under_way' | 'committed';
export type WriteHook = (moment: WriteMoment) => void | Promise<void>;

interface Waiting {
  readonly page: PageWrite;
  readonly resolve: (written: boolean) => void;
  readonly reject: (error: unknown) => void;
}

export class PageWriter {
  readonly #database: Database;
  readonly #owner: string;
  readonly #hook: WriteHook | undefined;
  readonly #pulse: Pulse;
  #queue: Waiting[] = [];
  #maxBytes = MAX_BYTES;
  #busy = false;

  constructor(database: Database, owner: string, pulse: Pulse, hook?: WriteHook) {
    this.#database = database;
    this.#owner = owner;
    this.#pulse = pulse;
    this.#hook = hook;
  }

  /**
   * Resolves once the page is committed: true, or false when the fence refused it and the run has to be loaded anew.
   *
   * @throws what the database said
   */
  write(page: PageWrite): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ page, resolve, reject });
      if (!this.#busy) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    while (this.#queue.length > 0) await this.#writeTogether(this.#takeBatch());
    this.#busy = false;
  }

  #takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { page } of this.#queue) {
      bytes += page.rawEvents.reduce((sum, event) => sum + event.bytes.length, 0);
      if (count > 0 && (bytes > this.#maxBytes || count >= MAX_PAGES)) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #writeTogether(batch: readonly Waiting[]): Promise<void> {
    try {
      const written = await this.#send(batch.map(({ page }) => page));
      this.#pulse.beat('pages');
      this.#maxBytes = Math.min(this.#maxBytes * 2, MAX_BYTES);
      for (const { page, resolve } of batch) {
        if (written.has(page.executionId)) observePage(page);
        resolve(written.has(page.executionId));
      }
    } catch (error) {
      const outage = isOutage(error);
      if (outage) {
        this.#maxBytes = Math.max(this.#maxBytes / 2, MIN_BYTES);
        this.#pulse.miss('pages', error);
      }
      if (outage || batch.length === 1) for (const { reject } of batch) reject(error);
      else for (const one of batch) await this.#writeTogether([one]);
    }
  }

  /** Answers the execution ids of the pages that were written. */
  async #send(pages: readonly PageWrite[]): Promise<ReadonlySet<string>> {
    await this.#hook?.('before');
    // Of each name the text is always the same: Postgres plans it once for each connection.
    const { text, values } = writePages(pages, this.#owner);
    const name = pages.some(({ spans }) => spans.length > 0) ? 'write_pages_and_spans' : 'write_pages';
    const done = metrics.write.startTimer();
    const answer = this.#database.query<{ execution_id: string }>({ name, text, values });
    const [{ rows }] = await Promise.all([answer, this.#hook?.('under_way')]);
    done();
    await this.#hook?.('committed');
    return new Set(rows.map((row) => row.execution_id));
  }
}

/** Postgres itself refused nothing: it could not be asked, has no room or is going down (classes 53, 57 and 58). */
function isOutage(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || /^5[378]/.test(error.code ?? '');
}
