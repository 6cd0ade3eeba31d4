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
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'redis_unavailable', status: 503 } });
  link.close();
  await expect(link.client()).rejects.toMatchObject({ code: 'redis_unavailable' });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`127.0.0.1:${port}`);
  expect(lines.join()).not.toContain('hush');
});

async function portOfNobody(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
