/** The lines of a run's bundle, one after the other: nothing of the run is held but what the next lines need. */
import type { DatabaseClient } from '../database/database.ts';
import { referencesOf, runRows, type ArchivedRow } from '../maintenance/index.ts';
import { writeJson } from '../plan/exact-json.ts';
import { INTERPRETER_VERSION } from '../protocol/envelope.ts';
import { ROWS_VERSION } from '../tables/rows-version.ts';
import { blobs } from '../tables/stored/blobs.ts';
import {
  BEGINNING,
  FORMAT,
  hashOfLine,
  lineOf,
  signedText,
  type BundleHead,
  type BundleManifest,
} from './bundle-form.ts';
import { bundledRows } from './bundled-tables.ts';
import type { SigningKey } from './signing-key.ts';

/** What is written of whoever writes. */
export interface Writer {
  readonly key: SigningKey;
  /** Its version. */
  readonly baton: string;
}

/** @param client in a transaction that sees one moment */
export async function* bundleLines(
  client: DatabaseClient,
  runId: string,
  writer: Writer,
): AsyncGenerator<string> {
  yield* signedLines(runId, writer, runRows(client, runId, await bundledRows(client, runId)));
}

/** Rows as a bundle, in the order in which they come. */
export async function* signedLines(
  runId: string,
  { key, baton }: Writer,
  all: AsyncIterable<ArchivedRow> | Iterable<ArchivedRow>,
): AsyncGenerator<string> {
  const chain = new Chain();
  yield chain.add(membersOf(headOf(runId, baton, key)));
  const rows: Record<string, number> = {};
  const [named, present] = [new Set<string>(), new Set<string>()];
  for await (const row of all) {
    rows[row.table] = (rows[row.table] ?? 0) + 1;
    for (const hash of referencesOf(row)) named.add(hash);
    if (row.table === blobs.name) present.add(hashOfBlob(row.json));
    yield chain.add(`"table":"${row.table}","row":${row.json}}`);
  }
  const absent_blobs = [...named].filter((hash) => !present.has(hash)).toSorted();
  const manifest: BundleManifest = { lines: chain.length, rows, absent_blobs };
  yield chain.add(membersOf({ manifest }));
  yield `${writeJson({ signature: key.sign(signedText(chain.last)) })}\n`;
}

class Chain {
  last = BEGINNING;
  length = 0;

  add(rest: string): string {
    this.last = hashOfLine(this.last, rest);
    this.length += 1;
    return lineOf(this.last, rest);
  }
}

function headOf(run: string, baton: string, { raw }: SigningKey): BundleHead {
  return {
    bundle: 'baton',
    format: FORMAT,
    run,
    baton,
    interpreter: INTERPRETER_VERSION,
    rows_version: ROWS_VERSION,
    created_at: new Date().toISOString(),
    public_key: raw,
  };
}

/** An object's text without its opening brace. */
const membersOf = (value: object): string => writeJson(value).slice(1);

/** Columns stand in their order, the hash first. */
const hashOfBlob = (json: string): string => /^\{"hash":"([0-9a-f]{64})"/.exec(json)?.[1] ?? '';
