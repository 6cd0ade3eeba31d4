/** The API beside the bench, in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import getPort from 'get-port';
import { builtProgram } from '../test/support/built-program.ts';
import { QUEUES } from './sides.ts';

interface Api {
  readonly url: string;
  stop(): Promise<void>;
}

/** Resolves when it is ready. */
export async function startApi(
  temporalAddress: string,
  databaseUrl: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Api> {
  const url = `http://127.0.0.1:${await getPort()}`;
  const child = spawn(process.execPath, [...builtProgram('api/main')], {
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: temporalAddress,
      DATABASE_URL: databaseUrl,
      BATON_TASK_QUEUE: QUEUES.interpreter,
      BATON_PORT: new URL(url).port,
      BATON_LOG_LEVEL: 'warn',
      ...environment,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  await untilReady(url);
  return { url, stop };
}

/** Resolves when the API there answers. */
export async function untilReady(url: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('the API was not ready within 30 s');
}
