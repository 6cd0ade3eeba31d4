/** A TCP link to a server that a test can cut and join again: connections break, new ones are refused. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Link {
  /** Where clients connect. */
  readonly port: number;
  cut(): Promise<void>;
  join(): Promise<void>;
}

/** Opens a link to `host:port` on a free port of the loopback interface. */
export async function openLink(host: string, port: number): Promise<Link> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    const upstream = keep(connect(port, host));
    keep(client).pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  const listen = (at: number) => new Promise<void>((ready) => server.listen(at, '127.0.0.1', ready));
  await listen(0);
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    cut: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    join: () => listen(address.port),
  };
}
