/**
 * Temporal is away for longer than a heartbeat while steps act: a request that was answered meanwhile is not sent again,
 * and one that is still under way neither.
 *
 * Who is quicker when Temporal is back, its timers or the worker with what it has to tell, is nobody's promise: here the
 * worker, which is the test's own and so killed by nobody for its silence, rests until the attempts are taken for lost.
 */
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { afterFile } from '../support/after-file.ts';
import { startActivityWorker } from '../support/activity-worker.ts';
import { OwnStack } from '../support/own-stack.ts';
import { until } from '../support/index.ts';

/** Longer than the heartbeat timeout. */
const AWAY_MS = 25_000;

const came: { readonly path: string; readonly response: ServerResponse }[] = [];
const server = createServer((request, response) => void came.push({ path: request.url ?? '', response }));
await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const stack = new OwnStack({ BATON_ALLOW_PRIVATE_NETWORK: '1' });
afterFile(async () => {
  server.closeAllConnections();
  server.close();
  await stack.remove();
});

const servers = () => {
  const { temporal_address, temporal_namespace, database_url } = stack.info();
  return {
    TEMPORAL_ADDRESS: temporal_address,
    TEMPORAL_NAMESPACE: temporal_namespace,
    DATABASE_URL: database_url,
    BATON_HOME: stack.home,
  };
};
const requests = (path: string) => came.filter((one) => one.path === path);
const answer = (path: string) => requests(path)[0]?.response.end('{"done": true}');

describe.runIf(process.platform === 'linux')('effects under way', () => {
  it('do not happen again', async () => {
    expect(await stack.baton('up', '-d')).toMatchObject({ code: 0 });
    const file = join(stack.folder, 'away.yaml');
    const steps = ['early', 'late'].map(
      (key) =>
        `  - { key: ${key}, http: { method: POST, url: "${url}/${key}", body: {} }, timeout: 10m, capability: till }`,
    );
    writeFileSync(file, ['name: away', 'version: 1.0.0', 'steps:', ...steps, ''].join('\n'));
    const worker = startActivityWorker({ config: servers() }, 'till');
    expect(await stack.baton('run', file, '--id', 'away')).toMatchObject({ code: 0 });
    await until(() => came.length === 2);

    stack.signal('temporal server start-dev', 'SIGSTOP');
    await sleep(AWAY_MS / 2);
    answer('/early');
    await sleep(AWAY_MS / 2);
    worker.kill('SIGSTOP');
    stack.signal('temporal server start-dev', 'SIGKILL');

    const status = async () => {
      const { out } = await stack.baton('status', 'away', '-o', 'json');
      return (out === '' ? {} : JSON.parse(out)) as {
        status?: string;
        steps?: { key: string; attempts: { attempt: number; status: string }[] }[];
      };
    };
    await until(async () => (await status()).steps?.every(({ attempts }) => attempts.length === 2), {
      describe: 'both attempts are taken for lost and repeated',
    });
    worker.kill('SIGCONT');
    answer('/late');
    await until(async () => (await status()).status === 'completed');
    expect(requests('/early')).toHaveLength(1);
    expect(requests('/late')).toHaveLength(1);
  }, 400_000);
});
