/**
 * Compares a run's rows with a fold of its stored events, and the stored events with Temporal while it has them.
 *
 * Reads one moment of the database, so it may run beside a projector. Writes nothing.
 */
import { inTransaction } from '../../database/database.ts';
import type { Database, Queryable } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import type { HistorySource } from '../../temporal/history-source.ts';
import { refuseArchived, runNotFound } from '../rebuild/rebuild-run.ts';
import { listRunIds } from '../rebuild/run-ids.ts';
import { readExecutions } from '../rebuild/stored-run.ts';
import type { ExecutionRow } from '../sql/list-executions.ts';
import { compareSource, type SourceComparison } from './compare-source.ts';
import { compareTables } from './compare-tables.ts';
import type { Difference } from './table-difference.ts';

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
  readonly temporal: SourceComparison['verdict'];
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
  { source, signal = new AbortController().signal }: VerifyOptions = {},
): Promise<Verification> {
  return inTransaction(database, async (client) => {
    await client.query(sql`set transaction isolation level repeatable read read only`);
    const executions = await readExecutions(client, runId);
    if (executions.length === 0) throw runNotFound(runId);
    refuseArchived(runId, executions);
    const gaps = await findGaps(client, executions);
    const tables = await compareTables(client, runId, executions);
    const temporal = await compareSource(client, executions, source, signal);
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
