/** WatchRun: what it tells, in which order, from where it goes on, and what ends it. */
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { Metadata, status as Code, type ClientReadableStream, type ServiceError } from '@grpc/grpc-js';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  WatchRunRequestSchema,
  WorkflowService,
  type WatchRunResponse,
} from '../../src/grpc/generated/baton/v1/workflow_service_pb.js';
import { ADMISSION_LIMITS } from '../../src/api/http/admission.ts';
import { sql } from '../../src/database/sql.ts';
import { projectEvent, projectRun, startApi, type Api } from '../api/harness.ts';
import { runId, until } from '../support/index.ts';
import { clientOf, refusedBy, type Refused, type TestClient } from './clients.ts';

type Client = TestClient<typeof WorkflowService>;
type Watch = ClientReadableStream<WatchRunResponse>;

let api: Api;
let client: Client;
beforeAll(async () => {
  // Who takes nothing is cut off soon.
  api = await startApi(50, { ...ADMISSION_LIMITS, readers: 3 }, 10_000);
  client = clientOf(WorkflowService, await api.startGrpc());
});

function watch(of: Client, request: MessageInitShape<typeof WatchRunRequestSchema>): Watch {
  const message = create(WatchRunRequestSchema, request);
  return of.raw['watchRun']!.call(of.raw, message, new Metadata()) as Watch;
}

/** All that it tells until it ends. */
async function allOf(stream: Watch): Promise<WatchRunResponse[]> {
  const told: WatchRunResponse[] = [];
  for await (const response of stream as AsyncIterable<WatchRunResponse>) told.push(response);
  return told;
}

async function refusalOf(stream: Watch): Promise<Refused> {
  stream.resume();
  const [error] = (await once(stream, 'error')) as [ServiceError];
  return refusedBy(error);
}

/** The next so many events, by their seq; what comes after them waits in the stream. */
async function next(stream: Watch, count: number): Promise<bigint[]> {
  const seqs: bigint[] = [];
  const responses = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<WatchRunResponse>;
  for await (const { event } of responses) {
    if (event !== undefined) seqs.push(event.seq);
    if (seqs.length === count) break;
  }
  return seqs;
}

async function runWith(events: number, status = 'running'): Promise<string> {
  const id = runId('watched');
  await projectRun(api.database, id);
  for (let seq = 1; seq <= events; seq++) await projectEvent(api.database, id, seq, 'status_change');
  await projectRun(api.database, id, { status });
  return id;
}

/** Of those who follow runs by gRPC. */
async function followers(): Promise<number> {
  const text = await (await fetch(`${api.url}/metrics`)).text();
  return Number(/baton_live_subscribers\{of="events",by="grpc"\} (\d+)/.exec(text)?.[1] ?? 0);
}

describe('a run', () => {
  it('that has ended is told whole, and then its end', async () => {
    const id = await runWith(3, 'completed');
    const told = await allOf(watch(client, { runId: id }));
    expect(told.map(({ event }) => event?.seq)).toEqual([1n, 2n, 3n, undefined]);
    expect(told.map(({ ended }) => ended)).toEqual([false, false, false, true]);
    expect(told[0]!.event).toMatchObject({ runId: id, type: 'status_change', data: { text: '{"n":1}' } });
    expect(told[0]!.event!.at).toBeDefined();
    const rest = await allOf(watch(client, { runId: id, afterSeq: 2n }));
    expect(rest.map(({ event }) => event?.seq)).toEqual([3n, undefined]);
    const even = await allOf(watch(client, { runId: id, step: 'even', type: ['status_change'] }));
    expect(even.map(({ event }) => event?.seq)).toEqual([2n, undefined]);
  });

  it('is followed as it goes on, and each event comes once to whoever comes back', async () => {
    const id = await runWith(2);
    const first = watch(client, { runId: id });
    expect(await next(first, 2)).toEqual([1n, 2n]);
    await projectEvent(api.database, id, 3, 'status_change');
    expect(await next(first, 1)).toEqual([3n]);
    first.on('error', () => undefined).cancel();
    const second = watch(client, { runId: id, afterSeq: 3n });
    await projectEvent(api.database, id, 4, 'status_change');
    await projectRun(api.database, id, { status: 'completed' });
    expect((await allOf(second)).map(({ event }) => event?.seq)).toEqual([4n, undefined]);
  });

  it('can be followed beyond its end', async () => {
    const id = await runWith(1, 'completed');
    const stream = watch(client, { runId: id, lasting: true });
    expect(await next(stream, 1)).toEqual([1n]);
    await projectEvent(api.database, id, 2, 'status_change');
    expect(await next(stream, 1)).toEqual([2n]);
    stream.on('error', () => undefined).cancel();
  });

  it('that is not there is refused, and so is what is no request', async () => {
    expect(await refusalOf(watch(client, { runId: 'none' }))).toMatchObject({
      ...{ status: 'NOT_FOUND', code: 'run_not_found' },
    });
    expect(await refusalOf(watch(client, { runId: 'none', afterSeq: -1n }))).toMatchObject({
      ...{ status: 'INVALID_ARGUMENT', violations: [{ field: 'after_seq' }] },
    });
    expect(await refusalOf(watch(client, {}))).toMatchObject({ violations: [{ field: 'run_id' }] });
  });
});

