/**
 * How long an event takes to its readers: from its time in Temporal's history to the arrival at a socket. 200 sockets
 * follow 50 runs that work at the same time; projector, API and sockets have processes of their own.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { compile } from '../src/definition/index.ts';
import { INTERPRETER_VERSION } from '../src/protocol/envelope.ts';
import type { Envelope } from '../src/protocol/envelope.ts';
import { startApi } from './api.ts';
import { hint, startProjector } from './projector.ts';
import { QUEUES } from './sides.ts';
import type { Heard } from './live-sockets.ts';
import { percentile } from './statistics.ts';

const RUNS = 50;
const SOCKETS = 200;
/** Of each run, one after another; each takes about a second. */
const STEPS = 20;

export interface Live {
  readonly sockets: number;
  readonly runs: number;
  /** Events that arrived, at all sockets together. */
  readonly arrivals: number;
  /** Arrivals that were not the next of their run. */
  readonly gaps: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
}

/** Needs workers. */
export async function measureLive(temporalAddress: string, databaseUrl: string): Promise<Live> {
  const projector = startProjector(temporalAddress, databaseUrl);
  const api = await startApi(temporalAddress, databaseUrl);
  try {
    const ids = await startRuns(temporalAddress, databaseUrl);
    const sockets = fork(pathOf('./live-sockets.ts'), [api.url, String(SOCKETS), ...ids], {
      execArgv: ['--import', 'tsx'],
    });
    const [{ delays, gaps }] = (await once(sockets, 'message')) as [Heard];
    return {
      sockets: SOCKETS,
      runs: RUNS,
      arrivals: delays.length,
      gaps,
      p50_ms: percentile(delays, 0.5),
      p95_ms: percentile(delays, 0.95),
    };
  } finally {
    const ended = once(projector, 'exit');
    projector.kill('SIGTERM');
    await Promise.all([ended, api.stop()]);
  }
}

async function startRuns(temporalAddress: string, databaseUrl: string): Promise<string[]> {
  const connection = await Connection.connect({ address: temporalAddress });
  const client = new Client({ connection });
  const database = new pg.Pool({ connectionString: databaseUrl });
  const args = [{}, envelope()];
  const start = async () => {
    const workflowId = `bench-live-${crypto.randomUUID()}`;
    const options = { workflowId, taskQueue: QUEUES.interpreter, args };
    await hint(database, await client.workflow.start('bench-live', options));
    return workflowId;
  };
  const ids = await Promise.all(Array.from({ length: RUNS }, start));
  await Promise.all([connection.close(), database.end()]);
  return ids;
}

function envelope(): Envelope {
  const steps = Array.from({ length: STEPS }, (_, n) => ({
    key: `s${n}`,
    command: ['true'],
    dependencies: n === 0 ? [] : [`s${n - 1}`],
  }));
  const definition = { name: 'bench-live', version: '1.0.0', steps };
  const compiled = compile(JSON.stringify(definition), { format: 'json' });
  if (!('plan' in compiled)) throw new Error(JSON.stringify(compiled.errors.slice(0, 3)));
  return { interpreter: INTERPRETER_VERSION, plan: compiled.plan, epoch: 0, labels: {}, startedBy: 'bench' };
}

function pathOf(file: string): string {
  return new URL(file, import.meta.url).pathname;
}
