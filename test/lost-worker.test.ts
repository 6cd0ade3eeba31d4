/** A worker killed in the middle of a step: another goes on, with the same idempotency key. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { startActivityWorker } from './support/activity-worker.ts';
import { startBaton } from './support/baton.ts';
import { bringForward } from './support/bring-forward.ts';
import { taskQueue, until } from './support/index.ts';

test('the lost attempt is repeated elsewhere, both are on record', async () => {
  const requests: { headers: IncomingHttpHeaders; response: ServerResponse }[] = [];
  const server = createServer(
    (request, response) => void requests.push({ headers: request.headers, response }),
  );
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/charge`;
  const baton = await startBaton();
  const queue = taskQueue('till');
  await baton.publish(`
name: charge
version: 1.0.0
inputs: { url: string }
steps: [{ key: charge, http: { method: POST, url: "{{ url }}", body: { amount: 5 } }, capability: ${queue} }]
`);

  const first = startActivityWorker(baton, queue);
  const { id } = await baton.start({ workflow: 'charge', inputs: { url } });
  await until(() => requests.length === 1);
  first.kill('SIGKILL');
  expect(await bringForward(id, 'heartbeat')).toBe('20s');
  startActivityWorker(baton, queue);
  await until(() => requests.length === 2);
  requests.forEach(({ response }) => response.end('{}'));
  const run = await baton.finished(id);
  server.close();

  expect(run).toMatchObject({ status: 'completed', diverged: null });
  const keys = requests.map(({ headers }) => headers['idempotency-key']);
  expect(keys).toEqual([`${id}/0/charge/1`, `${id}/0/charge/1`]);
  const attempts = (await baton.steps(id))['charge']?.attempts;
  expect(attempts).toMatchObject([
    { attempt: 1, status: 'failed', error: { type: 'worker_lost' } },
    { attempt: 2, status: 'completed' },
  ]);
}, 300_000);
