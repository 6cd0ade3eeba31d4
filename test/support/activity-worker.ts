/** A worker for activities as a process of its own, so that a test can kill it. */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Config } from '../../src/config.ts';
import { afterFile } from './after-file.ts';
import { builtProgram } from './built-program.ts';

/** Where it finds what it works for. */
type Servers = Pick<Config, 'TEMPORAL_ADDRESS' | 'TEMPORAL_NAMESPACE' | 'DATABASE_URL' | 'BATON_HOME'>;

/** Starts one that serves `queue`, with these settings beside its own; it is killed after the test file. */
export function startActivityWorker(
  { config }: { readonly config: Servers },
  queue: string,
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const child = spawn(process.execPath, [...builtProgram('worker/main'), '--role', 'activities'], {
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: config.TEMPORAL_ADDRESS,
      TEMPORAL_NAMESPACE: config.TEMPORAL_NAMESPACE,
      DATABASE_URL: config.DATABASE_URL,
      BATON_HOME: config.BATON_HOME,
      BATON_TASK_QUEUE: queue,
      BATON_ALLOW_PRIVATE_NETWORK: '1',
      BATON_LOG_LEVEL: 'error',
      ...environment,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  afterFile(() => child.kill('SIGKILL'));
  return child;
}
