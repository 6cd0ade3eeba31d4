/** A worker that is told to stop in the middle of a request: it is not sent again. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { afterFile } from './support/after-file.ts';
import { startActivityWorker } from './support/activity-worker.ts';
import { startBaton } from './support/baton.ts';

import { taskQueue, until } from './support/index.ts';

test('the request of a worker that stops comes to its end, and the next attempt has its answer', async () => {
  const requests: { headers: IncomingHttpHeaders; response: ServerResponse }[] = [];
  const server = createServer(
    (request, response) => void requests.push({ headers: request.headers, response }),
  );
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  afterFile(() => server.close());
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
  const ended = once(first, 'exit');
  first.kill('SIGTERM');
  const attempts = async () => (await baton.steps(id))['charge']?.attempts ?? [];
  await until(async () => (await attempts())[0]?.status === 'failed');
  requests[0]?.response.writeHead(200, { 'content-type': 'application/json' }).end('{"paid": 5}');
  expect(await ended).toEqual([0, null]);
  startActivityWorker(baton, queue);
  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'completed', diverged: null });
  expect(requests).toHaveLength(1);
  expect(await attempts()).toMatchObject([
    { attempt: 1, status: 'failed', error: { type: 'worker_shutdown' } },
    { attempt: 2, status: 'completed' },
  ]);
  expect((await baton.steps(id))['charge']?.output).toMatchObject({ status: 200, body: { paid: 5 } });
});
