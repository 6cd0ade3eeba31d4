/**
 * Baton whole, in this process: API, projector and worker on the shared servers, with a database and a task queue of
 * its own. What it gives is what a user has: HTTP, and the tables.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createApi } from '../../src/api/app.ts';
import type { ApiDeps } from '../../src/api/app.ts';
import { drain, listen } from '../../src/api/server.ts';
import type { Page } from '../../src/contract/shared/common.ts';
import type { Run, RunNow } from '../../src/contract/run.ts';
import type { Step } from '../../src/contract/step.ts';
import { hasEnded } from '../../src/protocol/status.ts';
import type { Config } from '../../src/config.ts';
import type { Database } from '../../src/database/database.ts';
import { createLogger } from '../../src/log/log.ts';
import { runProjector } from '../../src/projections/projector.ts';
import { openStreamer } from '../../src/streaming/open-streamer.ts';
import { connectTemporal, temporalClient } from '../../src/temporal/connection.ts';
import { runWorker } from '../../src/worker/worker.ts';
import type { WorkerSettings } from '../../src/worker/worker.ts';
import { afterFile } from './after-file.ts';
import { freshDatabase, taskQueue, temporalTarget, until, workflowBundle } from './index.ts';
import { patientTemporal } from './patient-temporal.ts';
import { temporaryHome } from './temporary-home.ts';
import { openTestDatabase, patientConfig } from './test-database.ts';

interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
}

const PATIENCE_MS = 30_000;

export interface Baton {
  readonly config: Config;
  readonly database: Database;
  readonly databaseUrl: string;
  /** Of the API's server. */
  readonly url: string;
  /** Starts gRPC beside it. */
  startGrpc(): Promise<string>;
  /** Starts a further API on the same tables. */
  startApi(
    options?: Pick<ApiDeps, 'projectionWaitMs' | 'readerStallMs'>,
  ): Promise<Pick<Baton, 'url' | 'call' | 'startGrpc'> & { stop(): Promise<void> }>;
  call<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>>;
  /** The items of a list. */
  readonly items: <T>(path: string) => Promise<readonly T[]>;
  publish(text: string): Promise<void>;
  start(body: object): Promise<Run>;
  run(id: string): Promise<RunNow>;
  steps(id: string): Promise<Record<string, Step>>;
  /** Waits until the tables say that the run has ended. */
  finished(id: string): Promise<RunNow>;
}

/**
 * Starts everything for this test file, and stops it after.
 *
 * @param role of its worker; with `workflows` the test brings workers for the activities itself
 * @param workerSettings of its worker; one thread runs workflow code unless told, since each takes long to start
 */
