/**
 * Servers that say nothing: stopped backends, networks that swallow what is sent, connections whose other side has
 * vanished, slow links. Nothing waits for ever, health says what is wrong meanwhile, and all goes on within seconds.
 *
 * Every bound here stands for "not for ever": what hangs would hang for minutes.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createApi } from '../src/api/app.ts';
import { drain, listen } from '../src/api/server.ts';
import { readConfig, type Config } from '../src/config.ts';
import { closeDatabase, openDatabase, type Database } from '../src/database/database.ts';
import { listen as listenTo } from '../src/database/listen.ts';
import { createLogger } from '../src/log/log.ts';
import { runProjector } from '../src/projections/index.ts';
import { lazyTemporal, temporalClient } from '../src/temporal/connection.ts';
import { planOf } from '../src/workflows/core/testing/plans.ts';
import { afterFile } from './support/after-file.ts';
import { openLink, type Link } from './support/cuttable-link.ts';
import { freshDatabase, runId, taskQueue, temporalTarget, until } from './support/index.ts';
import { act, startStepWorker, type StepWorker } from './support/step-worker.ts';
import { openTestDatabase } from './support/test-database.ts';

const log = createLogger('test', 'silent');
const PLAN = planOf([act('a', 'ok')], { name: 'short' });

let postgres: Link;
let temporal: Link;
let direct: Database;
let config: Config;
let worker: StepWorker;
let api: { readonly url: string };
let projector: { readonly url: string };

beforeAll(async () => {
  const databaseUrl = new URL(await freshDatabase());
  const { address, namespace } = temporalTarget();
  const at = new URL(`tcp://${address}`);
  postgres = await openLink(databaseUrl.hostname, Number(databaseUrl.port));
  temporal = await openLink(at.hostname, Number(at.port));
  direct = openTestDatabase(databaseUrl.href, log);
  const linked = new URL(databaseUrl);
  linked.host = `127.0.0.1:${postgres.port}`;
  const queue = taskQueue('silence');
  config = readConfig({
    DATABASE_URL: linked.href,
    TEMPORAL_ADDRESS: `127.0.0.1:${temporal.port}`,
    TEMPORAL_NAMESPACE: namespace,
    BATON_TASK_QUEUE: queue,
    BATON_METRICS_PORT: String(await freePort()),
    BATON_DATABASE_SECONDS: '2',
  });
  worker = await startStepWorker(queue);
  api = await startApi();
  projector = await startProjector();
  afterFile(() => closeDatabase(direct));
});

afterEach(() => {
  for (const link of [postgres, temporal]) {
    link.hear();
    link.pace({});
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function startApi(): Promise<{ url: string }> {
  const target = { address: config.TEMPORAL_ADDRESS ?? '', namespace: config.TEMPORAL_NAMESPACE };
  const connection = lazyTemporal(target);
  const database = openDatabase(config.DATABASE_URL ?? '', {
    log,
    name: 'api',
    seconds: config.BATON_DATABASE_SECONDS,
  });
  const { app } = createApi({ database, temporal: temporalClient(connection, target, 'test'), config, log });
  const { server, url } = await listen(app, { host: '127.0.0.1', port: 0, exact: true });
  afterFile(async () => {
    await drain(server, 0);
    await closeDatabase(database);
    await connection.close();
  });
  return { url };
}

async function startProjector(): Promise<{ url: string }> {
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  await new Promise<void>((ready, failed) => {
    running = runProjector({ config, log, signal: stop.signal, onReady: ready });
    running.catch(failed);
  });
  afterFile(async () => {
    stop.abort();
    await running;
  });
  return { url: `http://127.0.0.1:${config.BATON_METRICS_PORT}` };
}

interface Seen {
  readonly status: number;
  readonly body: { readonly status?: string; readonly code?: string; readonly parts?: unknown };
}

/** An answer, at the latest after a minute: what hangs, hangs for longer. */
async function get(at: { readonly url: string }, path: string): Promise<Seen> {
  const answer = await fetch(`${at.url}${path}`, { signal: AbortSignal.timeout(60_000) });
  return { status: answer.status, body: (await answer.json()) as Seen['body'] };
}

const ready = (at: { readonly url: string }) => get(at, '/health/ready');
const isReady = async (at: { readonly url: string }) => (await ready(at)).status === 200;

