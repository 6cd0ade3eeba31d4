/** Steps that activities of Temporal workers do: as the example says it, waited for, failing, taken back, lost and taken over. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import type { RunMessage } from '../src/contract/message.ts';
import type { StepInput } from '../src/contract/past/step-input.ts';
import { verifyRun } from '../src/projections/index.ts';
import { countUnservedSteps } from '../src/service/upkeep/queries/count-unserved-steps.ts';
import { traceIdOf } from '../src/tracing/span-ids.ts';
import * as example from '../examples/nodes/temporal/activities.ts';
import { afterFile } from './support/after-file.ts';
import { startActivityWorker } from './support/activity-worker.ts';
import { startBaton } from './support/baton.ts';
import { taskQueue, temporalTarget, until } from './support/index.ts';

type Request = example.Request<unknown>;

const EXAMPLE = new URL('../examples/nodes/temporal/', import.meta.url);
/** Of workers that are none of Baton's. */
const queue = taskQueue('weighers');
const late = taskQueue('late');
const empty = taskQueue('nobody');
const far = taskQueue('far');
const settings = { BATON_NODE_TASK_QUEUES: `${queue},${late},${empty}`, BATON_TRACE_PROPAGATE: 'on' };
const baton = await startBaton(settings);

const asked: Request[] = [];
let ended = 0;

/** What the tests' worker does, beside what that of the example can. */
const activities = {
  ...example,
  echo: async (request: Request) => (asked.push(request), request.input),
  nothing: async () => {},
  large: async () => 'x'.repeat(1_100_000),
  strange: async () => new Uint8Array([1, 2, 3]),
  refuse: async () => {
    throw ApplicationFailure.create({ message: 'no scales', details: [{ left: 0 }] });
  },
  fail: async ({ attempt }: Request) => {
    if (attempt === 1) throw ApplicationFailure.create({ type: 'INFRA_ERROR', message: 'power is off' });
    return attempt;
  },
  hold: async (request: Request) => {
    asked.push(request);
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), 200);
    await context.cancelled.catch(() => {}).finally(() => clearInterval(beat));
    ended++;
  },
  gate: async (request: Request) => {
    asked.push(request);
    await until(() => open.has(request.run));
    return 'through the gate';
  },
};
const open = new Set<string>();
await startWorker(queue);

async function startWorker(taskQueue: string): Promise<void> {
  const { address, namespace } = temporalTarget();
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    ...{ connection, namespace, taskQueue, activities },
    maxHeartbeatThrottleInterval: '200ms',
    shutdownForceTime: '1s',
  });
  const running = worker.run();
  afterFile(async () => {
    worker.shutdown();
    await running.catch(() => {});
    await connection.close();
  });
}

async function publish(name: string, node: string, more = ''): Promise<void> {
  await baton.publish(`
name: ${name}
version: 1.0.0
inputs: { text: { type: string, default: hello } }
steps:
  - key: work
    node: { task_queue: ${queue}, ${node} }
${more}`);
}

const begin = async (workflow: string) => (await baton.start({ workflow, inputs: {} })).id;
const step = async (id: string) => (await baton.steps(id))['work'];
const finished = async (workflow: string) => baton.finished(await begin(workflow));
const askedOf = (id: string) => asked.filter(({ run }) => run === id);

