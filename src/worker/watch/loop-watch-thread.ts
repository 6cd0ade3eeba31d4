/** The thread of loop-watch.ts. Counts its own looks, so that nobody hangs who was stopped together with it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import pg from 'pg';
import { messageOf } from '../../errors/errors.ts';
import { createLogger } from '../../log/log.ts';
import { readEvaluating } from './evaluating.ts';
import type { LoopWatched } from './loop-watch.ts';
import { insertStall } from './stall-rows.ts';

const LOOK_MS = 500;
/** With the record before a supervisor's 10 s: it could not say what hung. */
const PATIENCE_MS = 7_000;
const RECORD_MS = 1_500;

const watched = workerData as LoopWatched;
const { turns, evaluating, databaseUrl, worker, logLevel, recordMs = RECORD_MS } = watched;
const counter = new Int32Array(turns);
const log = createLogger('worker-watch', logLevel);

await untilStill();
const [run = '', execution = '', ...lines] = (readEvaluating(evaluating) ?? '').split('\n');
const expression = lines.join('\n') || null;
log.fatal({ run, execution, expression, worker }, 'the loop of this worker hangs: it is killed');
await Promise.race([record(), sleep(recordMs)]);
process.kill(process.pid, 'SIGKILL');

async function untilStill(): Promise<void> {
  let seen = Atomics.load(counter, 0);
  for (let still = 0; still < PATIENCE_MS; still += LOOK_MS) {
    await sleep(LOOK_MS);
    const now = Atomics.load(counter, 0);
    if (now !== seen) still = -LOOK_MS;
    seen = now;
  }
}

async function record(): Promise<void> {
  if (databaseUrl === null || execution === '') return;
  try {
    const client = new pg.Client({ connectionString: databaseUrl, application_name: 'baton-worker-watch' });
    client.on('error', () => {});
    await client.connect();
    await client.query(insertStall({ run_id: run, execution_id: execution, worker, expression }));
  } catch (error) {
    log.error({ reason: messageOf(error) }, 'the stall could not be recorded');
  }
}
