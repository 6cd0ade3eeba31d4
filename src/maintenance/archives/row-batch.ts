/** Rows on their way into the tables, some hundred in a statement, in the caller's transaction. */
import type { DatabaseClient } from '../../database/database.ts';
import { takeRows } from '../../tables/statements/take-rows.ts';
import type { Table } from '../../tables/table.ts';
import type { ArchivedRow } from './run-rows.ts';

/** Rows inserted by one statement, and the length at which it is not waited for more. */
const MAX_ROWS = 500;
const MAX_CHARS = 8 * 1024 * 1024;

export class RowBatch {
  readonly #client: DatabaseClient;
  readonly #taken: ReadonlyMap<string, Table>;
  #table = '';
  #rows: string[] = [];
  #chars = 0;

  /** @param taken the tables that rows are taken into, by name; those of others are passed over */
  constructor(client: DatabaseClient, taken: ReadonlyMap<string, Table>) {
    this.#client = client;
    this.#taken = taken;
  }

  /** Takes a row; it is in the table after the next {@link flush}. One that is there already stays as it is. */
  async add({ table, json }: ArchivedRow): Promise<void> {
    if (!this.#taken.has(table)) return;
    if (table !== this.#table || this.#rows.length >= MAX_ROWS || this.#chars > MAX_CHARS) {
      await this.flush();
      this.#table = table;
    }
    this.#rows.push(json);
    this.#chars += json.length;
  }

  async flush(): Promise<void> {
    const table = this.#taken.get(this.#table);
    if (table !== undefined && this.#rows.length > 0)
      await this.#client.query(takeRows(table, `[${this.#rows.join(',')}]`));
    this.#rows = [];
    this.#chars = 0;
  }
}
