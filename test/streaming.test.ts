/** What agents say, live, through Postgres. */
import { describe, expect, test } from 'vitest';
import { readSecrets } from '../src/activities/secrets.ts';
import { readConfig } from '../src/config.ts';
import type { Database } from '../src/database/database.ts';
import { sql } from '../src/database/sql.ts';
import { createLogger } from '../src/log/log.ts';
import { runProjector } from '../src/projections/projector.ts';
import { addPieces } from '../src/streaming/add-pieces.ts';
import { openStreamer } from '../src/streaming/open-streamer.ts';
import { PostgresStreamer } from '../src/streaming/postgres-streamer.ts';
import { afterFile } from './support/after-file.ts';
import { freshDatabase, runId, taskQueue, temporalTarget, until } from './support/index.ts';
import { testRunStream } from './support/run-stream-contract.ts';
import { eventsOf, testStreamer } from './support/streamer-contract.ts';
import { openTestDatabase } from './support/test-database.ts';

const log = createLogger('test', 'silent');
const PLAIN = readSecrets({});
const url = new URL(await freshDatabase());
const pools: Database[] = [];
afterFile(() => Promise.all(pools.map((pool) => pool.end())));

function openPool(port?: number): Database {
  const target = new URL(url);
  if (port !== undefined) Object.assign(target, { hostname: '127.0.0.1', port: String(port) });
  const pool = openTestDatabase(target.href, log);
  pools.push(pool);
  return pool;
}
const database = openPool();

await testRunStream('through Postgres');

testStreamer({
  name: 'through Postgres',
  database,
  address: { host: url.hostname, port: Number(url.port) },
  open: (port) => openStreamer(readConfig({}), port === undefined ? database : openPool(port), log),
  age: (run, turn, minutes) =>
    database.query(sql`
      update stream_pieces set created_at = now() - make_interval(mins => ${minutes})
      where run_id = ${run} and turn = ${turn}`),
  clean: () => new PostgresStreamer(database, log).clean(30),
});

describe('Postgres as store of streams', () => {
  const streamer = new PostgresStreamer(database, log);
  const call = (run: string, turn: number) => ({ runId: run, step: 'work', attempt: 1, turn });

  test('tells nothing before what was written earlier but not committed yet', async () => {
    const run = runId();
    const client = await database.connect();
    const piece = {
      type: 'token',
      content: 'first',
      offset: 0,
      message: null,
      interrupted: false,
      keepFrom: 0,
    } as const;
    await client.query('begin');
    await client.query(addPieces([{ ...call(run, 1), ...piece }]));
    streamer.begin(call(run, 2), PLAIN).push('second');
    const waits = sql`select from pg_locks where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())`;
    await until(async () => {
      const { rowCount } = await database.query(waits);
      return (rowCount ?? 0) > 0 || (await eventsOf(streamer, run)).length > 0;
    });
    const early = await eventsOf(streamer, run);
    await client.query('commit');
    client.release();
    expect(early).toEqual([]);
    await until(async () => (await eventsOf(streamer, run)).length === 2);
    const told = await eventsOf(streamer, run);
    expect(told.map(({ content }) => content)).toEqual(['first', 'second']);
  });

  test('is cleaned by the projector', async () => {
    const run = runId();
    streamer.begin(call(run, 1), PLAIN).push('soon forgotten');
    await until(async () => (await eventsOf(streamer, run)).length === 1);
    const stop = new AbortController();
    const config = readConfig({
      DATABASE_URL: url.href,
      TEMPORAL_ADDRESS: temporalTarget().address,
      BATON_TASK_QUEUE: taskQueue(),
      BATON_STREAM_MINUTES: '0.01',
    });
    const projector = runProjector({ config, log, signal: stop.signal });
    await until(async () => (await eventsOf(streamer, run)).length === 0);
    stop.abort();
    await projector;
  });
});
