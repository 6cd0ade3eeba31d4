/**
 * Removes what nobody refers to any more: blobs, sessions of which no run knows, old idempotency keys.
 *
 * Activities store before a run refers to it, so what is younger than the grace time stays in any case, and so does a
 * session that may belong to a run that is open.
 */
import { inTransaction, type Database, type Queryable } from '../database/database.ts';
import { sql, type Statement } from '../database/sql.ts';
import { ALL_TABLES } from '../tables/all-tables.ts';
import { nameOf } from '../tables/statements/columns-of.ts';
import { historyEvents } from '../tables/stored/history-events.ts';
import { holdsJson } from '../tables/table.ts';
import { BLOB_REFERENCE } from './archives/blob-references.ts';

export interface Pruned {
  readonly blobs: number;
  /** Of the blobs. */
  readonly bytes: number;
  readonly sessions: number;
  readonly idempotency_keys: number;
}

/** @param graceMs Younger things stay. */
export async function prune(database: Database, graceMs: number, dryRun: boolean): Promise<Pruned> {
  const before = new Date(Date.now() - graceMs);
  const keys = await rowsOf<object>(database, dryRun ? oldKeys(before) : deleteOldKeys(before));
  const sessions = (await rowsOf<{ session_id: string }>(database, orphanSessions(before))).map(
    ({ session_id }) => session_id,
  );
  if (!dryRun && sessions.length > 0) {
    await inTransaction(database, async (client) => {
      await client.query(sql`delete from session_turns where session_id = any(${sessions})`);
      await client.query(sql`delete from session_messages where session_id = any(${sessions})`);
    });
  }
  const blobs = await pruneBlobs(database, before, dryRun);
  return { ...blobs, sessions: sessions.length, idempotency_keys: keys.length };
}

async function rowsOf<T extends object>(db: Queryable, statement: Statement): Promise<readonly T[]> {
  return (await db.query<T>(statement)).rows;
}

const oldKeys = (before: Date): Statement => sql`
  select key from idempotency_keys where created_at < ${before}`;

const deleteOldKeys = (before: Date): Statement => sql`
  delete from idempotency_keys where created_at < ${before} returning key`;

/** No run names it, nothing was added of late, and no open run is old enough to be the one that began it. */
const orphanSessions = (before: Date): Statement => sql`
  select session_id from session_messages m
  where not exists (select from workflow_runs r where r.session_id = m.session_id)
    and not exists (select from workflow_step_executions s where s.session_id = m.session_id)
    and not exists (select from llm_calls c where c.session_id = m.session_id)
  group by session_id
  having max(created_at) < ${before} and not exists (
    select from workflow_runs r
    where r.status in ('pending', 'running', 'paused') and r.created_at < min(m.created_at))`;

/** The search goes through everything that is stored, so it is left out when no blob is old enough. */
async function pruneBlobs(
  database: Database,
  before: Date,
  dryRun: boolean,
): Promise<Pick<Pruned, 'blobs' | 'bytes'>> {
  return inTransaction(database, async (client) => {
    const [old] = await rowsOf<{ some: boolean }>(
      client,
      sql`select exists (select from blobs where created_at < ${before}) as some`,
    );
    if (old?.some !== true) return { blobs: 0, bytes: 0 };
    await client.query('create temporary table referred_blobs (hash text primary key) on commit drop');
    for (const table of REFERRING) await client.query(collectReferences(table));
    const unused = sql`created_at < ${before} and not exists (
      select from referred_blobs r where r.hash = blobs.hash)`;
    const removed = await rowsOf<{ bytes: number }>(
      client,
      dryRun
        ? sql`select bytes from blobs where ${unused}`
        : sql`delete from blobs where ${unused} returning bytes`,
    );
    return { blobs: removed.length, bytes: removed.reduce((sum, { bytes }) => sum + bytes, 0) };
  });
}

/** Where references may stand: in every row with JSON, each as `(text)`. A blob may speak of another. */
const REFERRING: readonly Statement[] = ALL_TABLES.filter(holdsJson).map(
  (table) => sql`
  select ${table === historyEvents ? sql`encode(data, 'escape')` : sql`t::text`} from ${nameOf(table)} t`,
);

const collectReferences = (texts: Statement): Statement => sql`
  insert into referred_blobs
  select distinct (regexp_matches(t.text, ${BLOB_REFERENCE}, 'g'))[1]
  from (${texts}) as t (text) where strpos(t.text, '$blob') > 0
  on conflict do nothing`;
