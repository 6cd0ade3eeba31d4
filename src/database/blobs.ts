/**
 * Large values by content: the SHA-256 of their JSON text. Storing the same value twice is nearly free; `created_at` is
 * when it was stored last, to the day, so that maintenance leaves alone what somebody is about to refer to.
 */
import { createHash } from 'node:crypto';
import { readJson } from '../plan/exact-json.ts';
import type { Json } from '../plan/json.ts';
import type { BlobRef } from '../protocol/values.ts';
import type { Queryable } from './database.ts';
import { sql, type Statement } from './sql.ts';

/** Stores a value's JSON text. */
export async function storeBlob(db: Queryable, text: string): Promise<BlobRef> {
  const hash = createHash('sha256').update(text).digest('hex');
  const bytes = Buffer.byteLength(text);
  await db.query(
    sql`insert into blobs (hash, bytes, content) values (${hash}, ${bytes}, ${text})
        on conflict (hash) do update set created_at = now() where blobs.created_at < now() - interval '1 day'`,
  );
  return { $blob: hash, bytes };
}

/** The values of several blobs by hash. What is not stored is missing in the answer. */
export async function loadBlobs(
  db: { query<Row extends object>(statement: Statement): Promise<{ readonly rows: Row[] }> },
  hashes: readonly string[],
): Promise<ReadonlyMap<string, Json>> {
  if (hashes.length === 0) return new Map();
  const { rows } = await db.query<{ hash: string; content: string }>(
    sql`select hash, content from blobs where hash = any(${hashes})`,
  );
  return new Map(rows.map((row) => [row.hash, readJson(row.content) as Json]));
}
