/** Listening and letting go: a port that is free, and an end that lets answers finish. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import getPort, { portNumbers } from 'get-port';

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** The port was asked for expressly: when it is taken, fail instead of taking the next free one. */
  readonly exact: boolean;
}

/** A listening server and its address. @throws the error of `listen`, such as EADDRINUSE. */
export async function listen(
  listener: RequestListener,
  options: ListenOptions,
): Promise<{ readonly server: Server; readonly url: string }> {
  const { host } = options;
  const server = createServer(listener);
  const chosen = await chosenPort(options);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(chosen, host, resolve);
  });
  // From here on it is about single connections that cannot be taken, and whoever makes them is told by that.
  server.on('error', () => {});
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { server, url: `http://${name}:${address.port}` };
}

/** Takes no new connections, lets open answers finish, and cuts what is left after `ms`. */
export async function drain(server: Server, ms: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), ms);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(cut);
}

/** The port to listen on: the one that was asked for, or where it was not asked for expressly the next that is free. */
export async function chosenPort({ host, port, exact }: ListenOptions): Promise<number> {
  if (exact || port === 0) return port;
  return getPort({ host, port: portNumbers(port, Math.min(port + 200, 65_535)) });
}
