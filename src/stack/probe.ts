/**
 * Health check inside a container: `node dist/stack/probe.js api|projector|workflows|activities|temporal-ui`. Exit code 0 when that
 * program does its work, 1 with the reason otherwise.
 */
import { hostname } from 'node:os';
import { readConfig, type Config } from '../config.ts';
import { messageOf } from '../errors/errors.ts';
import { apiIsReady, projectorIsConnected, workerIsWell, workersPoll } from './programs/readiness.ts';

const TIMEOUT_MS = 8_000;

const PROBES: Readonly<Record<string, (config: Config) => Promise<void>>> = {
  api: (config) => apiIsReady(`http://127.0.0.1:${config.BATON_PORT}`),
  // That something answers: the UI behind it comes later and has a check of its own.
  'temporal-ui': async (config) => void (await fetch(`http://127.0.0.1:${config.BATON_PORT}`)),
  projector: (config) => projectorIsConnected(config.DATABASE_URL ?? ''),
  workflows: (config) => workerWorks(config, 'workflows'),
  activities: (config) => workerWorks(config, 'activities'),
};

try {
  const probe = PROBES[process.argv[2] ?? ''];
  if (probe === undefined) throw new Error(`say one of ${Object.keys(PROBES).join(', ')}`);
  setTimeout(() => fail(`no answer within ${TIMEOUT_MS} ms`), TIMEOUT_MS);
  await probe(readConfig());
  process.exit(0);
} catch (error) {
  fail(messageOf(error));
}

/** Its own word where it gives it, else what Temporal knows of this host's workers. */
async function workerWorks(config: Config, role: 'workflows' | 'activities'): Promise<void> {
  const { BATON_METRICS_PORT: port, BATON_TASK_QUEUE: queue } = config;
  if (port !== 0) return workerIsWell(`http://127.0.0.1:${port}`);
  return workersPoll(targetOf(config), queue, hostname(), [role]);
}

function targetOf(config: Config): { address: string; namespace: string } {
  return { address: config.TEMPORAL_ADDRESS ?? '', namespace: config.TEMPORAL_NAMESPACE };
}

function fail(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}
