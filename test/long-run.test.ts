/** A run of many steps: several executions, one run. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { verifyRun } from '../src/projections/index.ts';
import { startBaton } from './support/baton.ts';

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