test('the example waits for its worker, which is killed; another takes over under the same key', async () => {
  const text = readFileSync(new URL('work.yaml', EXAMPLE), 'utf8');
  const name = 'work-by-a-temporal-worker';
  await baton.publish(text.replace('weighers', late).replace('heartbeat: 5s', 'heartbeat: 1s'));
  const { id } = await baton.start({ workflow: name, inputs: { text: 'one two  three', seconds: 600 } });
  const missing = `a worker for activity weigh (task queue ${late})`;
  await until(async () =>
    (await baton.run(id)).waiting_for.some(({ kind, text }) => kind === 'worker' && text === missing),
  );
  const { rows: unserved } = await baton.database.query<object>(countUnservedSteps());
  expect(unserved).toEqual([{ queue: late, count: 1 }]);
  const worker = startExample();
  await until(async () => (await baton.run(id)).waiting_for.length === 0);
  worker.kill('SIGKILL');
  const attempts = async () => (await baton.steps(id))['weigh']?.attempts ?? [];
  await until(async () => (await attempts()).some(({ error }) => error?.type === 'node_lost'));
  // What takes ten minutes is taken back; the next run is done by the other worker.
  await startWorker(late);
  await until(async () => (await attempts()).at(-1)?.status === 'running');
  await baton.call('POST', `/runs/${id}/cancel`, {});
  expect(await baton.finished(id)).toMatchObject({ status: 'cancelled' });
  expect((await attempts())[0]).toMatchObject({
    category: 'INFRA_ERROR',
    error: { message: `weigh on ${late}: its worker stopped answering (heartbeat timeout).` },
  });

  const { id: next } = await baton.start({ workflow: name, inputs: { text: 'one two  three' } });
  expect(await baton.finished(next)).toMatchObject({ status: 'completed', output: { words: 3 } });
  expect((await baton.steps(next))['weigh']?.output).toEqual({ words: 3, key: `${next}/0/weigh/1` });
  const { id: nothing } = await baton.start({ workflow: name, inputs: { text: '' } });
  expect((await baton.finished(nothing)).error?.message).toContain('there is no text to weigh');
  for (const run of [id, next, nothing])
    expect(await verifyRun(baton.database, run)).toMatchObject({ differences: [] });
  const runs = await baton.items<{ workflow: string }>('/runs');
  expect(new Set(runs.map(({ workflow }) => workflow))).toEqual(new Set([name]));
});

function startExample(): ChildProcess {
  const program = fileURLToPath(new URL('worker.ts', EXAMPLE));
  const worker = spawn(process.execPath, ['--import', 'tsx', program, temporalTarget().address, late], {
    stdio: 'ignore',
  });
  afterFile(() => worker.kill('SIGKILL'));
  return worker;
}

test('an activity is told all of the work, and its answer is the result, whatever it is', async () => {
  await publish('told', 'activity: echo, input: { said: "{{ inputs.text }}", large: 9007199254740993 }');
  await publish('quiet', 'activity: nothing');
  const run = await finished('told');
  const { id } = run;
  const [request, ...more] = askedOf(id);
  expect(more).toEqual([]);
  expect(request).toMatchObject({ step: 'work', attempt: 1, idempotency_key: `${id}/0/work/1` });
  expect(request?.traceparent).toMatch(new RegExp(`^00-${traceIdOf(id)}-[0-9a-f]{16}-01$`));
  expect(Date.parse(request?.deadline ?? '')).toBeGreaterThan(Date.now());
  expect(run.output).toMatchObject({ said: 'hello' });
  const thread = await baton.items<RunMessage>(`/runs/${id}/messages`);
  expect(thread.map(({ content }) => content)).toContain(`work: done by echo on ${queue}`);
  const { body } = await baton.call<StepInput>('GET', `/runs/${id}/steps/work/input`);
  expect(body.given).toMatchObject({
    errand: { taskQueue: queue, activity: 'echo' },
    input: { said: 'hello' },
  });
  expect(await finished('quiet')).toMatchObject({ status: 'completed', output: null });
});

