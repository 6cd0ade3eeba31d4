/**
 * Whether an address that was set by hand is that of the home's own embedded server.
 *
 * People export TEMPORAL_ADDRESS or DATABASE_URL to reach the embedded servers with other programs, and forget it. The
 * next start would then wait for a server that only it would have started.
 */
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { readJsonFile } from '../home/files.ts';
import { recordedProcess } from '../home/process-record.ts';

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);
const LOOK_MS = 1_000;

/** Where a home keeps what its Temporal is found by again. */
export const temporalMemory = (home: string): string => join(home, 'temporal.json');
export const temporalPidFile = (home: string): string => join(home, 'temporal.pid');

/** No: another server answers there. */
export async function isOwnTemporal(home: string, address: string): Promise<boolean> {
  const { host, port } = placeOf(`tcp://${address}`);
  const { port: own } = (readJsonFile(temporalMemory(home)) ?? {}) as { readonly port?: number };
  if (!LOOPBACK.has(host) || own === undefined || port !== own) return false;
  return recordedProcess(temporalPidFile(home)) !== undefined || !(await isListening(own));
}

/** By the password, which nobody else has. */
export function isOwnPostgres(home: string, url: string): boolean {
  const { password } = placeOf(url);
  return password !== '' && passwordsOf(home).includes(password);
}

function passwordsOf(home: string): string[] {
  const folders = entriesOf(home).filter((name) => /^postgres-\d+$/.test(name));
  return folders.flatMap((name) => {
    const stored = readJsonFile(join(home, name, 'connection.json')) as { password?: string } | undefined;
    return stored?.password ?? [];
  });
}

function entriesOf(home: string): string[] {
  try {
    return readdirSync(home);
  } catch {
    return [];
  }
}

function placeOf(url: string): { readonly host: string; readonly port: number; readonly password: string } {
  try {
    const { hostname, port, password } = new URL(url);
    return { host: hostname, port: Number(port), password: decodeURIComponent(password) };
  } catch {
    return { host: '', port: 0, password: '' };
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const done = (listens: boolean) => {
      socket.destroy();
      resolve(listens);
    };
    socket.setTimeout(LOOK_MS, () => done(true));
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });
}
