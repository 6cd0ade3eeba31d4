/** A run of many steps: several executions, one run. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { verifyRun } from '../src/projections/index.ts';
import { connectTemporal, temporalClient } from '../src/temporal/connection.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import { runId, temporalTarget, until } from './support/index.ts';

const STEPS = 2_000;
/** Layers, each step after one of the layer before. */
const WIDTH = 50;
/** One layer of four makes requests: enough events for a handful of executions where Temporal suggests it early. */
const asks = (i: number): boolean => i % (4 * WIDTH) < WIDTH;

test(`${STEPS} steps complete as one run over several executions`, { timeout: 600_000 }, async () => {
  let served = 0;
  const server = createServer((_request, response) => response.end(String(++served)));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const baton = await startBaton({ BATON_ALLOW_PRIVATE_NETWORK: '1' });

  const steps = Array.from({ length: STEPS }, (_, i) => ({
    key: `s${i}`,
    ...(asks(i) ? { http: { url: '{{ url }}' } } : { transform: `{{ s${i - WIDTH}.result }}` }),
    dependencies: i < WIDTH ? [] : [`s${i - WIDTH}`],
  }));
  const definition = {
    name: 'long',
    version: '1.0.0',
    inputs: { url: 'string' },
    steps,
    outputs: `{{ s${STEPS - 1}.result.status }}`,
  };
  const published = await baton.call('POST', '/workflows', definition);
  expect(published.status).toBe(201);
  const { id } = await baton.start({ workflow: 'long', inputs: { url } });
  const run = await baton.finished(id);
  server.close();

  expect(run).toMatchObject({ status: 'completed', output: 200, diverged: null });
  expect(served).toBe(STEPS / 4);
  const { rows } = await baton.database.query<{ close_status: string }>(
    'select close_status from executions where run_id = $1 order by started_at',
    [id],
  );
  expect(rows.length).toBeGreaterThan(1);
  const { rows: counted } = await baton.database.query<{ status: string; steps: number }>(
    'select status, count(*)::int as steps from workflow_step_executions where run_id = $1 group by status',
    [id],
  );
  expect(counted).toEqual([{ status: 'completed', steps: STEPS }]);
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
});

test('what transforms make, and conditions read, fits however much it is: as outputs, for one step, in the next execution', async () => {
  const baton = await startBaton();
  const text = Array.from({ length: 25_000 }, (_, i) => String.fromCharCode(97 + ((i * i) % 26))).join('');
  const wide = Array.from({ length: 60 }, (_, i) => ({
    key: `t${i}`,
    transform: `${i}: {{ inputs.text }}{{ inputs.text }}`,
  }));
  // Of more than the workflow takes: each is an activity, and there are enough for several executions.
  const after = Array.from({ length: 120 }, (_, i) => ({
    key: `a${i}`,
    transform: '{{ size(t1.result) + size(t2.result) }}',
    dependencies: i < 40 ? ['t1', 't2'] : ['t1', 't2', `a${i - 40}`],
  }));
  const gates = wide.map(({ key }, i) => ({
    key: `g${i}`,
    ...{ when: `size(steps.${key}.result) > 100`, transform: '{{ 1 }}', dependencies: [key] },
  }));
  const last = { key: 'last', transform: '{{ a119.result }}', dependencies: ['a119', 't50'] };
  const head = { version: '1.0.0', inputs: { text: 'string' } };
  await baton.call('POST', '/workflows', { ...head, name: 'wide', steps: wide });
  await baton.call('POST', '/workflows', {
    ...{
      ...head,
      name: 'wide-and-long',
      steps: [...wide, ...gates, ...after, { ...last, when: 'size(steps.t50.result) > 100' }],
    },
    outputs: '{{ last.result }}',
  });
  const size = 2 * text.length + '1: '.length;

  const { id } = await baton.start({ workflow: 'wide', inputs: { text } });
  const { id: long } = await baton.start({ workflow: 'wide-and-long', inputs: { text } });
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', diverged: null });
  const whole = await baton.call<Record<string, string>>('GET', `/runs/${id}/output`);
  expect(Object.values(whole.body).map(({ length }) => length)).toEqual(
    wide.map((_, i) => 2 * text.length + `${i}: `.length),
  );
  expect(await baton.finished(long)).toMatchObject({ status: 'completed', output: 2 * size, diverged: null });
  const { rows } = await baton.database.query('select from executions where run_id = $1', [long]);
  expect(rows.length).toBeGreaterThan(1);
  for (const run of [id, long]) expect(await verifyRun(baton.database, run)).toMatchObject({ ok: true });
}, 600_000);

test('what transforms of an older run have made, and no table holds, may end it; then it is started anew and not gone on with', async () => {
  const baton = await startBaton();
  const steps = Array.from({ length: 50 }, (_, i) => ({
    key: `t${i}`,
    transform: '{{ inputs.text }}{{ inputs.text }}',
  }));
  const inputs = { text: 'x'.repeat(25_000) };
  await baton.call('POST', '/workflows', {
    ...{ name: 'older', version: '1.0.0', inputs: { text: 'string' } },
    steps: [...steps, { key: 'last', transform: '{{ 1 }}' }],
  });
  const { rows } = await baton.database.query<{ plan: object }>('select plan from workflow_versions');
  const [{ plan } = { plan: {} }] = rows;
  const id = runId('older');
  const connection = await connectTemporal(temporalTarget());
  afterFile(() => connection.close());
  await temporalClient(connection, temporalTarget(), 'older').workflow.start('older', {
    ...{ workflowId: id, taskQueue: baton.config.BATON_TASK_QUEUE },
    args: [inputs, { interpreter: 3, plan, epoch: 0, labels: {}, startedBy: null }],
  });
  await until(async () => (await baton.call('GET', `/runs/${id}`)).status === 200);
  const message = expect.stringMatching(/^outputs: the values have 25\d{5} bytes, and at most 2097152 reach/);
  expect(await baton.finished(id)).toMatchObject({ status: 'failed', error: { message }, diverged: null });
  const refused = { status: 409, body: { code: 'state_too_large' } };
  expect(await baton.call('POST', `/runs/${id}/continue`, { step: 'last' })).toMatchObject(refused);
  expect(await baton.call('POST', `/runs/${id}/forks`, {})).toMatchObject(refused);
  const again = await baton.call<{ id: string }>('POST', `/runs/${id}/rerun`, {});
  expect(await baton.finished(again.body.id)).toMatchObject({ status: 'completed', diverged: null });
});