describe('a reader', () => {
  it('who cancels leaves nothing behind, and those beyond the bound are refused', async () => {
    const id = await runWith(1);
    await until(async () => (await followers()) === 0);
    const readers = [1, 2, 3].map(() => watch(client, { runId: id }));
    await Promise.all(readers.map((reader) => next(reader, 1)));
    expect(await followers()).toBe(3);
    expect(await refusalOf(watch(client, { runId: id }))).toMatchObject({
      ...{ status: 'UNAVAILABLE', code: 'too_many_readers', retrySeconds: 5 },
    });
    for (const reader of readers) reader.on('error', () => undefined).cancel();
    await until(async () => (await followers()) === 0);
  });

  it('who takes nothing is cut off, and the others go on', async () => {
    const id = runId('much');
    await projectRun(api.database, id);
    await api.database.query(sql`
      insert into workflow_events (run_id, seq, type, step, data, at, execution_id, event_id)
      select ${id}, n, 'status_change', null, jsonb_build_object('text', repeat('x', 20000)), now(), 'e', n
      from generate_series(1, 2000) n`);
    await projectRun(api.database, id, { status: 'completed' });
    const slow = clientOf(WorkflowService, await api.startGrpc());
    const stalled = watch(slow, { runId: id });
    const cut = once(stalled, 'error');
    // It takes the first, and then no more. The library takes all for whoever takes none.
    await once(stalled, 'data');
    stalled.pause();
    const quick = watch(client, { runId: id });
    expect((await allOf(quick)).length).toBe(2_001);
    await until(async () => (await followers()) === 0);
    stalled.resume();
    const [error] = (await cut) as [ServiceError];
    expect(refusedBy(error).status).toBe('CANCELLED');
  });
});

it('a call whose message does not come is not waited for', async () => {
  const session = connectHttp2(`http://${await api.startGrpc()}`);
  const stream = session.request({
    ...{ ':method': 'POST', ':path': '/baton.v1.WorkflowService/GetRun' },
    ...{ 'content-type': 'application/grpc', te: 'trailers' },
  });
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
  expect(headers).toMatchObject({
    'grpc-status': String(Code.CANCELLED),
    'grpc-message': expect.stringContaining('come'),
  });
  session.destroy();
});

it('the end of the process ends streams, without the word that it was all', async () => {
  const id = await runWith(1);
  const ending = await startApi(50);
  await projectRun(ending.database, id);
  await projectEvent(ending.database, id, 1, 'status_change');
  const stream = watch(clientOf(WorkflowService, await ending.startGrpc()), { runId: id });
  expect(await next(stream, 1)).toEqual([1n]);
  const rest = allOf(stream);
  ending.close();
  expect((await rest).filter(({ ended }) => ended)).toEqual([]);
});
