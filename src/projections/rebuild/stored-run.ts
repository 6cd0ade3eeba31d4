/** A run folded from the events that are stored of it. */
import type { Statement } from '../../database/sql.ts';
import { decodeHistoryEvent } from '../../temporal/history-event.ts';
import { decodeEvent } from '../decode-event.ts';
import { RunFold } from '../fold/run-fold.ts';
import { listExecutions } from '../sql/list-executions.ts';
import type { ExecutionRow } from '../sql/list-executions.ts';
import { listHistoryEvents } from '../sql/list-history-events.ts';
import type { StoredEvent } from '../sql/list-history-events.ts';

const CHUNK = 1_000;

/** Runs statements: the database, or what a service reads it through. */
export interface Reader {
  query<Row extends object>(statement: Statement): Promise<{ readonly rows: Row[] }>;
}

export async function readExecutions(db: Reader, runId: string): Promise<readonly ExecutionRow[]> {
  const { rows } = await db.query<ExecutionRow>(listExecutions(runId));
  return rows;
}

/** Stored events of an execution, in order. */
export async function* readHistory(db: Reader, executionId: string): AsyncGenerator<StoredEvent> {
  let after = 0;
  for (;;) {
    const { rows } = await db.query<StoredEvent>(listHistoryEvents(executionId, after, CHUNK));
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < CHUNK) return;
    after = last.event_id;
  }
}

/** Folds the executions given, one after the other. Nothing is written. */
export async function foldStored(
  db: Reader,
  runId: string,
  executions: readonly ExecutionRow[],
): Promise<RunFold> {
  const fold = new RunFold(runId);
  for (const { execution_id } of executions) {
    fold.beginExecution(execution_id);
    for await (const { data } of readHistory(db, execution_id)) {
      fold.apply(decodeEvent(decodeHistoryEvent(data)));
    }
  }
  return fold;
}
