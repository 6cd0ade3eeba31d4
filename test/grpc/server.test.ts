/** The server of gRPC itself: what every call goes through, reflection, health, and what is no call that it knows. */
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { create, toBinary } from '@bufbuild/protobuf';
import { credentials, makeGenericClientConstructor, Metadata, type ServiceError } from '@grpc/grpc-js';
import { service as Health } from 'grpc-health-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { RunStatus } from '../../src/grpc/generated/baton/v1/run_pb.js';
import {
  GetRunRequestSchema,
  WorkflowService,
} from '../../src/grpc/generated/baton/v1/workflow_service_pb.js';
import { projectRun, startApi, type Api } from '../api/harness.ts';
import { afterFile } from '../support/after-file.ts';
import { until } from '../support/index.ts';
import { ADMISSION_LIMITS } from '../../src/api/http/admission.ts';
import { clientOf, refusalOf, refusedBy, type Refused, type TestClient } from './clients.ts';

type Answered = (error: ServiceError | null, answer: unknown) => void;

let api: Api;
let address: string;
let client: TestClient<typeof WorkflowService>;
beforeAll(async () => {
  api = await startApi(50);
  address = await api.startGrpc();
  client = clientOf(WorkflowService, address);
});

const GET_RUN = '/baton.v1.WorkflowService/GetRun';

/** Bytes as they stand on the wire, to any method. */
function send(path: string, bytes: Buffer, metadata: Record<string, string> = {}): Promise<Refused> {
  const headers = new Metadata();
  for (const [name, value] of Object.entries(metadata)) headers.set(name, value);
  return new Promise((resolve, reject) => {
    client.raw.makeUnaryRequest(
      path,
      (given: Buffer) => given,
      (given) => given,
      bytes,
      headers,
      (error, answer) => {
        if (error === null) reject(new Error(`answered: ${answer?.toString()}`));
        else resolve(refusedBy(error));
      },
    );
  });
}

/** The server is as it was. */
async function expectWell(): Promise<void> {
  expect(await refusalOf(client.ask('getRun', { runId: 'none' }))).toHaveProperty('code', 'run_not_found');
}

describe('a call', () => {
  it('is answered as HTTP answers it', async () => {
    await projectRun(api.database, 'known', { labels: { team: 'a' }, status: 'timed_out' });
    const { run } = await client.ask('getRun', { runId: 'known' });
    const { body } = await api.get<{ updated_at: string }>('/runs/known');
    expect(run).toMatchObject({ id: 'known', labels: { team: 'a' }, status: RunStatus.TIMED_OUT, turns: 0n });
    expect(new Date(Number(run!.updatedAt!.seconds) * 1_000)).toEqual(new Date(body.updated_at));
  });

  it('is refused with the code and the fields of HTTP', async () => {
    expect(await refusalOf(client.ask('getRun', { runId: 'none' }))).toMatchObject({
      ...{ status: 'NOT_FOUND', code: 'run_not_found', facts: { http_status: '404' }, violations: [] },
    });
    expect(await refusalOf(client.ask('getRun', {}))).toMatchObject({
      ...{ status: 'INVALID_ARGUMENT', code: 'invalid_request' },
      violations: [{ field: 'run_id', reason: 'too_small' }],
    });
  });

  it('under a foreign name, or of a foreign page, is refused as by HTTP', async () => {
    const foreign = clientOf(WorkflowService, address, { 'grpc.default_authority': 'evil.example' });
    expect(await refusalOf(foreign.ask('getRun', { runId: 'none' }))).toMatchObject({
      ...{ status: 'PERMISSION_DENIED', code: 'host_refused' },
    });
    const metadata = { origin: 'https://evil.example' };
    expect(await refusalOf(client.ask('getRun', { runId: 'none' }, { metadata }))).toMatchObject({
      ...{ status: 'PERMISSION_DENIED', code: 'cross_origin' },
    });
  });

  it('whose caller waits no longer is not begun', async () => {
    const narrow = { atOnce: 1, patient: 5, patientMs: 60_000, waiting: 0, waitMs: 0 };
    const lanes = { ...ADMISSION_LIMITS.lanes, write: narrow };
    const slow = await startApi(50, { ...ADMISSION_LIMITS, lanes });
    const asked = clientOf(WorkflowService, await slow.startGrpc());
    // Whoever has the only place waits for a lock in Postgres.
    const lock = await slow.database.connect();
    await lock.query('begin; lock table workflows in exclusive mode');
    const definition = (name: string) => `name: ${name}\nversion: 1.0.0\nsteps: [{ key: a, transform: "1" }]`;
    const first = asked.ask('createWorkflow', { definition: definition('first') });
    await until(async () => (await figure(slow, 'baton_requests_under_way{lane="write"}')) === 1);
    const late = asked.ask(
      'createWorkflow',
      { definition: definition('late') },
      { options: { deadline: Date.now() + 300 } },
    );
    expect(await refusalOf(late)).toHaveProperty('status', 'DEADLINE_EXCEEDED');
    await lock.query('rollback');
    lock.release();
    await first;
    await until(async () => (await figure(slow, 'baton_requests_under_way{lane="write"}')) === 0);
    const { workflows } = await asked.ask('listWorkflows', {});
    expect(workflows.map(({ name }) => name)).toEqual(['first']);
  });
});

