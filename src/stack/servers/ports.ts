/** Ports on loopback: the remembered or usual one when it is free, else any free one. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** The first free port of `preferred`, else a random free one. Another process may still take it in between. */
export async function choosePort(...preferred: readonly (number | undefined)[]): Promise<number> {
  for (const port of preferred) {
    if (port !== undefined && (await free(port)) !== undefined) return port;
  }
  return (await free(0)) ?? choosePort();
}

/** `wanted` and the hundred ports after it: what to prefer when the usual port is taken. */
export function portsFrom(wanted: number): number[] {
  return Array.from({ length: 100 }, (_, i) => wanted + i).filter((port) => port > 0 && port <= 65_535);
}

/** Whether a port of a loopback address can be listened on. */
export async function isFree(port: number, host: string): Promise<boolean> {
  return (await free(port, host)) !== undefined;
}

/** The port when it can be listened on (0: one that the system chooses), else undefined. */
async function free(port: number, host = '127.0.0.1'): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    const chosen = (server.address() as AddressInfo).port;
    server.close();
    await once(server, 'close');
    return chosen;
  } catch {
    return undefined;
  }
}
