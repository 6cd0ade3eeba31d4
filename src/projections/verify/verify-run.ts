/**
 * Compares a run's rows with a fold of its stored events, and the stored events with Temporal while it has them.
 *
 * Reads one moment of the database, so it may run beside a projector. Writes nothing.
 */
import { inTransaction } from '../../database/database.ts';
import type { Database, Queryable } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import { decodeHistoryEvent, eventIdOf, isProvisional, isSameEvent } from '../../temporal/history-event.ts';
import { failureOf } from '../../temporal/history-source.ts';
import type { HistorySource } from '../../temporal/history-source.ts';
import { PROJECTED, type ProjectedTableName } from '../../tables/projected/index.ts';
import { foldedRows, storedRows } from '../../tables/statements/compared-rows.ts';
import { changedRows } from '../changed-rows.ts';
import { difference } from '../fold/difference.ts';
import { refuseArchived, runNotFound } from '../rebuild/rebuild-run.ts';
import { listRunIds } from '../rebuild/run-ids.ts';
import type { ExecutionRow } from '../sql/list-executions.ts';
import { foldStored, readExecutions, readHistory } from '../rebuild/stored-run.ts';
import type { Difference } from './table-difference.ts';
import { compareSums } from './compare-sums.ts';

/** Differences listed in full; the rest is only counted. */
const MAX_LISTED = 100;

export interface Verification {
  readonly run_id: string;
  /** Tables, stored events and Temporal agree, and history shows what the core decides. */
  readonly ok: boolean;
  readonly executions: number;
  /** Stored events that were folded. */
  readonly history_events: number;
  /** Rows compared. */
  readonly rows: number;
  /** Number of all differences; `differences` lists the first hundred. */
  readonly different: number;
  readonly differences: readonly Difference[];
  /** Where history differs from what the core decides, or null. */
  readonly diverged: unknown;
  /** Stored events against Temporal's: not asked for, equal, different, or no longer there. */
  readonly temporal: 'unchecked' | 'equal' | 'different' | 'gone';
}

export interface VerifyOptions {
  /** Compares stored events with Temporal's as well. */
  readonly source?: HistorySource;
  readonly signal?: AbortSignal;
}

/**
 * @throws NotFoundError `run_not_found`
 * @throws ConflictError `run_archived`: there is nothing left to compare
 */
export async function verifyRun(
  database: Database,
  runId: string,
  options: VerifyOptions = {},
): Promise<Verification> {
  return inTransaction(database, async (client) => {
    await client.query(sql`set transaction isolation level repeatable read read only`);
    const executions = await readExecutions(client, runId);
    if (executions.length === 0) throw runNotFound(runId);
    refuseArchived(runId, executions);
    const gaps = await findGaps(client, executions);
    const tables = await compareTables(client, runId, executions);
    const temporal = await compareSource(client, executions, options);
    const differences = [...gaps, ...tables.differences, ...temporal.differences];
    return {
      run_id: runId,
      ok: differences.length === 0 && tables.diverged === null,
      executions: executions.length,
      history_events: executions.reduce((sum, { cursor }) => sum + cursor, 0),
      rows: tables.rows,
      different: differences.length,
      differences: differences.slice(0, MAX_LISTED),
      diverged: tables.diverged,
      temporal: temporal.verdict,
    };
  });
}

/** Verifies all runs that are not archived, one after the other. */
export async function* verifyRuns(
  database: Database,
  options: VerifyOptions = {},
): AsyncGenerator<Verification> {
  for await (const runId of listRunIds(database)) yield verifyRun(database, runId, options);
}

/** Every event up to the cursor is stored, and none beyond. */
async function findGaps(db: Queryable, executions: readonly ExecutionRow[]): Promise<Difference[]> {
  const ids = executions.map(({ execution_id }) => execution_id);
  const { rows } = await db.query<{ execution_id: string; events: number; last: number }>(
    sql`select execution_id, count(*) as events, max(event_id) as last from history_events
        where execution_id = any(${ids}) group by execution_id`,
  );
  return executions.flatMap(({ execution_id, cursor }) => {
    const { events, last } = rows.find((row) => row.execution_id === execution_id) ?? { events: 0, last: 0 };
    if (events === cursor && last === cursor) return [];
    const found = `${events} events, the last ${last}`;
    return [
      {
        table: 'history_events',
        row: execution_id,
        at: '$.cursor',
        expected: `events 1 to ${cursor}`,
        found,
      },
    ];
  });
}

