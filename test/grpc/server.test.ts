/** The server of gRPC itself: what every call goes through, reflection, health, what is no call. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { credentials, makeGenericClientConstructor, type ServiceError } from '@grpc/grpc-js';
import { service as Health } from 'grpc-health-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { RunStatus } from '../../src/grpc/generated/baton/v1/run_pb.js';
import { WorkflowService } from '../../src/grpc/generated/baton/v1/workflow_service_pb.js';
import { projectRun, startApi, type Api } from '../api/harness.ts';
import { afterFile } from '../support/after-file.ts';
import { clientOf, refusalOf, refusedBy, type TestClient } from './clients.ts';

type Answered = (error: ServiceError | null, answer: unknown) => void;

let api: Api;
let address: string;
let client: TestClient<typeof WorkflowService>;
beforeAll(async () => {
  api = await startApi(50);
  address = await api.startGrpc();
  client = clientOf(WorkflowService, address);
});

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
});

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

  it('says nothing to what is no HTTP/2', async () => {
    const [host, port] = address.split(':');
    const socket = connect(Number(port), host);
    socket.write('POST /baton.v1.WorkflowService/GetRun HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
    socket.on('data', () => undefined);
    await once(socket, 'close');
    expect(await refusalOf(client.ask('getRun', { runId: 'none' }))).toHaveProperty('code', 'run_not_found');
  });
});
