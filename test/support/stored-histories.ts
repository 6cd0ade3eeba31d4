/** The recorded histories as the projector stores them: executions with their events, and no rows yet. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Database } from '../../src/database/database.ts';
import { sql } from '../../src/database/sql.ts';
import { decodeEvent } from '../../src/projections/decode-event.ts';
import { timeOf } from '../../src/projections/fold/rows.ts';
import { addBinaryRows } from '../../src/tables/statements/add-binary-rows.ts';
import { writeRows } from '../../src/tables/statements/write-rows.ts';
import { executions } from '../../src/tables/stored/executions.ts';
import { historyEvents } from '../../src/tables/stored/history-events.ts';
import { decodeHistoryEvent, encodeHistoryEvent } from '../../src/temporal/history-event.ts';
import { HISTORIES } from './record-history.ts';

/** Stores those of a version; answers the ids of their runs. @param most bytes of a file */
export async function storeHistories(
  database: Database,
  version: string,
  most: number,
): Promise<readonly string[]> {
  const runIds = new Set<string>();
  const files = readdirSync(HISTORIES).filter((name) => name.startsWith(`${version}-`));
  for (const file of files.filter((name) => statSync(new URL(name, HISTORIES)).size <= most)) {
    runIds.add(await storeHistory(database, file));
  }
  return [...runIds].toSorted();
}

async function storeHistory(database: Database, file: string): Promise<string> {
  const history = historyFromJSON(JSON.parse(readFileSync(new URL(file, HISTORIES), 'utf8')));
  const stored = (history.events ?? []).map((event) => encodeHistoryEvent(event));
  const events = stored.map((data) => decodeEvent(decodeHistoryEvent(data)));
  const attributes = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  const runId = attributes?.workflowId ?? '';
  const execution_id = attributes?.originalExecutionRunId ?? '';
  const closed = events.find((event) => event.kind === 'closed');
  const execution = {
    execution_id,
    run_id: runId,
    workflow_type: attributes?.workflowType?.name ?? '',
    first_execution_id: attributes?.firstExecutionRunId ?? null,
    started_at: timeOf(events[0]?.timeMs ?? 0),
    cursor: events.length,
    close_status: closed?.status ?? null,
    closed_at: closed === undefined ? null : timeOf(closed.timeMs),
    successor_id: closed?.successorId ?? null,
    is_reset: false,
    source_gone: true,
  };
  await database.query(writeRows(executions, [execution]));
  await storeEvents(database, execution_id, stored);
  return runId;
}

/** Stores a recorded history as that of an execution; answers the places of its completed workflow tasks. */
export async function storeAs(
  database: Database,
  file: string,
  executionId: string,
): Promise<readonly number[]> {
  const stored = recorded(file);
  await storeEvents(database, executionId, stored);
  const events = stored.map((data) => decodeEvent(decodeHistoryEvent(data)));
  return events.flatMap(({ kind, eventId }) => (kind === 'task_completed' ? [eventId] : []));
}

function recorded(file: string): readonly Buffer[] {
  const history = historyFromJSON(JSON.parse(readFileSync(new URL(file, HISTORIES), 'utf8')));
  return (history.events ?? []).map((event) => encodeHistoryEvent(event));
}

async function storeEvents(
  database: Database,
  execution_id: string,
  stored: readonly Buffer[],
): Promise<void> {
  const rows = stored.map((data) => {
    const { eventId, type, timeMs } = decodeEvent(decodeHistoryEvent(data));
    return { execution_id, event_id: eventId, event_type: type, event_time: timeOf(timeMs), data };
  });
  await database.query(addBinaryRows(historyEvents, rows, sql`true`));
}
