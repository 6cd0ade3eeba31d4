/** The stored events of a run and those that Temporal has, as far as it still has them. */
import type { Queryable } from '../../database/database.ts';
import { decodeHistoryEvent, eventIdOf, isProvisional, isSameEvent } from '../../temporal/history-event.ts';
import { failureOf, type HistorySource } from '../../temporal/history-source.ts';
import { readHistory } from '../rebuild/stored-run.ts';
import type { ExecutionRow } from '../sql/list-executions.ts';
import type { Difference } from './table-difference.ts';

export interface SourceComparison {
  readonly verdict: 'unchecked' | 'equal' | 'different' | 'gone';
  readonly differences: readonly Difference[];
}

/** @param source without it nothing is compared */
export async function compareSource(
  db: Queryable,
  executions: readonly ExecutionRow[],
  source: HistorySource | undefined,
  signal: AbortSignal,
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
