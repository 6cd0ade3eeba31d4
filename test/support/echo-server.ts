/**
 * A server that gives back what it gets: at once (`/echo`: the body, with method, URL and headers; `/proto`: its own
 * status line and headers), later (`/stash`, then `/unstash`), and so that the secret straddles a cut (`/straddle`).
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface EchoServer {
  readonly url: string;
  close(): void;
}

/** Starts it on loopback. */
export async function startEchoServer(): Promise<EchoServer> {
  let stash = '';
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url = '', headers } = request;
    const body = await text(request);
    const bearer = (headers.authorization ?? '').replace('Bearer ', '');
    if (url.startsWith('/straddle')) {
      response.writeHead(500).end('x'.repeat(16_380) + bearer + 'y'.repeat(100));
    } else if (url.startsWith('/stash')) {
      stash = bearer;
      response.end('kept');
    } else if (url.startsWith('/unstash')) {
      const forms = [
        stash,
        Buffer.from(`me:${stash}`).toString('base64'),
        Buffer.from(stash).toString('hex'),
      ];
      response.setHeader('x-kept', stash);
      response.end(JSON.stringify({ forms, form: new URLSearchParams({ stash }).toString() }));
    } else {
      response.setHeader('content-type', 'application/json');
      response.setHeader('set-cookie', `s=${encodeURIComponent(bearer)}`);
      response.end(JSON.stringify({ method, url, headers, body }));
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
