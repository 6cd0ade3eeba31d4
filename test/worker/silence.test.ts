/** A worker whose way to Temporal falls silent: the SDK alone would notice after a minute. */
import { createLogger } from '../../src/log/log.ts';
import { connectTemporal, temporalClient } from '../../src/temporal/connection.ts';
import { connectPatiently } from '../../src/worker/connect.ts';
import { planOf, step } from '../../src/workflows/core/testing/plans.ts';
import { Worker } from '@temporalio/worker';
import { test } from 'vitest';
import { afterFile } from '../support/after-file.ts';
import { openLink } from '../support/cuttable-link.ts';
import { PATIENCE_MS, until } from '../support/until.ts';
import { runId, taskQueue, temporalTarget, workflowBundle } from '../support/index.ts';

const PLAN = planOf([step('a', [], { spec: { kind: 'transform', value: 1 } })], { name: 'short' });
/** While nothing passes; longer than it takes to notice. */
const HOLE_MS = 9_000;

test('goes on within seconds of the network', async () => {
  const target = temporalTarget();
  const at = new URL(`tcp://${target.address}`);
  const link = await openLink(at.hostname, Number(at.port));
  const stop = new AbortController();
  const native = await connectPatiently(
    `127.0.0.1:${link.port}`,
    createLogger('test', 'silent'),
    stop.signal,
  );
  if (native === null) throw new Error('not connected');
  const queue = taskQueue('silent');
  const worker = await Worker.create({
    connection: native,
    namespace: target.namespace,
    taskQueue: queue,
    workflowBundle: workflowBundle(),
  });
  const running = worker.run();
  const connection = await connectTemporal(target);
  const client = temporalClient(connection, target, 'test');
  afterFile(async () => {
    stop.abort();
    worker.shutdown();
    await running;
    await Promise.all([native.close(), connection.close()]);
  });
  const run = async (timeout = PATIENCE_MS) => {
    const envelope = { interpreter: 1, plan: PLAN, epoch: 0, labels: {}, startedBy: 'ann' };
    const workflowId = runId();
    await client.workflow.start(PLAN.name, { workflowId, taskQueue: queue, args: [{}, envelope] });
    const handle = client.workflow.getHandle(workflowId);
    // Without the relay it takes 60 s. The server may give the task to a poll that has vanished, which costs 10 s.
    await until(async () => (await handle.describe()).status.name === 'COMPLETED', { timeout });
  };
  await run();

  link.swallow();
  await new Promise((passed) => setTimeout(passed, HOLE_MS));
  link.hear();
  await run(55_000);
});
