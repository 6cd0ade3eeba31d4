/**
 * The pool. One a process. Answers numbers for bigint columns (all of ours stay far below 2^53), Dates for timestamps,
 * and JSON with whole numbers of any size as they are.
 *
 * Nobody waits for a silent server: each statement has a deadline, after which its connection is given up, whether the
 * backend is stopped, the network swallows what is sent, or the other side has vanished. The server keeps the same
 * deadline, and lets go of clients that have vanished, so that no lock outlives its holder for long.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../log/log.ts';
import { readJson } from '../plan/exact-json.ts';
import { sql } from './sql.ts';

pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.JSON, readJson);
pg.types.setTypeParser(pg.types.builtins.JSONB, readJson);

export type Database = pg.Pool;
export type DatabaseClient = pg.PoolClient;
/** Whatever can run a statement: the pool, or one connection inside a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>;

export interface DatabaseOptions {
  readonly log: Logger;
  /** Most connections; 10 unless told. */
  readonly max?: number;
  /** Who connects: `application_name` is `baton-<name>`. */
  readonly name: string;
  /** Longest that a statement may take, in seconds; 5 unless told. */
  readonly seconds?: number | undefined;
}

const USUAL_SECONDS = 5;
const CONNECT_MS = 5_000;
/** A goodbye that nobody answers is not waited for longer. */
const GOODBYE_MS = 1_000;
const KEEP_ALIVE_MS = 10_000;
/** The client's deadline is the later one by this: a slow statement ends with the server's word. */
const MARGIN_MS = 500;
/** Transactions compute between their statements, but not for long. */
const IDLE_IN_TRANSACTION_MS = 120_000;

/** Opens a pool; connections are made on first use. A lost idle connection is logged, never thrown. */
export function openDatabase(url: string, options: DatabaseOptions): Database {
  const ms = Math.round((options.seconds ?? USUAL_SECONDS) * 1_000);
  const pool = new pg.Pool({
    connectionString: url,
    Client: HastyClient,
    max: options.max ?? 10,
    application_name: `baton-${options.name}`,
    connectionTimeoutMillis: Math.min(CONNECT_MS, ms),
    query_timeout: ms + MARGIN_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    // It is waited for, which its type does not say.
    onConnect: ((client) => client.query(sessionSettings(ms))) as (client: pg.ClientBase) => unknown as (
      client: pg.ClientBase,
    ) => void,
  });
  // Without a listener a lost idle connection would end the process.
  pool.on('error', (error) => options.log.warn({ err: error }, 'idle database connection lost'));
  distrustTogether(pool);
  return pool;
}

/** Where one connection has broken or fallen silent, those that rest beside it are not tried one after the other. */
function distrustTogether(pool: Database): void {
  const idle = new Set<DatabaseClient>();
  pool.on('acquire', (client) => idle.delete(client));
  pool.on('remove', (client) => idle.delete(client));
  pool.on('release', (error: unknown, client) => {
    if (!error) idle.add(client);
    // `true` gives a connection up on purpose, which says nothing about the others.
    else if (error instanceof Error && !(error instanceof pg.DatabaseError)) {
      for (const other of idle) giveUp(other);
    }
  });
}

/** The pool forgets a resting connection when it tells of an error: at once, so that nobody gets it any more. */
function giveUp(client: DatabaseClient): void {
  client.emit('error', new Error('given up with another that broke'));
  streamOf(client).destroy();
}

const streamOf = (client: pg.ClientBase) =>
  (client as unknown as { readonly connection: { readonly stream: { destroy(): void } } }).connection.stream;

/** A client that leaves also when nobody answers its goodbye, and whose loss ends nothing but the statement under way. */
class HastyClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // The pool hears of errors only while a client rests there. Lent for a transaction it would have nobody who does, and
    // Node ends a process for an error that nobody hears. Whoever has it is told by its next statement.
    this.on('error', () => {});
  }

  override end(callback?: (error: Error) => void): Promise<void> & void {
    const impatient = setTimeout(() => streamOf(this).destroy(), GOODBYE_MS).unref();
    this.once('end', () => clearTimeout(impatient));
    return (callback === undefined ? super.end() : super.end(callback)) as Promise<void> & void;
  }
}

/** What the server is to do about a client that is slow, idle or gone. */
const sessionSettings = (ms: number) => sql`
  select set_config('statement_timeout', ${String(ms)}, false),
         set_config('idle_in_transaction_session_timeout', ${String(IDLE_IN_TRANSACTION_MS)}, false),
         set_config('tcp_keepalives_idle', '10', false),
         set_config('tcp_keepalives_interval', '5', false),
         set_config('tcp_keepalives_count', '3', false),
         set_config('tcp_user_timeout', '30000', false)`;

/**
 * Lends a connection of its own to `work`; connecting and each statement may take so long. One that is lost fails the
 * statement under way, and nothing else.
 *
 * @param options connectMs: for connecting, where that is less
 */
export async function withClient<T>(
  url: string,
  options: { readonly name: string; readonly ms: number; readonly connectMs?: number },
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const { name, ms, connectMs = ms } = options;
  const client = new HastyClient({
    connectionString: url,
    application_name: `baton-${name}`,
    connectionTimeoutMillis: connectMs,
    query_timeout: ms,
    keepAlive: true,
  });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Ends the pool; connections that are in use are waited for, for at most so long. */
export async function closeDatabase(pool: Database, ms = GOODBYE_MS): Promise<void> {
  await Promise.race([pool.end(), sleep(ms, undefined, { ref: false })]);
}

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export async function inTransaction<T>(
  pool: Database,
  work: (client: DatabaseClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    broken = await undo(client);
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Rolls back; why the connection is of no use any more, when that does not work at once. */
async function undo(client: DatabaseClient): Promise<Error | undefined> {
  try {
    await client.query({ text: 'rollback', query_timeout: GOODBYE_MS } as pg.QueryConfig);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
