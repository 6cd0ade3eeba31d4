/**
 * Everything that is stored of a run, row by row, in an order that is always the same. Rows are the JSON text that
 * Postgres makes of them: no number is rounded on the way, bytes stand as `\x` and hex digits.
 *
 * The audit log and idempotency keys are not part of it: they tell what people did, and stay where they are.
 */
import type { DatabaseClient } from '../../database/database.ts';
import { sql, type Statement } from '../../database/sql.ts';
import { ALL_TABLES } from '../../tables/all-tables.ts';
import { columnsOf } from '../../tables/statements/columns-of.ts';
import { rowsOfRun } from '../../tables/statements/rows-of-run.ts';
import { blobs as blobTable } from '../../tables/stored/blobs.ts';
import { historyEvents } from '../../tables/stored/history-events.ts';
import { blobReferences } from './blob-references.ts';

/** A row of `table` as JSON text. */
export interface ArchivedRow {
  readonly table: string;
  readonly json: string;
}

/** Rows read at once. */
const CHUNK = 200;

/** The tables of which a file has the rows of a run. */
const IN_FILE = ALL_TABLES.filter(({ archive }) => archive === 'moved' || archive === 'copied');

/** Where rows of a file come from. */
export interface RowSource {
  readonly table: string;
  /** Answers them as lines of JSON text (`json`). */
  readonly rows: Statement;
}

const archived = (runId: string): readonly RowSource[] =>
  IN_FILE.map((table) => ({ table: table.name, rows: rowsOfRun(table, runId) }));

/**
 * Rows of a run as they are at one moment, parents before children, then the blobs that they refer to. Needs a
 * transaction that sees one moment.
 */
export async function* runRows(
  client: DatabaseClient,
  runId: string,
  sources: readonly RowSource[] = archived(runId),
): AsyncGenerator<ArchivedRow> {
  const blobs = new Set<string>();
  for (const { table, rows } of sources) {
    for await (const json of inChunks(client, rows)) {
      for (const hash of referencesOf({ table, json })) blobs.add(hash);
      yield { table, json };
    }
  }
  yield* blobRows(client, blobs);
}

/** Hashes of the blobs that a row refers to. */
export const referencesOf = ({ table, json }: ArchivedRow): readonly string[] =>
  blobReferences(table === historyEvents.name ? bytesAsText(json) : json);

/** One at a time, for they may be large; a blob may speak of further ones. */
async function* blobRows(client: DatabaseClient, wanted: Set<string>): AsyncGenerator<ArchivedRow> {
  // A set goes on to what is added while it is walked.
  for (const hash of wanted) {
    const { rows } = await client.query<{ json: string }>(
      sql`select row_to_json(t)::text as json from (select ${columnsOf(blobTable)} from blobs where hash = ${hash}) t`,
    );
    for (const { json } of rows) {
      for (const further of blobReferences(json)) wanted.add(further);
      yield { table: blobTable.name, json };
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
  const hex = /"data":"\\\\x([0-9a-f]*)"/.exec(json)?.[1] ?? '';
  return Buffer.from(hex, 'hex').toString('latin1');
}
