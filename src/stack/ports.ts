/** Ports on loopback: the remembered or usual one when it is free, else any free one. */
import getPort from 'get-port';

/** The first free port of `preferred`, else a random free one. Another process may still take it in between. */
export async function choosePort(...preferred: readonly (number | undefined)[]): Promise<number> {
  return getPort({ host: '127.0.0.1', port: preferred.filter((port) => port !== undefined) });
}

/** `wanted` and the hundred ports after it: what to prefer when the usual port is taken. */
export function portsFrom(wanted: number): number[] {
  return Array.from({ length: 100 }, (_, i) => wanted + i).filter((port) => port > 0 && port <= 65_535);
}
