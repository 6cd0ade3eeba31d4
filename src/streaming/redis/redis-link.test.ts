import { createServer, type AddressInfo } from 'node:net';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { RedisLink } from './redis-link.ts';

it('says once that Redis is away, without the password, and fails those who wait', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const port = await portOfNobody();
  const link = new RedisLink(`redis://user:hush-hush@127.0.0.1:${port}`, log);
  const [first, second] = await Promise.allSettled([link.client(), link.client()]);
  for (const outcome of [first, second])
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'redis_unavailable' } });
  link.close();
  await expect(link.client()).rejects.toMatchObject({ code: 'redis_unavailable' });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`127.0.0.1:${port}`);
  expect(lines.join()).not.toContain('hush');
});

it('gives up a server that says nothing any more, and goes on with the next connection', async () => {
  const server = await silentServer();
  const link = new RedisLink(server.url, pino({ level: 'silent' }));
  await expect.poll(() => link.run((client) => client.ping()).catch(() => null)).toBe('OK');
  server.isSilent = true;
  const waiting = link.run((client) => client.get('key'));
  await expect(waiting).rejects.toMatchObject({ code: 'redis_unavailable' });
  server.isSilent = false;
  await expect.poll(() => link.run((client) => client.ping()).catch(() => null)).toBe('OK');
  link.close();
  server.close();
});

/** Speaks as much Redis as a connection needs: every command is answered `OK`, unless it is silent. */
async function silentServer() {
  const state = { isSilent: false, url: '', close: () => {} };
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const commands = data.toString().match(/^\*\d+\r$/gm)?.length ?? 0;
      if (!state.isSilent) socket.write('+OK\r\n'.repeat(commands));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  state.url = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
  state.close = () => void server.close();
  return state;
}

async function portOfNobody(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
