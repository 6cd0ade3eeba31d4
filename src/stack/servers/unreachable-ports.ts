/**
 * Places for listeners of programs that we cannot close and that check nothing: ports that no browser connects to (the
 * "bad ports" of the Fetch standard), and on Linux a loopback address that nobody can guess. Programs of this machine
 * reach them; a web page does not, whatever name it gives to 127.0.0.1.
 */
import { randomInt } from 'node:crypto';
import { choosePort, isFree } from './ports.ts';

/** Those of the standard's list that need no privilege and do not lie where systems choose ports from. */
const BLOCKED_BY_BROWSERS = [
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10080,
];

/**
 * `count` different free ports that browsers refuse; where there are too few of them, the rest are `undefined`. Any of
 * them, so that those who choose at once rarely choose the same.
 */
export async function unreachablePorts(count: number, host = '127.0.0.1'): Promise<(number | undefined)[]> {
  const found: number[] = [];
  for (const port of shuffled(BLOCKED_BY_BROWSERS)) {
    if (found.length === count) break;
    if (await isFree(port, host)) found.push(port);
  }
  return Array.from({ length: count }, (_, i) => found[i]);
}

/** Where a listener can be put so that no page finds it; undefined when there is no such place now. */
export async function hiddenPlace(): Promise<{ readonly host: string; readonly port: number } | undefined> {
  const host =
    process.platform === 'linux'
      ? `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`
      : '127.0.0.1';
  const [port] = await unreachablePorts(1, host);
  if (port !== undefined) return { host, port };
  return process.platform === 'linux' ? { host, port: await choosePort() } : undefined;
}

function shuffled<T>(values: readonly T[]): T[] {
  const placed = values.map((value) => ({ value, place: randomInt(2 ** 32) }));
  return placed.toSorted((one, other) => one.place - other.place).map(({ value }) => value);
}
