import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createLogger } from '../../log/log.ts';
import { metrics } from './metrics.ts';
import { serveMetrics } from './metrics-server.ts';
import type { OwnListener } from '../../listeners/serve-guarded.ts';
import { PARTS, Pulse } from './pulse.ts';

const log = createLogger('test', 'silent');
const loopback = { BATON_HOST: '127.0.0.1', BATON_ALLOWED_HOSTS: [], BATON_INSECURE: false };
const opened: OwnListener[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) server.close();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function serve() {
  const port = await freePort();
  const pulse = new Pulse();
  opened.push(await serveMetrics({ ...loopback, BATON_METRICS_PORT: port }, pulse, log));
  return { pulse, port, get: (path: string) => fetch(`http://127.0.0.1:${port}${path}`) };
}

test('figures for Prometheus', async () => {
  metrics.causeDepth.observe(3);
  const { get } = await serve();
  const answer = await get('/metrics');
  expect(answer.headers.get('content-type')).toContain('text/plain');
  expect(await answer.text()).toMatch(/baton_projection_cause_depth_bucket\{le="5"\} [1-9]/);
  expect((await get('/other')).status).toBe(404);
});

test('alive at once, ready once every part has done its work, and not while one fails', async () => {
  const { pulse, get } = await serve();
  expect((await get('/health/live')).status).toBe(200);
  expect((await get('/health/ready')).status).toBe(503);
  for (const part of PARTS) pulse.beat(part);
  expect((await get('/health/ready')).status).toBe(200);
  expect((await get('/healthz')).status).toBe(200);
  pulse.miss('database', new Error('no answer'));
  const answer = await get('/health/ready');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({
    status: 'failed',
    parts: { database: { status: 'failed', reason: 'no answer' } },
  });
});

test('a port that is taken harms nothing', async () => {
  const { port, get } = await serve();
  opened.push(await serveMetrics({ ...loopback, BATON_METRICS_PORT: port }, new Pulse(), log));
  expect((await get('/metrics')).status).toBe(200);
});

test('closed to pages of others, and beyond loopback unless that was asked for', async () => {
  const { port } = await serve();
  const page = { headers: { origin: 'https://evil.example' } };
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, page);
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ code: 'cross_origin' });
  const everywhere = { ...loopback, BATON_HOST: '0.0.0.0', BATON_METRICS_PORT: port };
  await expect(serveMetrics(everywhere, new Pulse(), log)).rejects.toMatchObject({ code: 'insecure_bind' });
});
