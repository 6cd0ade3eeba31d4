/**
 * A run that a newer Baton has started, and that this one does not know how to fold: the projector leaves it, and what is
 * asked of its history is refused. Nothing is written that a newer one would have to mend.
 */
import { expect, test } from 'vitest';
import { createLogger } from '../src/log/log.ts';
import { rebuildRun, runProjector, verifyRun } from '../src/projections/index.ts';
import { registry } from '../src/projections/metrics/metrics.ts';
import { readRunThen } from '../src/projections/run-then.ts';
import { INTERPRETER_VERSION } from '../src/protocol/envelope.ts';
import { connectTemporal, temporalClient } from '../src/temporal/connection.ts';
import { decodeHistoryEvent, encodeHistoryEvent } from '../src/temporal/history-event.ts';
import { planOf } from '../src/workflows/core/testing/plans.ts';
import { afterFile } from './support/after-file.ts';
import { freshDatabase, runId, taskQueue, temporalTarget, until } from './support/index.ts';
import { act } from './support/step-worker.ts';
import { storeHistories } from './support/stored-histories.ts';
import { openTestDatabase, patientConfig } from './support/test-database.ts';

const log = createLogger('test', 'silent');
const databaseUrl = await freshDatabase();
const database = openTestDatabase(databaseUrl, log);
afterFile(() => database.end());
const target = temporalTarget();
const connection = await connectTemporal(target);
afterFile(() => connection.close());
const client = temporalClient(connection, target, 'newer@test');
const newQueue = () => taskQueue('newer-interpreter');

async function start(queue: string, interpreter: number): Promise<string> {
  const id = runId('newer');
  const plan = planOf([act('a', 'ok')]);
  await client.workflow.start(plan.name, {
    ...{ workflowId: id, taskQueue: queue },
    args: [{}, { interpreter, plan, epoch: 0, labels: {}, startedBy: 'ann' }],
  });
  return id;
}

/** As a worker does that knows every version: it decides, here that nothing is to be done. */
async function decideOnce(queue: string): Promise<void> {
  const { namespace } = target;
  const identity = 'newer-worker@test';
  const service = connection.workflowService;
  const { taskToken } = await service.pollWorkflowTaskQueue({
    ...{ namespace, identity },
    taskQueue: { name: queue },
  });
  await service.respondWorkflowTaskCompleted({ namespace, identity, taskToken, commands: [] });
}

async function projecting<T>(queue: string, work: () => Promise<T>): Promise<T> {
  const config = patientConfig({
    ...{ DATABASE_URL: databaseUrl, BATON_TASK_QUEUE: queue, BATON_LOG_LEVEL: 'error' },
    ...{ TEMPORAL_ADDRESS: target.address, TEMPORAL_NAMESPACE: target.namespace },
  });
  const stop = new AbortController();
  const projector = runProjector({ config, log, signal: stop.signal, onReady: () => {} });
  try {
    return await work();
  } finally {
    stop.abort();
    await projector;
  }
}

async function executionOf(id: string) {
  const { rows } = await database.query<{ lease_owner: string | null; cursor: number }>(
    'select lease_owner, cursor from executions where run_id = $1',
    [id],
  );
  return rows[0];
}

async function rowOf(id: string) {
  const { rows } = await database.query<{ status: string; diverged: unknown }>(
    'select status, diverged from workflow_runs where id = $1',
    [id],
  );
  return rows[0];
}

const runsLeft = async () => (await registry.getSingleMetric('baton_projection_runs_left')?.get())?.values[0];

test('the projector leaves it, with nothing written of what it decided and its lease given back', async () => {
  const queue = newQueue();
  const id = await start(queue, INTERPRETER_VERSION + 1);
  await decideOnce(queue);
  await projecting(queue, async () => {
    await until(async () => (await runsLeft())?.value === 1);
    expect(await executionOf(id)).toEqual({ lease_owner: null, cursor: 0 });
    const known = await start(queue, INTERPRETER_VERSION);
    await until(async () => (await rowOf(known)) !== undefined);
    expect(await rowOf(id)).toBeUndefined();
  });
});

test('what has begun to be shown stays as it is, and another projector may take it at once', async () => {
  const queue = newQueue();
  const id = await start(queue, INTERPRETER_VERSION + 1);
  await projecting(queue, async () => {
    await until(async () => (await rowOf(id)) !== undefined);
    await decideOnce(queue);
    await until(async () => (await executionOf(id))?.lease_owner === null);
    expect(await rowOf(id)).toEqual({ status: 'pending', diverged: null });
    expect((await verifyRun(database, id)).ok).toBe(true);
  });
});

test('stored by a newer projector, it is neither folded, rebuilt nor verified here, and keeps its rows', async () => {
  const begun = await Promise.all((await storeHistories(database, 'v3', 16_000)).map(makeNewer));
  const id = begun.find((one) => one !== undefined) ?? '';
  const refused = { code: 'run_of_newer_baton', message: expect.stringContaining('version that started it') };
  const before = await rowOf(id);
  await expect(rebuildRun(database, id)).rejects.toMatchObject(refused);
  await expect(verifyRun(database, id)).rejects.toMatchObject(refused);
  await expect(readRunThen(database, id, 1_000)).rejects.toMatchObject(refused);
  expect(before).toMatchObject({ diverged: null });
  expect(await rowOf(id)).toEqual(before);
});

/** Its rows are written, and then its stored history says that it began under the next version. */
async function makeNewer(id: string): Promise<string | undefined> {
  const { rows } = await database.query<{ execution_id: string; data: Buffer }>(
    `select execution_id, data from history_events join executions using (execution_id)
     where run_id = $1 and event_id = 1`,
    [id],
  );
  const [first] = rows;
  const event = decodeHistoryEvent(first?.data ?? Buffer.alloc(0));
  const envelope = event.workflowExecutionStartedEventAttributes?.input?.payloads?.[1];
  const said = JSON.parse(Buffer.from(envelope?.data ?? []).toString() || 'null') as object | null;
  if (envelope == null || said === null || !('interpreter' in said)) return undefined;
  await rebuildRun(database, id);
  envelope.data = Buffer.from(JSON.stringify({ ...said, interpreter: INTERPRETER_VERSION + 1 }));
  await database.query('update history_events set data = $1 where execution_id = $2 and event_id = 1', [
    encodeHistoryEvent(event),
    first?.execution_id,
  ]);
  return id;
}
