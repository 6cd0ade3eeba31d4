/** Workers in their roles against a real server. */
import { randomUUID } from 'node:crypto';
import { WorkflowFailedError, type Client, type Connection } from '@temporalio/client';
import { beforeAll, describe, expect, it } from 'vitest';
import { workspaceQueue } from '../../src/activities/workspace/worker-queue.ts';
import type { Database } from '../../src/database/database.ts';
import { createLogger } from '../../src/log/log.ts';
import type { Plan, StepSpec } from '../../src/plan/plan.ts';
import type { Envelope } from '../../src/protocol/envelope.ts';
import { connectTemporal, temporalClient } from '../../src/temporal/connection.ts';
import { connectPatiently } from '../../src/worker/connect.ts';
import { runWorker, type Role } from '../../src/worker/worker.ts';
import { planOf, step } from '../../src/workflows/core/testing/plans.ts';
import { afterFile } from '../support/after-file.ts';
import { freshDatabase, runId, taskQueue, temporalTarget, until, workflowBundle } from '../support/index.ts';
import { testConfig } from '../support/step-attempt.ts';
import { temporaryHome } from '../support/temporary-home.ts';
import { INTERPRETER_VERSION } from '../../src/protocol/envelope.ts';
import { openTestDatabase } from '../support/test-database.ts';

const log = createLogger('test', 'fatal');
const target = temporalTarget();
const queue = taskQueue('worker');
const capability = taskQueue('gpu');
const home = temporaryHome();
let databaseUrl: string;
let database: Database;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  databaseUrl = await freshDatabase();
  database = openTestDatabase(databaseUrl, log);
  connection = await connectTemporal(target);
  client = temporalClient(connection, target, 'test');
});
afterFile(async () => {
  await connection.close();
  await database.end();
});

/** A worker of a role; `stop` resolves when it has ended. */
async function start(role: Role): Promise<{ stop: () => Promise<void> }> {
  const stop = new AbortController();
  const config = testConfig({
    TEMPORAL_ADDRESS: target.address,
    TEMPORAL_NAMESPACE: target.namespace,
    DATABASE_URL: databaseUrl,
    BATON_TASK_QUEUE: queue,
    BATON_HOME: home,
    BATON_CAPABILITIES: [capability],
    BATON_ALLOW_COMMANDS: true,
  });
  let ended: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    const bundle = role === 'activities' ? {} : { workflowBundle: workflowBundle() };
    ended = runWorker({ role, config, log, signal: stop.signal, onReady: resolve, ...bundle });
    ended.catch(reject);
  });
  return {
    stop: () => {
      stop.abort();
      return ended;
    },
  };
}

function launch(plan: Plan) {
  const envelope: Envelope = {
    interpreter: INTERPRETER_VERSION,
    plan,
    epoch: 0,
    labels: {},
    startedBy: null,
  };
  return client.workflow.start(plan.name, { taskQueue: queue, workflowId: runId(), args: [{}, envelope] });
}

const command = (code: string): StepSpec => ({
  kind: 'command',
  argv: [process.execPath, '-e', code],
  cwd: null,
  env: {},
  stdin: null,
});

/** Started, heartbeating, and not over by itself. */
const endless = planOf([step('work', [], { spec: command('setInterval(() => {}, 1000)') })]);

async function untilWorking(workflowId: string): Promise<void> {
  await until(async () => {
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    return raw.pendingActivities?.some((activity) => activity.lastHeartbeatTime);
  });
}