type Row = Readonly<Record<string, unknown>>;
interface TableRow {
  readonly table: ProjectedTableName;
  readonly row: Row;
}

async function compareTables(db: Queryable, runId: string, executions: readonly ExecutionRow[]) {
  const fold = await foldStored(db, runId, executions);
  const expected = byKey((await db.query<TableRow>(foldedRows(changedRows(fold.takeChanges())))).rows);
  const found = byKey((await db.query<TableRow>(storedRows(runId))).rows);
  const differences: Difference[] = [];
  for (const [key, { table, row }] of expected) {
    const other = found.get(key)?.row;
    if (other === undefined) differences.push({ table, row: key, at: null, expected: row, found: null });
    else differences.push(...compareRow(table, key, row, other));
  }
  for (const [key, { table, row }] of found) {
    if (!expected.has(key)) differences.push({ table, row: key, at: null, expected: null, found: row });
  }
  differences.push(...compareSums([...found.values()]));
  const [run] = [...expected.values()].filter(({ table }) => table === 'workflow_runs');
  return { differences, rows: expected.size, diverged: run?.row['diverged'] ?? null };
}

function compareRow(table: ProjectedTableName, key: string, expected: Row, found: Row): Difference[] {
  return Object.keys({ ...expected, ...found }).flatMap((column) => {
    const at = difference(expected[column], found[column], `$.${column}`);
    return at === null ? [] : [{ table, row: key, at, expected: expected[column], found: found[column] }];
  });
}

/** What tells a run's rows apart, by table. */
const KEYS: ReadonlyMap<ProjectedTableName, readonly string[]> = new Map(
  Object.values(PROJECTED).map(({ name, key }) => [name, key.filter((column) => column !== 'run_id')]),
);

function byKey(rows: readonly TableRow[]): Map<string, TableRow> {
  const keyOf = ({ table, row }: TableRow) =>
    `${table} ${(KEYS.get(table) ?? []).map((column) => String(row[column])).join('/')}`;
  return new Map(rows.map((row) => [keyOf(row), row]));
}

interface SourceComparison {
  readonly verdict: Verification['temporal'];
  readonly differences: readonly Difference[];
}

async function compareSource(
  db: Queryable,
  executions: readonly ExecutionRow[],
  { source, signal = new AbortController().signal }: VerifyOptions,
): Promise<SourceComparison> {
  if (source === undefined) return { verdict: 'unchecked', differences: [] };
  const differences: Difference[] = [];
  let isGone = false;
  for (const execution of executions) {
    try {
      differences.push(...(await compareExecution(db, execution, source, signal)));
    } catch (error) {
      if (failureOf(error) !== 'not_found') throw error;
      isGone = true;
    }
  }
  if (differences.length > 0) return { verdict: 'different', differences };
  return { verdict: isGone ? 'gone' : 'equal', differences };
}

async function compareExecution(
  db: Queryable,
  { execution_id, run_id, cursor }: ExecutionRow,
  source: HistorySource,
  signal: AbortSignal,
): Promise<Difference[]> {
  const events = await source.whole({ runId: run_id, executionId: execution_id }, signal);
  const theirs = new Map(
    events
      .filter((event) => !isProvisional(event) && eventIdOf(event) <= cursor)
      .map((event) => [eventIdOf(event), event]),
  );
  const differences: Difference[] = [];
  for await (const { event_id, data } of readHistory(db, execution_id)) {
    const other = theirs.get(event_id);
    if (other !== undefined && isSameEvent(decodeHistoryEvent(data), other)) continue;
    const found = other === undefined ? 'not in Temporal' : 'something else in Temporal';
    differences.push({
      table: 'temporal',
      row: `${execution_id}/${event_id}`,
      at: null,
      expected: 'the same',
      found,
    });
  }
  return differences;
}
