import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isOwnPostgres, isOwnTemporal } from './own-servers.ts';
import { recordProcess } from '../home/process-record.ts';

let home: string;
let port: number;
let listener: ReturnType<typeof createServer>;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'baton-own-'));
  listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  port = (listener.address() as AddressInfo).port;
  writeFileSync(join(home, 'temporal.json'), JSON.stringify({ port }));
});
afterEach(async () => {
  if (listener.listening) await new Promise((resolve) => listener.close(resolve));
  rmSync(home, { recursive: true, force: true });
});

const silence = () => new Promise((resolve) => listener.close(resolve));

it.each(['127.0.0.1', 'localhost', '[::1]'])('knows the former Temporal of the home as %s', async (host) => {
  await silence();
  await expect(isOwnTemporal(home, `${host}:${port}`)).resolves.toBe(true);
});

it('takes what a killed supervisor has left for its own', async () => {
  recordProcess(join(home, 'temporal.pid'), process.pid);
  await expect(isOwnTemporal(home, `127.0.0.1:${port}`)).resolves.toBe(true);
});

it("takes another server at the home's former place for another", async () => {
  await expect(isOwnTemporal(home, `127.0.0.1:${port}`)).resolves.toBe(false);
});

it.each(['temporal.example:', '127.0.0.1:1', '', 'no address', '127.0.0.1'])(
  'takes %j for another',
  async (start) => {
    await silence();
    const address = start.endsWith(':') ? `${start}${port}` : start;
    await expect(isOwnTemporal(home, address)).resolves.toBe(false);
  },
);

it('knows the Postgres of the home by its password', () => {
  expect(isOwnPostgres(home, 'postgres://baton:s%2Fcret@127.0.0.1:1/baton')).toBe(false);
  mkdirSync(join(home, 'postgres-15'));
  writeFileSync(
    join(home, 'postgres-15', 'connection.json'),
    JSON.stringify({ port: 1, password: 's/cret' }),
  );
  expect(isOwnPostgres(home, 'postgres://baton:s%2Fcret@127.0.0.1:1/baton')).toBe(true);
  expect(isOwnPostgres(home, 'postgres://baton:other@127.0.0.1:1/baton')).toBe(false);
  expect(isOwnPostgres(home, 'postgres://127.0.0.1/baton')).toBe(false);
});
