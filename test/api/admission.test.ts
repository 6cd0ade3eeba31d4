/**
 * Bursts: what does not fit is refused early and nothing is lost or doubled; readers, writers and bodies each have a
 * bound of their own; a database that is busy is not called away.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { io } from 'socket.io-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { ADMISSION_LIMITS } from '../../src/api/http/admission.ts';
import { ApiClient } from '../../src/cli/client/api-client.ts';
import { afterFile } from '../support/after-file.ts';
import { runId, until } from '../support/index.ts';
import { projectRun, startApi, type Api } from './harness.ts';

const DEFINITION = 'name: burst\nversion: 1.0.0\nsteps: [{ key: one, transform: "1" }]\n';
const MANY = 300;
const PATIENT = 150;

let api: Api;
beforeAll(async () => {
  api = await startApi(50);
  await api.publish(DEFINITION);
});

const idsInTemporal = async (): Promise<readonly string[]> => {
  const found = [];
  for await (const { workflowId } of api.temporal.workflow.list({ query: `TaskQueue = "${api.queue}"` })) {
    found.push(workflowId);
  }
  return found;
};

describe('hundreds of starts at once', () => {
  it('are each started, or refused with the time to come back', async () => {
    const ids = Array.from({ length: MANY }, () => runId('burst'));
    const answers = await Promise.all(ids.map((id) => api.post('/runs', { workflow: 'burst', id })));
    const started = ids.filter((_, at) => answers[at]?.status === 201);
    const refused = answers.filter(({ status }) => status === 503);
    expect(started.length + refused.length).toBe(MANY);
    expect(started.length).toBeGreaterThanOrEqual(ADMISSION_LIMITS.lanes.start.atOnce);
    for (const { headers, body } of refused) {
      expect(body.code).toBe('server_busy');
      expect(headers.get('retry-after')).toBe('1');
    }
    await until(async () => (await idsInTemporal()).length >= started.length);
    expect((await idsInTemporal()).toSorted()).toEqual(started.toSorted());
  });

  it('all succeed with a client that comes back, each once', async () => {
    const before = new Set(await idsInTemporal());
    const client = new ApiClient(api.url);
    const start = async () => {
      const headers = { 'idempotency-key': crypto.randomUUID() };
      return client.json<{ id: string }>('/runs', { method: 'POST', body: { workflow: 'burst' }, headers });
    };
    const runs = await Promise.all(Array.from({ length: PATIENT }, start));
    expect(new Set(runs.map(({ id }) => id)).size).toBe(PATIENT);
    await until(async () => (await idsInTemporal()).length >= before.size + PATIENT);
    const now = (await idsInTemporal()).filter((id) => !before.has(id));
    expect(now.toSorted()).toEqual(runs.map(({ id }) => id).toSorted());
  });
});

describe('small bounds', () => {
  const none = { atOnce: 0, patient: 0, patientMs: 0, waiting: 0, waitMs: 0 };
  let small: Api;
  let run: string;
  beforeAll(async () => {
    small = await startApi(50, { ...ADMISSION_LIMITS, readers: 2, bodyBytes: 1_000 });
    run = runId('read');
    await projectRun(small.database, run);
  });

  it('hold for writers apart from readers, and never for probes', async () => {
    const full = await startApi(50, {
      ...ADMISSION_LIMITS,
      lanes: { ...ADMISSION_LIMITS.lanes, write: none },
    });
    const refused = await full.publish(DEFINITION);
    expect(refused).toMatchObject({ status: 503, body: { code: 'server_busy' } });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await full.get('/runs')).toMatchObject({ status: 200 });
    const metrics = await (await fetch(`${full.url}/metrics`)).text();
    expect(metrics).toContain('baton_requests_refused_total{full="write"} 1');
    const busy = await startApi(50, {
      ...ADMISSION_LIMITS,
      lanes: { read: none, write: none, start: none, command: none },
    });
    expect(await busy.get('/runs')).toMatchObject({ status: 503, body: { code: 'server_busy' } });
    expect(await busy.post('/runs/r/pause', {})).toMatchObject({ status: 503 });
    expect(await busy.post('/runs', { workflow: 'burst' })).toMatchObject({ status: 503 });
    await until(async () => (await fetch(`${busy.url}/health/ready`)).status === 200);
  });

  it('hold for streams and sockets together', async () => {
    const stop = new AbortController();
    afterFile(() => stop.abort());
    const stream = await fetch(`${small.url}/api/v1/runs/${run}/events?follow=true`, { signal: stop.signal });
    expect(stream.status).toBe(200);
    const first = io(small.url, { transports: ['websocket'] });
    await until(() => first.connected);
    const late = await small.get(`/runs/${run}/stream`);
    expect(late).toMatchObject({ status: 503, body: { code: 'too_many_readers' } });
    const second = io(small.url, { transports: ['websocket'], reconnection: false });
    const [cut] = (await once(second as never, 'cut')) as [unknown];
    expect(cut).toMatchObject({ code: 'too_many_readers' });
    first.close();
    second.close();
    await until(async () => {
      const again = await fetch(`${small.url}/api/v1/runs/${run}/stream`, { signal: stop.signal });
      return again.status === 200;
    });
  });

  it('hold for the bytes of all bodies that are under way', async () => {
    const { port, host } = new URL(small.url);
    const slow = connect(Number(port), '127.0.0.1');
    slow.write(
      `POST /api/v1/runs HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 990\r\n\r\n`,
    );
    const refused = await until(async () => {
      const answer = await small.post('/runs', { workflow: 'none' });
      return answer.status === 503 ? answer : null;
    });
    expect(refused.body.code).toBe('server_busy');
    slow.destroy();
    await until(async () => (await small.post('/runs', { workflow: 'none' })).status === 404);
  });
});

it('tells a pool that is all in use from a database that is away', async () => {
  const { database } = api;
  // Tests have the patience of tests; here nothing comes, however long one waits.
  const { connectionTimeoutMillis: patience } = database.options;
  const taken = await Promise.all(Array.from({ length: database.options.max }, () => database.connect()));
  database.options.connectionTimeoutMillis = 1_000;
  const busy = await api.get('/runs');
  expect(busy).toMatchObject({ status: 503, body: { code: 'database_busy' } });
  expect(busy.headers.get('retry-after')).toBe('1');
  database.options.connectionTimeoutMillis = patience;
  for (const client of taken) client.release();
  expect(await api.get('/runs')).toMatchObject({ status: 200 });
});
