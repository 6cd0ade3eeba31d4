/**
 * The API's way to Postgres: runs statements, and tells "the database is away" from "every connection is in use" and
 * from "the statement is wrong".
 *
 * Whatever is no answer of the server (no SQLSTATE) is a lost, refused or silent connection; some SQLSTATEs say the same.
 * But while the pool is full and its connections are answered, whoever got none has only come at a busy time.
 */
import pg from 'pg';
import { inTransaction, type Database, type Queryable } from '../../database/database.ts';
import { storeBlob } from '../../database/blobs.ts';
import type { Statement } from '../../database/sql.ts';
import { InvalidError, UnavailableError } from '../../errors/errors.ts';
import type { BlobRef } from '../../protocol/values.ts';
import { PoolState } from './pool-state.ts';
import { diskFull } from './disk-full.ts';

/** Runs statements, alone or inside a transaction. */
export interface Rows {
  /** All rows. The caller says their shape, which is the statement's. */
  all<Row>(statement: Statement): Promise<Row[]>;
  /** The first row, if there is any. */
  first<Row>(statement: Statement): Promise<Row | undefined>;
}

export interface Store extends Rows {
  /** Commits when `work` resolves, rolls back when it throws. */
  transaction<T>(work: (rows: Rows) => Promise<T>): Promise<T>;
  /** Stores the JSON text of a large value. */
  putBlob(text: string): Promise<BlobRef>;
}

/** Told of each statement: how long it took, and whether it failed. */
type CountQuery = (seconds: number, failed: boolean) => void;

/**
 * @throws UnavailableError `database_unavailable`, `database_busy`, `disk_full`; InvalidError `invalid_text`; anything
 *   else is a bug.
 */
export function createStore(database: Database, countQuery: CountQuery): Store {
  const way = { countQuery, pool: new PoolState(database) };
  return {
    ...rowsOf(database, way),
    transaction: (work) => transaction(database, way, work),
    putBlob: (text) => translated(storeBlob(database, text), way.pool),
  };
}

/** What every statement of a store shares. */
interface Way {
  readonly countQuery: CountQuery;
  readonly pool: PoolState;
}

/** What `work` throws is thrown on as it is: only begin, commit and the connection itself remain to be translated. */
async function transaction<T>(database: Database, way: Way, work: (rows: Rows) => Promise<T>): Promise<T> {
  let thrown: { readonly error: unknown } | undefined;
  try {
    return await inTransaction(database, async (client) => {
      try {
        return await work(rowsOf(client, way));
      } catch (error) {
        thrown = { error };
        throw error;
      }
    });
  } catch (error) {
    throw thrown === undefined ? await translate(error, way.pool) : error;
  }
}

function rowsOf(queryable: Queryable, { countQuery, pool }: Way): Rows {
  const all = async <Row>(statement: Statement) => {
    const since = performance.now();
    let failed = true;
    try {
      const result = await translated(queryable.query(statement.text, statement.values), pool);
      failed = false;
      return result.rows as Row[];
    } finally {
      countQuery((performance.now() - since) / 1_000, failed);
    }
  };
  return { all, first: async <Row>(statement: Statement) => (await all<Row>(statement))[0] };
}

async function translated<T>(work: Promise<T>, pool: PoolState): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw await translate(error, pool);
  }
}

async function translate(error: unknown, pool: PoolState): Promise<unknown> {
  const state = error instanceof pg.DatabaseError ? error.code : undefined;
  if (state === TOO_MANY_CONNECTIONS || (state === undefined && (await pool.isBusy()))) {
    const message = 'The database is there, but every connection to it is in use. Try again.';
    return new UnavailableError('database_busy', message, { cause: error, retryAfterSeconds: 1 });
  }
  if (state === DISK_FULL) return diskFull(error);
  if (state === undefined || isAway(state)) {
    const message = 'The database cannot be reached or is not ready yet. Try again.';
    return new UnavailableError('database_unavailable', message, { cause: error });
  }
  return isBadText(state) ? new InvalidError('invalid_text', BAD_TEXT, [], { cause: error }) : error;
}

const TOO_MANY_CONNECTIONS = '53300';
const BAD_TEXT = 'A text holds a NUL or half of a surrogate pair, which Postgres cannot store. Remove it.';

const DISK_FULL = '53100';

/**
 * Connection lost (08), out of resources (53), too slow (57014), shutting down or starting (57P), its files cannot be
 * read or written (58), or tables not yet migrated (42P01).
 */
function isAway(state: string): boolean {
  return /^(08|53|57|58)/.test(state) || state === '42P01' || state === '3D000';
}

/** `\u0000` or a lone surrogate in text (22021), in jsonb (22P05, 22P02). */
function isBadText(state: string): boolean {
  return state === '22021' || state === '22P05' || state === '22P02';
}