export async function startBaton(
  environment: Record<string, string> = {},
  role: 'all' | 'workflows' = 'all',
  workerSettings: Pick<WorkerSettings, 'threadPatienceMs' | 'threads'> = {},
): Promise<Baton> {
  const databaseUrl = await freshDatabase();
  const target = temporalTarget();
  const config = patientConfig({
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: target.address,
    TEMPORAL_NAMESPACE: target.namespace,
    BATON_TASK_QUEUE: taskQueue(),
    BATON_HOME: temporaryHome(),
    BATON_LOG_LEVEL: 'error',
    // The first of it would come a minute after the start, in the middle of whatever a test does.
    BATON_MAINTAIN_HOURS: '0',
    ...environment,
  });
  const log = createLogger('test', config.BATON_LOG_LEVEL);
  const stop = new AbortController();
  const { signal } = stop;
  const running: Promise<unknown>[] = [];
  const apis: (() => Promise<void>)[] = [];
  const database = openTestDatabase(databaseUrl, log);
  const connection = await connectTemporal(target);
  const temporal = patientTemporal(temporalClient(connection, target, 'baton-api-test'));
  const startApi: Baton['startApi'] = async (options = {}) => {
    const closing = new AbortController();
    const streamer = openStreamer(config, database, log);
    // What a test looks at next is what the answer shows, also where the projector takes its time.
    const patience = { answerMs: PATIENCE_MS, projectionWaitMs: PATIENCE_MS, auditWaitMs: PATIENCE_MS };
    const deps = { database, temporal, config, log, streamer, closing: closing.signal, ...patience };
    const { app, attachSockets, startGrpc } = createApi({ ...deps, ...options });
    const { server, url } = await listen(app, { host: '127.0.0.1', port: 0, exact: true });
    attachSockets(server);
    const listeners = [{ drain: (ms: number) => drain(server, ms) }];
    const stop = async () => {
      closing.abort();
      await Promise.all(listeners.map((listener) => listener.drain(1_000)));
      await streamer.close();
    };
    apis.push(stop);
    return {
      ...{ url, stop, call: surface(`${url}/api/v1`).call },
      startGrpc: async () => {
        const listener = await startGrpc({ host: '127.0.0.1', port: 0, exact: true });
        listeners.push(listener);
        return listener.address;
      },
    };
  };
  const { url, startGrpc } = await startApi();
  const parts = [
    new Promise<void>((ready, failed) => {
      const worker = runWorker({
        threads: 1,
        ...workerSettings,
        role,
        config,
        log,
        signal,
        workflowBundle: workflowBundle(),
        onReady: ready,
      });
      worker.catch(failed);
      running.push(worker);
    }),
    new Promise<void>((ready, failed) => {
      const projector = runProjector({ config, log, signal, onReady: ready });
      projector.catch(failed);
      running.push(projector);
    }),
  ];
  afterFile(async () => {
    stop.abort();
    await Promise.allSettled([...running, ...apis.map((end) => end())]);
    await Promise.allSettled([connection.close(), database.end()]);
  });
  await Promise.all(parts);
  return { config, database, databaseUrl, url, startGrpc, startApi, ...surface(`${url}/api/v1`) };
}

type Surface = Omit<Baton, 'config' | 'database' | 'databaseUrl' | 'url' | 'startGrpc' | 'startApi'>;

function surface(base: string): Surface {
  const call: Baton['call'] = async (method, path, body, headers = {}) => {
    const text = typeof body === 'string';
    const type = body === undefined ? {} : { 'content-type': text ? 'application/yaml' : 'application/json' };
    const sent = body === undefined ? {} : { body: text ? body : JSON.stringify(body) };
    const response = await fetch(`${base}${path}`, { method, headers: { ...type, ...headers }, ...sent });
    const answer = await response.text();
    return {
      status: response.status,
      body: answer === '' ? null : JSON.parse(answer),
      headers: response.headers,
    };
  };
  const good = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await call<T>(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  /** As every client should: a burst is told to come again. */
  const taken = async <T>(path: string, sent: unknown): Promise<T> => {
    for (;;) {
      const { status, headers, body } = await call<T>('POST', path, sent);
      if (status < 300) return body;
      const seconds = Number(headers.get('retry-after'));
      if (status !== 503 || seconds === 0) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`);
      await sleep(seconds * 1_000);
    }
  };
  const run = (id: string) => good<RunNow>('GET', `/runs/${id}`);
  return {
    call,
    run,
    items: async <T>(path: string) => (await call<Page<T>>('GET', path)).body.items,
    publish: async (text) => void (await taken('/workflows', text)),
    start: (body) => taken<Run>('/runs', body),
    steps: async (id) => {
      const { items } = await good<Page<Step>>('GET', `/runs/${id}/steps`);
      return Object.fromEntries(items.map((step) => [step.key, step]));
    },
    finished: async (id) => {
      let seen: RunNow | undefined;
      await until(async () => hasEnded((seen = await run(id))), {
        timeout: 300_000,
        describe: () => `run ${id} ends; it is ${JSON.stringify(seen)}`,
      });
      return run(id);
    },
  };
}
