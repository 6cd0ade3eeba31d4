/** A run folded from the events that are stored of it. */
import type { Statement } from '../../database/sql.ts';
import { ConflictError } from '../../errors/errors.ts';
import { decodeHistoryEvent } from '../../temporal/history-event.ts';
import { UnknownInterpreterError } from '../../workflows/core/index.ts';
import { decodeEvent } from '../decode-event.ts';
import type { RecordedEvent } from '../fold/recorded-event.ts';
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

/**
 * Tells the stored events of an execution one by one, until `take` answers false.
 *
 * @returns whether all were told
 * @throws ConflictError `run_of_newer_baton`: the fold that takes them does not know the run's interpreter
 */
export async function tellStored(
  db: Reader,
  runId: string,
  executionId: string,
  take: (event: RecordedEvent) => boolean,
): Promise<boolean> {
  try {
    for await (const { data } of readHistory(db, executionId))
      if (!take(decodeEvent(decodeHistoryEvent(data)))) return false;
    return true;
  } catch (error) {
    throw error instanceof UnknownInterpreterError ? ofNewerBaton(runId, error) : error;
  }
}

/** What a fold throws, itself or through {@link tellStored}, of a run that a newer Baton has to fold. */
export function isOfNewerBaton(error: unknown): boolean {
  const thrown = error instanceof ConflictError ? error.cause : error;
  return thrown instanceof UnknownInterpreterError && thrown.isNewer;
}

function ofNewerBaton(runId: string, cause: UnknownInterpreterError): ConflictError {
  const message = `run "${runId}" is for a newer Baton: ${cause.message}; use the version that started it`;
  return new ConflictError('run_of_newer_baton', message, [], { cause });
}

/** Folds the executions given, one after the other. Nothing is written. @throws ConflictError `run_of_newer_baton` */
export async function foldStored(
  db: Reader,
  runId: string,
  executions: readonly ExecutionRow[],
): Promise<RunFold> {
  const fold = new RunFold(runId);
  for (const { execution_id } of executions) {
    fold.beginExecution(execution_id);
    await tellStored(db, runId, execution_id, (event) => {
      fold.apply(event);
      return true;
    });
  }
  return fold;
}
