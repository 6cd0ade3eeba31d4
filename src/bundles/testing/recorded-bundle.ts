/** Bundles out of recorded histories, without a database: the rows are those that the fold makes. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type { ArchivedRow } from '../../maintenance/index.ts';
import { writeJson } from '../../plan/exact-json.ts';
import { EventFold, readEvent } from '../../projections/index.ts';
import { encodeHistoryEvent } from '../../temporal/history-event.ts';
import { BUNDLED } from '../bundled-tables.ts';
import { asStored, comparable, type Row } from '../row-form.ts';
import { openSigningKey, type SigningKey } from '../signing-key.ts';
import { signedLines } from '../write-bundle.ts';

export const HISTORIES = new URL('../../../test/histories/', import.meta.url);

/** A row that a test may change. */
export interface TestRow {
  readonly table: string;
  readonly row: Row;
  /** Stands there instead. */
  readonly json?: string;
}

export interface RecordedRun {
  readonly run: string;
  readonly rows: readonly TestRow[];
}

/** What would be stored of the run of a history, in the order of a bundle. */
export function recordedRun(file: string): RecordedRun {
  const history = historyFromJSON(JSON.parse(readFileSync(new URL(file, HISTORIES), 'utf8')));
  const stored = (history.events ?? []).map((event) => encodeHistoryEvent(event));
  const events = stored.map((bytes) => readEvent(bytes));
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  const run = started?.workflowId ?? '';
  const execution_id = started?.originalExecutionRunId ?? '';
  const fold = new EventFold(run);
  fold.beginExecution(execution_id);
  for (const event of events) fold.apply(event);
  const projected = fold
    .takeRows()
    .flatMap(([table, rows]) =>
      rows.map((row) => ({ table: table.name, row: comparable(table, asStored(row)) })),
    );
  const execution = {
    ...{ execution_id, run_id: run, workflow_type: started?.workflowType?.name ?? '', cursor: events.length },
    ...{ first_execution_id: null, started_at: events[0]?.at, close_status: null, closed_at: null },
    ...{ successor_id: null, is_reset: false, source_gone: true },
  };
  const histories = events.map(({ eventId: event_id, type: event_type, at: event_time }, at) => ({
    table: 'history_events',
    row: { execution_id, event_id, event_type, event_time, data: `\\x${stored[at]?.toString('hex')}` },
  }));
  const order = [...BUNDLED.keys()];
  const rows = [...projected, { table: 'executions', row: execution }, ...histories];
  return { run, rows: rows.toSorted((a, b) => order.indexOf(a.table) - order.indexOf(b.table)) };
}

const folder = mkdtempSync(join(tmpdir(), 'baton-bundle-'));
let files = 0;

export const testKey = (digit = '1'): SigningKey =>
  openSigningKey({ seed: digit.repeat(64), home: undefined });

/** The unpacked text of a bundle that holds these rows. */
export async function bundleText(run: string, rows: readonly TestRow[], key = testKey()): Promise<string> {
  const archived: readonly ArchivedRow[] = rows.map(({ table, row, json = writeJson(row) }) => ({
    table,
    json,
  }));
  let text = '';
  for await (const line of signedLines(run, { key, baton: '0.0.0' }, archived)) text += line;
  return text;
}

/** A file of its own with these bytes; a text is packed. */
export function bundleFile(content: string | Uint8Array): string {
  const file = join(folder, `${(files += 1)}.baton.gz`);
  writeFileSync(file, typeof content === 'string' ? gzipSync(content, { level: 1 }) : content);
  return file;
}
