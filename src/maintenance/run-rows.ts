/**
 * Everything that is stored of a run, row by row, in an order that is always the same. Rows are the JSON text that
 * Postgres makes of them: no number is rounded on the way, bytes stand as `\x` and hex digits.
 *
 * The audit log and idempotency keys are not part of it: they tell what people did, and stay where they are.
 */
import type { DatabaseClient } from '../database/database.ts';
import { sql, type Statement } from '../database/sql.ts';
import { blobReferences } from './blob-references.ts';

/** A row of `table` as JSON text. */
export interface ArchivedRow {
  readonly table: string;
  readonly json: string;
}

/** Rows read at once. */
const CHUNK = 200;

/** A session belongs to one run: its id is derived from the run's. */
export const sessionsOf = (runId: string): Statement => sql`
  select session_id from workflow_runs where id = ${runId} and session_id is not null
  union select session_id from workflow_step_executions where run_id = ${runId} and session_id is not null
  union select session_id from llm_calls where run_id = ${runId} and session_id is not null`;

/** Of each table the rows (`json`) of a run; leases and the mark of an archived run are no part of it. */
const tablesOf = (runId: string): Readonly<Record<string, Statement>> => ({
  workflow_runs: sql`
    select (to_jsonb(t) - 'archived_at')::text as json from workflow_runs t where id = ${runId}`,
  executions: sql`
    select (to_jsonb(t) - 'lease_owner' - 'lease_until')::text as json
    from executions t where run_id = ${runId} order by started_at, execution_id`,
  history_events: sql`
    select to_jsonb(t)::text as json from history_events t
    where execution_id in (select execution_id from executions where run_id = ${runId})
    order by execution_id, event_id`,
  run_epochs: sql`
    select to_jsonb(t)::text as json from run_epochs t where run_id = ${runId} order by epoch`,
  workflow_step_executions: sql`
    select to_jsonb(t)::text as json from workflow_step_executions t where run_id = ${runId} order by key`,
  workflow_step_attempts: sql`
    select to_jsonb(t)::text as json from workflow_step_attempts t
    where run_id = ${runId} order by step, epoch, attempt`,
  llm_calls: sql`
    select to_jsonb(t)::text as json from llm_calls t
    where run_id = ${runId} order by step, epoch, attempt, turn`,
  workflow_events: sql`
    select to_jsonb(t)::text as json from workflow_events t where run_id = ${runId} order by seq`,
  workflow_messages: sql`
    select to_jsonb(t)::text as json from workflow_messages t where run_id = ${runId} order by seq`,
  workflow_questions: sql`
    select to_jsonb(t)::text as json from workflow_questions t where run_id = ${runId} order by id`,
  workflow_checkpoints: sql`
    select to_jsonb(t)::text as json from workflow_checkpoints t
    where run_id = ${runId} order by execution_id, event_id`,
  session_messages: sql`
    select row_to_json(t)::text as json from session_messages t
    where session_id in (${sessionsOf(runId)}) order by depth, hash`,
  session_turns: sql`
    select row_to_json(t)::text as json from session_turns t
    where session_id in (${sessionsOf(runId)}) order by session_id, parent, request_hash`,
});

/** Rows of a run as they are at one moment, parents before children. Needs a transaction that sees one moment. */
export async function* runRows(client: DatabaseClient, runId: string): AsyncGenerator<ArchivedRow> {
  const blobs = new Set<string>();
  for (const [table, select] of Object.entries(tablesOf(runId))) {
    for await (const json of inChunks(client, select)) {
      for (const hash of blobReferences(table === 'history_events' ? bytesAsText(json) : json))
        blobs.add(hash);
      yield { table, json };
    }
  }
  yield* blobRows(client, blobs);
}

/** One at a time, for they may be large; a blob may speak of further ones. */
async function* blobRows(client: DatabaseClient, wanted: Set<string>): AsyncGenerator<ArchivedRow> {
  // A set goes on to what is added while it is walked.
  for (const hash of wanted) {
    const { rows } = await client.query<{ json: string }>(
      sql`select jsonb_build_object('hash', hash, 'bytes', bytes, 'content', content)::text as json
          from blobs where hash = ${hash}`,
    );
    for (const { json } of rows) {
      for (const further of blobReferences(json)) wanted.add(further);
      yield { table: 'blobs', json };
    }
  }
}

async function* inChunks(client: DatabaseClient, select: Statement): AsyncGenerator<string> {
  await client.query(sql`declare archived_rows no scroll cursor for ${select}`);
  try {
    for (;;) {
      const { rows } = await client.query<{ json: string }>(`fetch ${CHUNK} from archived_rows`);
      for (const { json } of rows) yield json;
      if (rows.length < CHUNK) return;
    }
  } finally {
    await client.query('close archived_rows').catch(() => undefined);
  }
}

/** What the bytes of a raw event say, as far as it is text. */
function bytesAsText(json: string): string {
  const hex = /"data": "\\\\x([0-9a-f]*)"/.exec(json)?.[1] ?? '';
  return Buffer.from(hex, 'hex').toString('latin1');
}
