/**
 * Brings archived runs back: the durable rows from the file, the read tables by folding them anew.
 *
 * Each run is one transaction: it is back whole, or not at all. Importing the same file again changes nothing. A run
 * that has gone on since, or another one of the same id, is a conflict: it is reported and left as it is.
 */
import type { Database, DatabaseClient } from '../../database/database.ts';
import { sql, type Statement } from '../../database/sql.ts';
import { ALL_TABLES } from '../../tables/all-tables.ts';
import { isProjected } from '../../tables/projected/index.ts';
import type { Table } from '../../tables/table.ts';
import { checkArchive, readArchive } from './archive-file.ts';
import { RowBatch } from './row-batch.ts';
import type { ArchivedRow } from './run-rows.ts';

export interface Imported {
  /** Runs that are back. */
  readonly runs: readonly string[];
  /** Runs that were there already, whole. */
  readonly present: readonly string[];
  readonly conflicts: readonly { readonly run: string; readonly reason: string }[];
}

/** What becomes of a run of the file. */
type RunEnding =
  | { readonly kind: 'runs' | 'present' }
  | { readonly kind: 'conflict'; readonly reason: string };

/** Makes the read tables of a run anew, inside the transaction of the import. */
type Rebuild = (client: DatabaseClient, runId: string) => Promise<unknown>;

/**
 * @param dryRun Says what would be imported, and changes nothing.
 * @throws InvalidError `archive_invalid`, `archive_newer` before anything is changed
 */
export async function importArchive(
  database: Database,
  file: string,
  dryRun: boolean,
  rebuild: Rebuild,
): Promise<Imported> {
  await checkArchive(file);
  const write = dryRun ? null : rebuild;
  const outcomes = new Map<string, RunEnding>();
  const client = await database.connect();
  try {
    let open: RunImport | undefined;
    for await (const { run, ...row } of readArchive(file)) {
      if (run !== open?.run) {
        if (open !== undefined) outcomes.set(open.run, await open.end(write));
        open = await RunImport.begin(client, run);
      }
      await open.add(row);
    }
    if (open !== undefined) outcomes.set(open.run, await open.end(write));
  } finally {
    // With a failure in the middle the connection goes, and the open transaction with it.
    client.release(true);
  }
  return summary(outcomes);
}

function summary(outcomes: ReadonlyMap<string, RunEnding>): Imported {
  const of = (kind: RunEnding['kind']) =>
    [...outcomes].filter(([, it]) => it.kind === kind).map(([run]) => run);
  const conflicts = [...outcomes].flatMap(([run, it]) =>
    it.kind === 'conflict' ? [{ run, reason: it.reason }] : [],
  );
  return { runs: of('runs'), present: of('present'), conflicts };
}

/** One run on its way back; its rows come table by table. */
class RunImport {
  readonly run: string;
  readonly #client: DatabaseClient;
  /** The run is not archived here: nothing is written, the rest only compared. */
  readonly #isHere: boolean;
  readonly #batch: RowBatch;
  readonly #executions: string[] = [];

  private constructor(client: DatabaseClient, run: string, isHere: boolean) {
    this.run = run;
    this.#client = client;
    this.#isHere = isHere;
    this.#batch = new RowBatch(client, isHere ? new Map() : TAKEN);
  }

  /** Begins a transaction in which nobody else folds, rebuilds or archives the run. */
  static async begin(client: DatabaseClient, run: string): Promise<RunImport> {
    await client.query('begin');
    await client.query(sql`select from executions where run_id = ${run} for update`);
    const { rows } = await client.query<{ archived: boolean }>(
      sql`select archived_at is not null as archived from workflow_runs where id = ${run} for update`,
    );
    return new RunImport(client, run, rows[0]?.archived === false);
  }

  async add(row: ArchivedRow): Promise<void> {
    if (row.table === 'executions') this.#executions.push(row.json);
    await this.#batch.add(row);
  }

  /** Ends the transaction, for good where the run can come back and there is a way to make its tables. */
  async end(rebuild: Rebuild | null): Promise<RunEnding> {
    await this.#batch.flush();
    const { rows } = await this.#client.query<{ execution_id: string }>(
      differing(this.run, `[${this.#executions.join(',')}]`),
    );
    const differs = rows.map(({ execution_id }) => execution_id);
    const outcome = differs.length > 0 ? conflict(differs) : this.#isHere ? PRESENT : BACK;
    const comesBack = outcome === BACK && rebuild !== null;
    if (comesBack) await rebuild(this.#client, this.run);
    await this.#client.query(comesBack ? 'commit' : 'rollback');
    return outcome;
  }
}

const BACK: RunEnding = { kind: 'runs' };
const PRESENT: RunEnding = { kind: 'present' };
const conflict = (executions: readonly string[]): RunEnding => ({
  kind: 'conflict',
  reason: `another run of this id is here, or events are missing (executions ${executions.join(', ')})`,
});

/** Executions (`execution_id`) of the file that are not stored here as they are in the file, with every event. */
const differing = (runId: string, executions: string): Statement => sql`
  select f.execution_id from jsonb_populate_recordset(null::executions, ${executions}::jsonb) f
  left join executions e on e.execution_id = f.execution_id and e.run_id = ${runId} and e.cursor = f.cursor
  where e.execution_id is null
    or e.cursor <> (select count(*) from history_events h where h.execution_id = f.execution_id)`;

/** Projected rows are not taken: they are made anew by folding. */
const TAKEN: ReadonlyMap<string, Table> = new Map(
  ALL_TABLES.filter((table) => table.archive !== undefined && !isProjected(table)).map((table) => [
    table.name,
    table,
  ]),
);
