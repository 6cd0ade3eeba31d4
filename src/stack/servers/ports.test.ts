import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { choosePort, portsFrom } from './ports.ts';
import { withoutPassword } from './servers.ts';
import { reachableHost } from '../supervisor.ts';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function occupy(host: string): Promise<number> {
  const server = createServer();
  servers.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('choosePort', () => {
  it('prefers the first free one', async () => {
    const taken = await occupy('127.0.0.1');
    const free = await choosePort();
    await expect(choosePort(undefined, taken, free)).resolves.toBe(free);
  });

  it('takes any free one when all preferred ones are taken, on whatever address', async () => {
    const taken = [await occupy('127.0.0.1'), await occupy('0.0.0.0')];
    const chosen = await choosePort(...taken);
    expect(taken).not.toContain(chosen);
    expect(chosen).toBeGreaterThan(0);
  });
});

describe('portsFrom', () => {
  it('ends with the last port there is', () => {
    expect(portsFrom(4700).slice(0, 3)).toEqual([4700, 4701, 4702]);
    expect(portsFrom(65_534)).toEqual([65_534, 65_535]);
  });
});

describe('addresses', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['::', '127.0.0.1'],
    ['::1', '[::1]'],
    ['baton.local', 'baton.local'],
  ])('to reach what listens on %s: %s', (host, reachable) => {
    expect(reachableHost(host)).toBe(reachable);
  });

  it.each([
    ['postgres://a:secret@h:1/d', 'postgres://a:***@h:1/d'],
    ['postgres://h/d', 'postgres://h/d'],
    ['host=h password=secret', '(no URL)'],
  ])('%s is shown as %s', (url, shown) => {
    expect(withoutPassword(url)).toBe(shown);
  });
});
