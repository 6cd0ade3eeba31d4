/** The API's own process: how it starts, lives through the loss of what it needs, and ends. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { create } from '@bufbuild/protobuf';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { freshDatabase, taskQueue, temporalTarget, until } from '../support/index.ts';
import {
  WatchRunRequestSchema,
  WorkflowService,
} from '../../src/grpc/generated/baton/v1/workflow_service_pb.js';
import { clientOf } from '../grpc/clients.ts';
import { builtProgram } from '../support/built-program.ts';

let databaseUrl: string;
beforeAll(async () => {
  databaseUrl = await freshDatabase();
});

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

interface ApiProcess {
  readonly child: ChildProcess;
  readonly url: string;
  /** Where gRPC is. */
  readonly grpc: string;
  get(path: string): Promise<{ readonly status: number; readonly body: { readonly code?: string } }>;
}

function launch(env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, builtProgram('api/main'), {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  started.push(child);
  return child;
}

/** Resolves when the process says where it listens. */
async function startProcess(env: Record<string, string>): Promise<ApiProcess> {
  const child = launch({ BATON_TASK_QUEUE: taskQueue('api'), ...env });
  const said: { url?: string; address?: string } = {};
  const { url, grpc } = await new Promise<{ url: string; grpc: string }>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the API ended with ${code}`)));
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
      Object.assign(said, JSON.parse(line));
      const { url, address } = said;
      if (url !== undefined && address !== undefined) resolve({ url, grpc: address });
    });
  });
  const get = async (path: string) => {
    const response = await fetch(`${url}${path}`);
    return { status: response.status, body: (await response.json()) as { code?: string } };
  };
  return { child, url, grpc, get };
}

/** A way to a server that can be cut and opened again. */
class Gate {
  readonly #to: { readonly host: string; readonly port: number };
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  port = 0;

  constructor(address: string) {
    const { hostname, port } = new URL(`tcp://${address}`);
    this.#to = { host: hostname, port: Number(port) };
  }

  async open(): Promise<void> {
    this.#server = createServer((near) => {
      const far = connect(this.#to);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy()).on('close', () => other.destroy());
        one.pipe(other);
      }
    });
    await once(this.#server.listen(this.port, '127.0.0.1'), 'listening');
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async cut(): Promise<void> {
    const closed = once(this.#server as Server, 'close');
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    await closed;
  }
}

describe('the process', () => {
  it('starts while Postgres and Temporal are away, serves when they come, and again after each was lost', async () => {
    const original = new URL(databaseUrl);
    const [postgres, temporal] = [new Gate(original.host), new Gate(temporalTarget().address)];
    for (const gate of [postgres, temporal]) {
      await gate.open();
      await gate.cut();
    }
    original.port = String(postgres.port);
    const api = await startProcess({
      BATON_PORT: '0',
      DATABASE_URL: original.href,
      TEMPORAL_ADDRESS: `127.0.0.1:${temporal.port}`,
    });
    const ready = async (database: string, engine: string) => {
      const { body } = await api.get('/health/ready');
      expect(body).toMatchObject({
        dependencies: { database: { status: database }, temporal: { status: engine } },
      });
      return true;
    };
    await until(() => ready('failed', 'failed'));
    await expect(api.get('/health/live')).resolves.toMatchObject({ status: 200 });
    await expect(api.get('/api/v1/runs')).resolves.toMatchObject({
      status: 503,
      body: { code: 'database_unavailable' },
    });

    await postgres.open();
    await until(() => ready('ok', 'failed'));
    await expect(api.get('/api/v1/runs')).resolves.toMatchObject({ status: 200 });
    const name = await publish(api.url);
    const start = () => startRun(api.url, name);
    await expect(start()).resolves.toMatchObject({ status: 503, retry: '2', code: 'temporal_unavailable' });

    await temporal.open();
    await until(() => ready('ok', 'ok'));
    await expect(start()).resolves.toMatchObject({ status: 201 });

    await postgres.cut();
    await until(() => ready('failed', 'ok'));
    await expect(start()).resolves.toMatchObject({ status: 503, retry: '2', code: 'database_unavailable' });
    await postgres.open();
    await until(() => ready('ok', 'ok'));
    await expect(start()).resolves.toMatchObject({ status: 201 });
    await Promise.all([postgres.cut(), temporal.cut()]);
  });

  it('makes the tables in an empty database', async () => {
    const empty = new URL(databaseUrl);
    const name = `${empty.pathname.slice(1)}_empty`;
    await onDatabase(databaseUrl, `create database ${name} template template0`);
    empty.pathname = `/${name}`;
    try {
      const api = await startProcess({
        BATON_PORT: '0',
        DATABASE_URL: empty.href,
        TEMPORAL_ADDRESS: temporalTarget().address,
      });
      await until(async () => (await api.get('/health/ready')).status === 200);
    } finally {
      await onDatabase(databaseUrl, `drop database ${name} with (force)`);
    }
  });

  it('ends cleanly on SIGTERM although a reader follows a run', async () => {
    const api = await startProcess({
      BATON_PORT: '0',
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: temporalTarget().address,
    });
    await until(async () => (await api.get('/health/ready')).status === 200);
    const name = await publish(api.url);
    const { id } = await startRun(api.url, name);
    const reader = await fetch(`${api.url}/api/v1/runs/${id}/events?follow=true`);
    expect(reader.status).toBe(200);
    const { raw } = clientOf(WorkflowService, api.grpc);
    const watch = raw['watchRun']!.call(raw, create(WatchRunRequestSchema, { runId: id })) as Readable;
    await once(
      watch.on('error', () => undefined),
      'metadata',
    );
    const exited = once(api.child, 'exit');
    api.child.kill('SIGTERM');
    await expect(exited).resolves.toEqual([0, null]);
    // Where nothing else was said for some seconds.
    expect((await reader.text()).replaceAll(': heartbeat\n\n', '')).toBe('');
    const told = (await watch.toArray()) as { ended: boolean }[];
    expect(told.filter(({ ended }) => ended)).toEqual([]);
  });

  it('takes the next free port when it was not told which, and only then', async () => {
    const taken = createServer();
    await once(taken.listen(4700, '127.0.0.1'), 'listening').catch(() => undefined);
    const env = { DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: temporalTarget().address };
    const api = await startProcess(env);
    expect(Number(new URL(api.url).port)).toBeGreaterThan(4700);
    const refused = launch({ ...env, BATON_PORT: new URL(api.url).port });
    await expect(once(refused, 'exit')).resolves.toEqual([1, null]);
    const port = api.grpc.split(':')[1] ?? '';
    const grpcRefused = launch({ ...env, BATON_PORT: '0', BATON_GRPC_PORT: port });
    await expect(once(grpcRefused, 'exit')).resolves.toEqual([1, null]);
    taken.close();
  });

  it('says what it needs', async () => {
    const child = launch({ TEMPORAL_ADDRESS: inject('temporalAddress') });
    let said = '';
    child.stderr?.on('data', (part: Buffer) => (said += part.toString()));
    await expect(once(child, 'exit')).resolves.toEqual([1, null]);
    expect(said).toContain('DATABASE_URL is not set');
  });
});

async function publish(url: string): Promise<string> {
  const name = taskQueue('flow');
  const response = await fetch(`${url}/api/v1/workflows`, {
    method: 'POST',
    headers: { 'content-type': 'application/yaml' },
    body: `name: ${name}\nsteps:\n  - { key: a, wait: 1s }\n`,
  });
  expect(response.status).toBe(201);
  return name;
}

async function startRun(url: string, workflow: string) {
  const response = await fetch(`${url}/api/v1/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ workflow }),
  });
  const { code, id = '' } = (await response.json()) as { code?: string; id?: string };
  return { status: response.status, retry: response.headers.get('retry-after'), code, id };
}

async function onDatabase(url: string, statement: string): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
