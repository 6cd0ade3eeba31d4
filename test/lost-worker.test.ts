/** A worker killed in the middle of a step: another goes on, with the same idempotency key. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { startBaton } from './support/baton.ts';
import type { Baton } from './support/baton.ts';
import { taskQueue, until } from './support/index.ts';

const MAIN = fileURLToPath(new URL('../src/worker/main.ts', import.meta.url));
const children: ChildProcess[] = [];
afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

function startWorker({ config }: Baton, queue: string): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, '--role', 'activities'], {
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: config.TEMPORAL_ADDRESS,
      DATABASE_URL: config.DATABASE_URL,
      BATON_HOME: config.BATON_HOME,
      BATON_TASK_QUEUE: queue,
      BATON_ALLOW_PRIVATE_NETWORK: '1',
      BATON_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  children.push(child);
  return child;
}

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

  const first = startWorker(baton, queue);
  const { id } = await baton.start({ workflow: 'charge', inputs: { url } });
  await until(() => requests.length === 1, { timeout: 60_000 });
  first.kill('SIGKILL');
  startWorker(baton, queue);
  await until(() => requests.length === 2, { timeout: 90_000 });
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
});
