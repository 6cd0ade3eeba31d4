/**
 * How long a word of an agent takes to those who read along: from the worker that has it to the arrival at a reader of
 * `/runs/:id/stream`. Ten agents speak at once, each in a run of its own, 50 words a second; the readers are spread over
 * them. Words are joined for 50 ms before they are told, so half of that is in every figure. API and readers have
 * processes of their own.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createLogger } from '../src/log/log.ts';
import { openStreamer } from '../src/streaming/open-streamer.ts';
import type { CallStream } from '../src/streaming/streamer.ts';
import { startApi } from './api.ts';
import { percentile } from './statistics.ts';
import type { Arrivals } from './stream-reader.ts';

const AGENTS = 10;
const READERS = [1, 50, 200];
const SPEAKING_MS = 4_000;
const WORD_MS = 20;

export interface StreamReading {
  readonly store: 'Postgres' | 'Redis';
  /** Speaking at once. */
  readonly agents: number;
  readonly readers: number;
  /** Words that arrived, at all readers together. */
  readonly words: number;
  /** Words that some reader did not get. */
  readonly lost: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
}

interface Servers {
  readonly temporalAddress: string;
  readonly databaseUrl: string;
}

/** Through Postgres, and through the Redis that `REDIS_URL` names. */
export async function measureStreams(servers: Servers): Promise<StreamReading[]> {
  const redis = process.env['REDIS_URL'] ?? '';
  const figures: StreamReading[] = [];
  for (const url of redis === '' ? [''] : ['', redis]) {
    const api = await startApi(servers.temporalAddress, servers.databaseUrl, { REDIS_URL: url });
    try {
      for (const readers of READERS)
        figures.push(await readAlong(api.url, servers.databaseUrl, url, readers));
    } finally {
      await api.stop();
    }
  }
  return figures;
}

async function readAlong(
  api: string,
  databaseUrl: string,
  redisUrl: string,
  readers: number,
): Promise<StreamReading> {
  const database = new pg.Pool({ connectionString: databaseUrl });
  const settings = { BATON_STREAM_MINUTES: 1, ...(redisUrl !== '' && { REDIS_URL: redisUrl }) };
  const streamer = openStreamer(settings, database, createLogger('bench', 'warn'));
  const runs = await insertRuns(database);
  const child = fork(
    new URL('./stream-reader.ts', import.meta.url).pathname,
    [api, String(readers), ...runs],
    {
      execArgv: ['--import', 'tsx'],
    },
  );
  await once(child, 'message');
  // The readers of who falls silent first may have heard the end before the last has.
  const heard = once(child, 'message');
  const plain = { mask: (text: string) => text, torn: () => 0 };
  const calls = runs.map((runId) => streamer.begin({ runId, step: 'work', attempt: 1, turn: 1 }, plain));
  const said = await speak(calls);
  const [{ delays }] = (await heard) as [Arrivals];
  await streamer.close();
  await database.end();
  const expected = Array.from({ length: readers }, (_, n) => said[n % AGENTS] ?? 0).reduce((a, b) => a + b);
  return {
    store: redisUrl === '' ? 'Postgres' : 'Redis',
    agents: AGENTS,
    readers,
    words: delays.length,
    lost: expected - delays.length,
    p50_ms: percentile(delays, 0.5),
    p95_ms: percentile(delays, 0.95),
  };
}

/** Each word is the time at which it is said. Answers how many each has said. */
async function speak(calls: readonly CallStream[]): Promise<number[]> {
  return Promise.all(
    calls.map(async (call, n) => {
      // Agents do not speak in step.
      await sleep((n * WORD_MS) / calls.length);
      const end = Date.now() + SPEAKING_MS;
      let words = 0;
      for (; Date.now() < end; words++) {
        call.push(`${Date.now()} `);
        await sleep(WORD_MS);
      }
      call.end({ session: 'ses', head: 'head' });
      return words;
    }),
  );
}

/** Rows alone: the API asks them whether the run has ended. */
async function insertRuns(database: pg.Pool): Promise<string[]> {
  const ids = Array.from({ length: AGENTS }, () => `bench-stream-${crypto.randomUUID()}`);
  await database.query(
    `insert into workflow_runs (id, workflow, version, status, execution_id, created_at, updated_at)
     select id, 'bench-stream', '1.0.0', 'running', 'e', now(), now() from unnest($1::text[]) as id`,
    [ids],
  );
  return ids;
}
