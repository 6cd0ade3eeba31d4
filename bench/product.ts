/** Baton's own programs beside the bench, from the sources, with what each of them consumes. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { PROGRAMS } from '../src/stack/programs/programs.ts';
import type { ProgramName } from '../src/stack/programs/programs.ts';
import { untilReady } from './api.ts';
import { builtProgram } from '../test/support/built-program.ts';

export interface Consumption {
  readonly program: ProgramName;
  readonly cpu_seconds: number;
  /** At most, since its start. */
  readonly rss_mb: number;
}

export interface Product {
  /** Of the API. */
  readonly url: string;
  /** Since the start; empty where the system does not tell. */
  consumed(): Consumption[];
  stop(): Promise<void>;
}

/**
 * Resolves when the API is ready; whoever waits for the others does so by a run.
 *
 * @param script answers of the scripted model @param taskQueue nobody else's
 */
export async function startProduct(
  servers: { readonly temporalAddress: string; readonly databaseUrl: string },
  { script, taskQueue }: { readonly script: string; readonly taskQueue: string },
): Promise<Product> {
  const home = mkdtempSync(join(tmpdir(), 'baton-bench-'));
  const port = await getPort();
  const url = `http://127.0.0.1:${port}`;
  writeFileSync(join(home, 'script.yaml'), script);
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: servers.temporalAddress,
    DATABASE_URL: servers.databaseUrl,
    BATON_HOME: home,
    BATON_TASK_QUEUE: taskQueue,
    BATON_PORT: String(port),
    BATON_MODEL: 'scripted/any',
    BATON_SCRIPT: join(home, 'script.yaml'),
    BATON_LOG_LEVEL: 'warn',
  };
  const children = PROGRAMS.map(({ name, module, args }) => {
    const child = spawn(process.execPath, [...builtProgram(module), ...args], {
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    return { name, child };
  });
  const stop = async () => {
    await Promise.all(children.map(({ child }) => stopChild(child)));
    rmSync(home, { recursive: true, force: true });
  };
  await untilReady(url).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, consumed: () => children.flatMap(({ name, child }) => consumptionOf(name, child)), stop };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** Ticks of a second in which Linux counts. */
const TICKS = 100;

function consumptionOf(program: ProgramName, { pid }: ChildProcess): Consumption[] {
  if (process.platform !== 'linux' || pid === undefined) return [];
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number);
  const [, kilobytes = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return [{ program, cpu_seconds: (user + system) / TICKS, rss_mb: Math.round(Number(kilobytes) / 1024) }];
}