async function figure({ url }: Api, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}

describe('bad input harms nobody:', () => {
  it('a method that is not there', async () => {
    expect(await send('/baton.v1.WorkflowService/Fly', Buffer.alloc(0))).toHaveProperty(
      'status',
      'UNIMPLEMENTED',
    );
    expect(await send('/baton.v1.Nothing/GetRun', Buffer.alloc(0))).toHaveProperty('status', 'UNIMPLEMENTED');
    await expectWell();
  });

  it('bytes that are no message', async () => {
    expect(await send(GET_RUN, Buffer.from([0xff, 0xff, 0xff]))).toMatchObject({
      ...{ status: 'INVALID_ARGUMENT', code: 'invalid_request' },
    });
    // A text of half a character.
    expect(await send(GET_RUN, Buffer.from([0x0a, 0x02, 0xc3, 0x28]))).toMatchObject({
      ...{ status: 'INVALID_ARGUMENT', code: 'invalid_request' },
    });
    await expectWell();
  });

  it('a field that nobody knows', async () => {
    const known = Buffer.from(toBinary(GetRunRequestSchema, create(GetRunRequestSchema, { runId: 'none' })));
    const refused = await send(GET_RUN, Buffer.concat([known, Buffer.from([0xf8, 0x07, 0x01])]));
    expect(refused).toMatchObject({
      ...{ status: 'INVALID_ARGUMENT', code: 'invalid_request' },
      violations: [{ reason: 'unrecognized_keys', description: expect.stringContaining('field 127') }],
    });
  });

  it('a word that an enum does not know', async () => {
    const refused = await refusalOf(client.ask('pause', { runId: 'none', mode: 99 as never }));
    expect(refused).toMatchObject({ status: 'INVALID_ARGUMENT', violations: [{ field: 'mode' }] });
  });

  it.each([
    ['no JSON', '{', 'invalid_json'],
    ['a number that none can be', '{"n": 1e999}', 'number_out_of_range'],
    ['JSON that is nested too deep', `{"a":${'['.repeat(500)}${']'.repeat(500)}}`, 'invalid_request'],
    ['JSON that ends whatever walks over it', '['.repeat(900_000), 'body_too_large'],
    ['JSON of too many values', `[${'1,'.repeat(200_000)}1]`, 'body_too_large'],
  ])('%s', async (_of, text, code) => {
    const refused = await refusalOf(client.ask('startRun', { workflow: 'none', inputs: { text } }));
    expect(refused).toMatchObject({ status: 'INVALID_ARGUMENT', code });
    await expectWell();
  });

  it('a message that is too large, as it is and once it is unpacked', async () => {
    const large = Buffer.alloc(2_000_000, 0x41);
    expect(await send(GET_RUN, large)).toHaveProperty('status', 'RESOURCE_EXHAUSTED');
    expect(await packed(gzipSync(Buffer.alloc(64_000_000)))).toBe('8');
    await expectWell();
  });

  it('halves of characters, and errors larger than headers may be', async () => {
    const inputs = { text: JSON.stringify(Object.fromEntries(many(2_000).map((n) => [`ü\ud800${n}`, n]))) };
    await api.publish(
      'name: strict\nversion: 1.0.0\ninputs: { n: { type: integer } }\nsteps: [{ key: a, wait: 1s }]',
    );
    const refused = await refusalOf(client.ask('startRun', { workflow: 'strict', inputs }));
    expect(refused).toMatchObject({ status: 'INVALID_ARGUMENT', code: 'inputs_invalid' });
    const left = Number(refused.facts['violations_left_out']);
    expect(left).toBeGreaterThan(0);
    expect(refused.violations.length).toBeGreaterThan(0);
    expect(refused.bytes).toBeLessThan(8_192);
  });

  it('more than this process takes at once', async () => {
    const full = await startApi(50, { ...ADMISSION_LIMITS, bodyBytes: 100 });
    const asked = clientOf(WorkflowService, await full.startGrpc());
    const refused = await refusalOf(asked.ask('startRun', { workflow: 'x'.repeat(200) }));
    expect(refused).toMatchObject({ status: 'UNAVAILABLE', code: 'server_busy', retrySeconds: 1 });
  });

  it('what is no HTTP/2, and what is no gRPC', async () => {
    const [host, port] = address.split(':');
    const socket = connect(Number(port), host);
    socket.write('POST /baton.v1.WorkflowService/GetRun HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
    socket.on('data', () => undefined);
    await once(socket, 'close');
    const form = connectHttp2(`http://${address}`);
    const stream = form.request({ ':method': 'POST', ':path': GET_RUN, 'content-type': 'text/plain' });
    const [headers] = (await once(stream.end('run_id=none'), 'response')) as [Record<string, unknown>];
    expect(headers[':status']).toBe(415);
    form.destroy();
    await expectWell();
  });
});

const many = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

/** The status of a call whose message is packed. */
async function packed(bytes: Buffer): Promise<unknown> {
  const session = connectHttp2(`http://${address}`);
  const stream = session.request({
    ...{ ':method': 'POST', ':path': GET_RUN, 'content-type': 'application/grpc', te: 'trailers' },
    'grpc-encoding': 'gzip',
  });
  const head = Buffer.alloc(5);
  head.writeUInt8(1);
  head.writeUInt32BE(bytes.length, 1);
  const [headers] = (await once(stream.end(Buffer.concat([head, bytes])), 'response')) as [
    Record<string, unknown>,
  ];
  session.destroy();
  return headers['grpc-status'];
}

/** What the server says of itself, for a question as it stands on the wire. */
async function reflected(version: string, question: readonly number[]): Promise<string> {
  const identity = (bytes: Buffer) => bytes;
  const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
  const stream = client.raw.makeBidiStreamRequest(path, identity, identity, new Metadata());
  stream.write(Buffer.from(question));
  const [answer] = (await once(stream, 'data')) as [Buffer];
  stream.end();
  return answer.toString('latin1');
}

describe('the server', () => {
  it('tells its health', async () => {
    const Client = makeGenericClientConstructor(Health, 'Health');
    const health = new Client(address, credentials.createInsecure());
    afterFile(async () => health.close());
    const ask = health['check']!.bind(health) as (request: object, answer: Answered) => unknown;
    const check = (service: string) =>
      new Promise((resolve, reject) => {
        ask({ service }, (error, answer) => {
          if (error === null) resolve(answer);
          else reject(refusedBy(error));
        });
      });
    expect(await check('')).toEqual({ status: 'SERVING' });
    expect(await check('baton.v1.WorkflowService')).toEqual({ status: 'SERVING' });
    await expect(check('none')).rejects.toMatchObject({ status: 'NOT_FOUND' });
  });

  it.each(['v1', 'v1alpha'])('describes itself by reflection %s', async (version) => {
    const services = await reflected(version, [0x3a, 0x00]);
    expect(services).toContain('baton.v1.WorkflowService');
    expect(services).toContain('grpc.health.v1.Health');
    const described = (symbol: string) => reflected(version, [0x22, symbol.length, ...Buffer.from(symbol)]);
    expect(await described('baton.v1.WorkflowService')).toContain('CreateWorkflow');
    expect(await described('google.rpc.BadRequest')).toContain('field_violations');
  });

  it('counts its calls', async () => {
    const line = `baton_grpc_call_seconds_count{method="${GET_RUN}",code="NOT_FOUND"}`;
    const before = (await figure(api, line)) || 0;
    await expectWell();
    await until(async () => (await figure(api, line)) > before);
  });
});