/** Both serve, and a new run comes into the tables. */
async function expectRecovered(): Promise<void> {
  await until(() => isReady(projector));
  await until(() => isReady(api));
  const id = runId();
  await worker.start(PLAN, id);
  await until(async () => {
    const { rows } = await direct.query(
      `select 1 from workflow_runs where id = $1 and status = 'completed'`,
      [id],
    );
    return rows.length === 1;
  });
  await until(async () => (await get(api, `/api/v1/runs/${id}`)).status === 200);
}

/** Processes of Postgres that serve the API and the projector. */
async function backends(): Promise<number[]> {
  const { rows } = await direct.query<{ pid: number }>(
    `select pid from pg_stat_activity
     where datname = current_database() and application_name in ('baton-api', 'baton-projector')`,
  );
  return rows.map(({ pid }) => pid);
}

describe('Postgres', () => {
  test('stopped backends: health tells, calls are answered, and new connections take their place', async () => {
    await Promise.all(Array.from({ length: 10 }, () => get(api, '/api/v1/runs')));
    const stopped = await backends();
    expect(stopped.length).toBeGreaterThan(2);
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    try {
      const answers = await Promise.all(Array.from({ length: 20 }, () => get(api, '/api/v1/runs')));
      expect(answers.map(({ body }) => body.code)).toContainEqual(
        expect.stringMatching(/^database_(unavailable|busy)$/),
      );
      expect(answers.every(({ status }) => status === 200 || status === 503)).toBe(true);
      await expectRecovered();
    } finally {
      for (const pid of stopped) process.kill(pid, 'SIGCONT');
    }
  });

  test('a network that swallows everything: 503 with the reason, and on again when it is back', async () => {
    postgres.swallow();
    const [answer, waiting] = await Promise.all([get(api, '/api/v1/runs'), get(api, '/health/ready')]);
    expect(answer).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
    expect(waiting).toMatchObject({
      status: 503,
      body: { dependencies: { database: { status: 'failed', code: 'database_unavailable' } } },
    });
    await until(async () => (await ready(projector)).status === 503);
    expect((await get(api, '/health/live')).status).toBe(200);
    postgres.hear();
    await expectRecovered();
  });

  test('broken connections', async () => {
    postgres.reset();
    await expectRecovered();
  });

  test('a slow network: 200 ms each way', async () => {
    postgres.pace({ latencyMs: 200 });
    temporal.pace({ latencyMs: 200 });
    await until(async () => (await get(api, '/api/v1/runs')).status === 200);
    await expectRecovered();
  });

  test('a trickle: calls fail in time, and no connections pile up', async () => {
    postgres.pace({ bytesPerSecond: 1_024 });
    for (let i = 0; i < 3; i++) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => get(api, '/api/v1/runs')));
      expect(answers.every(({ status }) => status === 200 || status === 503)).toBe(true);
    }
    expect(postgres.open()).toBeLessThan(60);
    postgres.pace({});
    await expectRecovered();
  });

  test('a listener whose other side has vanished hears again', async () => {
    const heard: string[] = [];
    const stop = new AbortController();
    let begun = 0;
    const database = openDatabase(config.DATABASE_URL ?? '', { log, name: 'listener', seconds: 1 });
    const listening = listenTo({
      database,
      channel: 'test_silence',
      log,
      signal: stop.signal,
      onMessage: (payload) => heard.push(payload),
      onListening: () => (begun += 1),
    });
    await until(() => begun === 1);
    postgres.swallow();
    await direct.query(`notify test_silence, 'lost'`);
    postgres.hear();
    await until(() => begun > 1);
    await direct.query(`notify test_silence, 'heard'`);
    await until(() => heard.includes('heard'));
    stop.abort();
    await listening;
    await closeDatabase(database);
  });
});

describe('Temporal', () => {
  test('a network that swallows everything: health tells, and on again when it is back', async () => {
    temporal.swallow();
    expect(await ready(api)).toMatchObject({
      status: 503,
      body: { dependencies: { temporal: { status: 'failed', code: 'temporal_unavailable' } } },
    });
    await until(async () => (await ready(projector)).status === 503);
    temporal.hear();
    await expectRecovered();
  });

  test('broken connections', async () => {
    temporal.reset();
    await expectRecovered();
  });
});