test.each([
  ['refuse', 'activity: refuse', ['node_failed', 'node_failed'], 'no scales'],
  ['unfit', 'activity: echo', ['node_result_invalid', 'node_result_invalid'], 'does not fit output_schema'],
  ['large', 'activity: large', ['node_result_invalid'], 'has 1100002 bytes, and may have 1048576'],
  ['strange', 'activity: strange', ['node_result_invalid', 'node_result_invalid'], 'encoding binary/plain'],
  ['unknown', 'activity: nobody', ['node_failed', 'node_failed'], 'nobody'],
  ['final', 'activity: weigh, input: { text: "" }', ['node_failed'], 'there is no text to weigh'],
])('what goes wrong in it is told: %s', async (name, node, types, message) => {
  await publish(
    name,
    node,
    '    output_schema: { type: object, required: [url] }\n    retry: { attempts: 2, initial: 1ms }',
  );
  const run = await finished(name);
  const attempts = (await step(run.id))?.attempts ?? [];
  expect(attempts.map(({ error }) => error?.type)).toEqual(types);
  expect(run.error?.message).toContain(message);
  expect(attempts[0]?.error).toMatchObject(name === 'refuse' ? { body: { left: 0 } } : {});
});

test('a failure of its machinery is tried again under the same key; a queue that nobody has named is refused', async () => {
  await publish('infra', 'activity: fail');
  const run = await finished('infra');
  expect(run).toMatchObject({ status: 'completed', output: 2 });
  expect((await step(run.id))?.attempts).toMatchObject([
    { error: { type: 'node_lost', message: `fail on ${queue}: power is off` }, category: 'INFRA_ERROR' },
    { error: null },
  ]);
  await baton.publish(`
name: elsewhere
version: 1.0.0
steps: [{ key: work, node: { task_queue: payments, activity: pay } }]`);
  expect((await finished('elsewhere')).error).toMatchObject({
    type: 'not_allowed',
    message: expect.stringContaining('BATON_NODE_TASK_QUEUES'),
  });
});

test('a cancel, a pause and a timeout reach the activity', async () => {
  await publish('held', 'activity: hold, heartbeat: 10s');
  const id = await begin('held');
  await until(() => askedOf(id).length === 1);
  await baton.call('POST', `/runs/${id}/pause`, { mode: 'now' });
  await until(() => ended === 1);
  await baton.call('POST', `/runs/${id}/unpause`, {});
  await until(() => askedOf(id).length === 2);
  expect(new Set(askedOf(id).map(({ idempotency_key: key }) => key)).size).toBe(1);
  await baton.call('POST', `/runs/${id}/cancel`, {});
  expect(await baton.finished(id)).toMatchObject({ status: 'cancelled' });
  await until(() => ended === 2);

  await publish('short', 'activity: hold, heartbeat: 10s', '    timeout: 15s');
  expect((await finished('short')).error).toMatchObject({ type: 'timeout' });
  await until(() => ended === 3);
  await baton.publish(`
name: nobody
version: 1.0.0
steps: [{ key: work, node: { task_queue: ${empty}, activity: weigh }, timeout: 15s }]`);
  expect((await finished('nobody')).error?.message).toContain(
    `Nobody took it within its timeout of 15000 ms. It waited for a worker for activity weigh (task queue ${empty}).`,
  );
});

test('the worker of Baton that waits is killed: activities work on, and the next attempts find them at work, or done', async () => {
  await publish('kept', 'activity: gate', `    capability: ${far}`);
  const start = () => startActivityWorker(baton, far, settings);
  const first = start();
  const [early, late] = [await begin('kept'), await begin('kept')];
  await until(() => askedOf(early).length === 1 && askedOf(late).length === 1);
  first.kill('SIGKILL');
  const attempt = async (id: string, number: number) => ((await step(id))?.attempts ?? [])[number - 1];
  for (const id of [early, late])
    await until(async () => (await attempt(id, 1))?.error?.type === 'worker_lost');
  open.add(early);
  start();
  expect(await baton.finished(early)).toMatchObject({ status: 'completed', output: 'through the gate' });
  await until(async () => (await attempt(late, 2))?.status === 'running');
  open.add(late);
  expect(await baton.finished(late)).toMatchObject({ status: 'completed', output: 'through the gate' });
  for (const id of [early, late]) expect(askedOf(id)).toHaveLength(1);
});
