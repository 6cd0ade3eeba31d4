/**
 * Tells a pool whose connections are all in use from a database that is away: to whoever got no connection, both look
 * the same. A connection of its own asks the server.
 */
import pg from 'pg';
import type { Database } from '../../database/database.ts';

/** Longest that the question may take, and as long its answer holds. */
const ASK_MS = 1_000;

export class PoolState {
  readonly #database: Database;
  #asked: { readonly at: number; readonly answer: Promise<boolean> } | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Every connection is in use, and the server answers others. */
  async isBusy(): Promise<boolean> {
    const { totalCount, idleCount, options } = this.#database;
    if (totalCount < options.max || idleCount > 0) return false;
    const now = performance.now();
    if (this.#asked === undefined || now - this.#asked.at > ASK_MS) {
      this.#asked = { at: now, answer: this.#answers() };
    }
    return this.#asked.answer;
  }

  async #answers(): Promise<boolean> {
    const { connectionString } = this.#database.options;
    const client = new pg.Client({
      connectionString,
      application_name: 'baton-api-probe',
      connectionTimeoutMillis: ASK_MS,
      query_timeout: ASK_MS,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return true;
    } catch {
      return false;
    } finally {
      void client.end().catch(() => undefined);
    }
  }
}
