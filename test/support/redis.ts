/** A Redis for tests: the one that `REDIS_URL` names, else a server of the test's own from PATH. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import getPort from 'get-port';
import which from 'which';

const given = process.env['REDIS_URL'] ?? '';
const program = await which('redis-server', { nothrow: true });

/** Why there is no Redis for tests; null when there is. */
export const NO_REDIS = given === '' && program === null ? 'no redis-server on PATH, and no REDIS_URL' : null;

interface Redis {
  readonly url: string;
  stop(): Promise<void>;
}

/** @throws when there is none */
export async function startRedis(): Promise<Redis> {
  if (given !== '') return { url: given, stop: async () => undefined };
  if (program === null) throw new Error(String(NO_REDIS));
  const port = await getPort();
  const folder = mkdtempSync(join(tmpdir(), 'baton-redis-'));
  const settings = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'no' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(program, args, { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const url = `redis://127.0.0.1:${port}`;
  await answers(url);
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when the server at `url` answers; the test's time limit ends the wait. */
async function answers(url: string): Promise<void> {
  const client = createClient({ url, socket: { reconnectStrategy: 50 } });
  client.on('error', () => undefined);
  await client.connect();
  client.destroy();
}
