import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { SseWriter } from './sse-writer.ts';

const server = createServer();
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** A response and the reader at its other end. */
async function connected(): Promise<{
  readonly response: ServerResponse;
  readonly reader: Promise<IncomingMessage>;
}> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  const reader = once(request, 'response').then(([answer]) => answer as IncomingMessage);
  const [, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  return { response, reader };
}

describe('SseWriter', () => {
  it('writes events as readers expect them, one data line each', async () => {
    const { response, reader } = await connected();
    const writer = new SseWriter(response, 1_000);
    writer.start();
    await writer.send({ id: 7, type: 'step_completed\nid: 9', data: { text: 'two\nlines\r\n' } });
    await writer.heartbeat();
    writer.end();
    const answer = await reader;
    let text = '';
    for await (const part of answer) text += String(part);
    expect(answer.headers['content-type']).toMatch(/^text\/event-stream/);
    expect(text).toBe(
      'id: 7\nevent: step_completed id: 9\ndata: {"text":"two\\nlines\\r\\n"}\n\n: heartbeat\n\n',
    );
  });

  it('cuts off a reader that takes nothing, and holds at most what one write added', async () => {
    const { response, reader } = await connected();
    const writer = new SseWriter(response, 50);
    writer.start();
    (await reader).on('error', () => undefined).pause();
    const large = 'x'.repeat(1024 * 1024);
    let sent = 0;
    while (writer.open && sent < 200) {
      await writer.send({ id: ++sent, type: 'e', data: large });
      expect(response.writableLength).toBeLessThan(2 * large.length);
    }
    expect(writer.open).toBe(false);
    expect(response.destroyed).toBe(true);
  });

  it('stops when the reader goes away', async () => {
    const { response, reader } = await connected();
    const writer = new SseWriter(response, 10_000);
    writer.start();
    const closed = once(response, 'close');
    (await reader).on('error', () => undefined).destroy();
    await closed;
    await writer.send({ id: 1, type: 'e', data: null });
    expect(writer.open).toBe(false);
  });
});
