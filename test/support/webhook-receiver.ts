/** A receiver of webhooks on loopback that behaves as its path says, well or badly, and remembers what it got. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterFile } from './after-file.ts';

export interface Received {
  /** The first part of the path says how the receiver behaves, the whole of it who is meant. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface WebhookReceiver {
  readonly url: string;
  /** What came to a path, in order. */
  at(path: string): readonly Received[];
  /** Called with each request before it is answered. */
  onRequest(tell: (received: Received) => void): void;
  /** Ends connections that nobody has answered. */
  hangUp(): void;
}

type Behave = (response: ServerResponse, before: readonly Received[]) => void;

const BEHAVIOURS: Readonly<Record<string, Behave>> = {
  ok: (response) => response.writeHead(204).end(),
  500: (response) => response.writeHead(500).end('{"secret":"of the receiver"}'),
  'first-500': (response, before) => response.writeHead(before.length === 1 ? 500 : 204).end(),
  /** As `first-500`, and asks for time, in which somebody sees that it is tried again. */
  'later-500': (response, before) =>
    before.length === 1
      ? response.writeHead(500, { 'retry-after': '20' }).end()
      : response.writeHead(204).end(),
  301: (response) => response.writeHead(301, { location: '/ok/redirected' }).end(),
  410: (response) => response.writeHead(410).end(),
  429: (response) => response.writeHead(429, { 'retry-after': '3600' }).end(),
  gigabyte: (response) => {
    response.writeHead(200);
    const piece = Buffer.alloc(64 * 1024, 'x');
    const more = () => {
      while (!response.destroyed && response.write(piece));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  },
  slow: (response) => void setTimeout(() => response.writeHead(204).end(), 300),
  silent: () => {},
  garbage: (response) => response.socket?.end('HTTP/1.1 200 OK\r\nno header at all\r\n\u0000\r\n\r\n'),
};

export async function startReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = [];
  let tell: (one: Received) => void = () => {};
  const at = (path: string) => received.filter((one) => one.path === path);
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const path = request.url ?? '';
      const one = { path, headers: request.headers as Record<string, string>, body };
      received.push(one);
      tell(one);
      BEHAVIOURS[path.split('/')[1] ?? '']?.(response, at(path));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  afterFile(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    at,
    onRequest: (next) => (tell = next),
    hangUp: () => server.closeAllConnections(),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