describe('workers by role', () => {
  beforeAll(async () => {
    const workers = await Promise.all([start('workflows'), start('activities')]);
    // What comes after has workers of its own.
    return async () => void (await Promise.all(workers.map((worker) => worker.stop())));
  });

  it('run workflows in one and activities in the other', async () => {
    const handle = await launch(planOf([step('hello', [], { spec: command('console.log("hi")') })]));
    expect(await handle.result()).toEqual({ exit_code: 0, stdout: 'hi\n', stderr: '' });
  });

  it('serve every capability', async () => {
    const handle = await launch(planOf([step('far', [], { capability, spec: command('') })]));
    expect(await handle.result()).toMatchObject({ exit_code: 0 });
  });

  it('fail a run whose definition nobody published, with its reason', async () => {
    const options = { taskQueue: queue, workflowId: runId(), args: [{}] };
    const error = await client.workflow
      .execute(`none-${randomUUID()}`, options)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect((error as WorkflowFailedError).cause).toMatchObject({ type: 'definition_not_found' });
  });

  it('cancel what runs when the run is cancelled', async () => {
    const handle = await launch(endless);
    await untilWorking(handle.workflowId);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    expect((await handle.describe()).status.name).toBe('CANCELLED');
  });

  it('take no harm from a signal that cannot be decoded', async () => {
    const handle = await launch(endless);
    await untilWorking(handle.workflowId);
    const garbage = { metadata: { encoding: Buffer.from('from/outer-space') }, data: Buffer.from('?') };
    await client.workflowService.signalWorkflowExecution({
      namespace: target.namespace,
      workflowExecution: { workflowId: handle.workflowId },
      signalName: 'pause',
      input: { payloads: [garbage] },
      requestId: randomUUID(),
    });
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    const { events = [] } = await handle.fetchHistory();
    expect(events?.filter((event) => event.workflowTaskFailedEventAttributes)).toEqual([]);
  });
});

describe('a worker that stops', () => {
  it('hands its activity back as a failure of the machinery, and another goes on', async () => {
    const workflows = await start('workflows');
    const first = await start('activities');
    const handle = await launch(endless);
    await untilWorking(handle.workflowId);
    await first.stop();
    const { events } = await until(async () => {
      const history = await handle.fetchHistory();
      return history.events?.some((event) => event.activityTaskFailedEventAttributes) && history;
    });
    const failed = events?.find(
      (event) => event.activityTaskFailedEventAttributes,
    )?.activityTaskFailedEventAttributes;
    expect(failed?.failure?.applicationFailureInfo?.type).toBe('worker_shutdown');
    const second = await start('activities');
    await untilWorking(handle.workflowId);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    await Promise.all([workflows.stop(), second.stop()]);
  });
});

describe('workspaces of a home', () => {
  it('are served by whatever worker has the home, after a restart too', async () => {
    const workflows = await start('workflows');
    const first = await start('activities');
    const capability = await workspaceQueue({ BATON_HOME: home, BATON_TASK_QUEUE: queue });
    const plan = planOf([step('here', [], { capability, spec: command('') })]);
    expect(await (await launch(plan)).result()).toMatchObject({ exit_code: 0 });
    await first.stop();
    const handle = await launch(plan);
    const second = await start('activities');
    expect(await handle.result()).toMatchObject({ exit_code: 0 });
    await Promise.all([workflows.stop(), second.stop()]);
  });

  it('need a home that can be written', async () => {
    const config = testConfig({
      TEMPORAL_ADDRESS: target.address,
      DATABASE_URL: databaseUrl,
      BATON_TASK_QUEUE: queue,
      BATON_HOME: '/dev/null',
    });
    const { signal } = new AbortController();
    await expect(runWorker({ role: 'activities', config, log, signal })).rejects.toThrow(
      /BATON_HOME=\/dev\/null cannot hold workspaces/,
    );
  });
});

describe('a worker without Temporal', () => {
  const config = testConfig({ DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' });
  const signal = new AbortController().signal;

  it('gives up after a while, so that it is started again', async () => {
    await expect(connectPatiently('127.0.0.1:9', log, signal, { patienceMs: 1 })).rejects.toMatchObject({
      code: 'temporal_unavailable',
    });
  });

  it('stops waiting when it is told to', async () => {
    expect(await connectPatiently('127.0.0.1:9', log, AbortSignal.abort())).toBeNull();
  });

  it('says which setting is missing', async () => {
    await expect(runWorker({ role: 'all', config, log, signal })).rejects.toThrow(/TEMPORAL_ADDRESS/);
  });
});
