/** Single requests to receivers on loopback; what becomes of deliveries is tested with the database. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { stepAgent } from '../activities/network/guarded-agent.ts';
import { post } from './post.ts';
import { refusalOfUrl } from './url.ts';

const ends: (() => void)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));

async function receiver(handle: RequestListener): Promise<string> {
  const server = createServer(handle);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  ends.push(() => (server.closeAllConnections(), server.close()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function send(url: string, deadlineMs?: number, signal = new AbortController().signal) {
  const agent = stepAgent({ allowPrivate: true });
  ends.push(() => void agent.destroy());
  const means = { agent, allowPrivate: true, signal, ...(deadlineMs !== undefined && { deadlineMs }) };
  return post({ url, headers: {}, body: '{}' }, means);
}

test('who says nothing has not answered in time', async () => {
  const url = await receiver(() => {});
  expect(await send(url, 50)).toMatchObject({ arrived: false, error: 'no answer within 0.05 s' });
});

test('who only drips headers has not either', async () => {
  const url = await receiver((_, response) => response.socket?.write('HTTP/1.1 200 OK\r\nx: '));
  expect(await send(url, 50)).toMatchObject({ arrived: false });
});

test('who never ends headers of any size is cut off', async () => {
  const url = await receiver((_, response) => {
    const { socket } = response;
    socket?.write('HTTP/1.1 200 OK\r\n');
    const more = () => {
      while (socket?.writable === true && socket.write(`x: ${'y'.repeat(10_000)}\r\n`));
      socket?.once('drain', more);
    };
    socket?.on('error', () => {});
    more();
  });
  expect(await send(url)).toMatchObject({ arrived: false });
});

test('nobody listening is a failure', async () => {
  expect(await send('http://127.0.0.1:1/')).toMatchObject({ arrived: false, status: null });
});

test('a try that is given up ends', async () => {
  const stop = new AbortController();
  const url = await receiver(() => stop.abort());
  expect(await send(url, undefined, stop.signal)).toMatchObject({ arrived: false });
});

test.each([
  ['http://example.com/', false, expect.stringContaining('https')],
  ['http://example.com/', true, null],
  ['https://example.com/', false, null],
  ['file:///etc/passwd', true, expect.stringContaining('file:')],
  ['https://ana@example.com/', true, expect.stringContaining('user')],
  ['nowhere', true, 'it is no URL'],
])('%s, private allowed: %s', (url, allowed, why: unknown) => {
  expect(refusalOfUrl(url, allowed)).toEqual(why);
});
