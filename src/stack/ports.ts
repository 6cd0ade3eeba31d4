/** Ports on loopback: the remembered or usual one when it is free, else any free one. */
import getPort from 'get-port';

/** The first free port of `preferred`, else a random free one. Another process may still take it in between. */
export async function choosePort(...preferred: readonly (number | undefined)[]): Promise<number> {
  return getPort({ host: '127.0.0.1', port: preferred.filter((port) => port !== undefined) });
}
