/** Runs that end while a request of theirs is under way, and go on: what was sent is not sent again under another key. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, expect, test } from 'vitest';
import { verifyRun } from '../src/projections/index.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import { byModel, startFakeOpenAi } from './support/fake-openai.ts';
import { temporalCli, until } from './support/index.ts';

/** What came to `/NAME/…`, in order; nothing is answered unless the test does. */
const requests: { readonly request: IncomingMessage; readonly response: ServerResponse }[] = [];
const server = createServer((request, response) => void requests.push({ request, response }));
await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const vendor = await startFakeOpenAi({
  answer: byModel(
    {
      pay: ({ messages }) => {
        if (messages.at(-1)?.role !== 'user' || messages.length > 2)
          return { reply: 'I looked: it is paid.' };
        const [, name = ''] = /Pay (\S+)/.exec(JSON.stringify(messages)) ?? [];
        const pay = { url: `${url}/${name}/pay`, method: 'POST', body: '5' };
        return { toolCalls: [{ id: 'c1', name: 'http_fetch', arguments: pay }] };
      },
    },
    {},
  ),
});
afterFile(async () => {
  server.closeAllConnections();
  server.close();
  await vendor.stop();
});

const baton = await startBaton({
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_ALLOW_PRIVATE_NETWORK: '1',
});
beforeAll(async () => {
  await baton.publish(`
name: payer
version: 1.0.0
inputs: { name: string }
steps:
  - { key: pay, agent: code, model: compatible/pay, prompt: "Pay {{ name }} .", tools: [http_fetch] }
  - { key: guard, http: { url: "${url}/{{ name }}/guard" } }
`);
  await baton.publish(`
name: till
version: 1.0.0
inputs: { name: string }
steps: [{ key: charge, http: { method: POST, url: "${url}/{{ name }}/pay", body: "5" } }]
`);
});

const cameTo = (path: string) => requests.filter(({ request }) => request.url === path);
const continued = async (id: string) => {
  const { status } = await baton.call('POST', `/runs/${id}/continue`, { by: 'eve' });
  expect(status).toBeLessThan(300);
};
async function proved(id: string) {
  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'completed', diverged: null });
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
  return run;
}

const ENDS: Readonly<Record<string, { end: (id: string) => unknown; status: string; why: string }>> = {
  cancelled: {
    end: (id) => baton.call('POST', `/runs/${id}/cancel`, { reason: 'enough', by: 'ann' }),
    status: 'cancelled',
    why: 'the run was cancelled by ann: enough',
  },
  failed: {
    end: () => cameTo('/failed/guard')[0]?.response.writeHead(404).end(),
    status: 'failed',
    why: 'step "guard" failed',
  },
  terminated: {
    end: (id) => temporalCli(['workflow', 'terminate', '-w', id, '--reason', 'stuck']),
    status: 'terminated',
    why: 'the run was ended',
  },
};

test.each(Object.keys(ENDS))(
  'the call of a tool is made once in a run that is %s and continued',
  async (name) => {
    const { end, status, why } = ENDS[name] as (typeof ENDS)[string];
    const { id } = await baton.start({ workflow: 'payer', inputs: { name } });
    await until(() => cameTo(`/${name}/pay`).length === 1 && cameTo(`/${name}/guard`).length === 1);
    await end(id);
    expect(await baton.finished(id)).toMatchObject({ status, diverged: null });
    await continued(id);
    await until(() => cameTo(`/${name}/guard`).length === 2);
    cameTo(`/${name}/guard`)[1]?.response.end('{}');
    await proved(id);
    expect(cameTo(`/${name}/pay`)).toHaveLength(1);
    const told = vendor.requests.findLast(({ messages }) => messages[1]?.content === `Pay ${name} .`);
    expect(told?.messages.at(-1)).toMatchObject({
      role: 'tool',
      content: `This call was stopped before its end: ${why}. It may have had effects. Look before you call it again.`,
    });
  },
);

test('the call of a tool is made once in a run that is reset', async () => {
  const { id } = await baton.start({ workflow: 'payer', inputs: { name: 'reset' } });
  await until(() => cameTo('/reset/pay').length === 1 && cameTo('/reset/guard').length === 1);
  const args = ['-w', id, '--type', 'LastWorkflowTask', '--reason', 'again', '--reapply-exclude', 'Signal'];
  await temporalCli(['workflow', 'reset', ...args]);
  await until(() => cameTo('/reset/guard').length === 2);
  // Temporal tells of a start only at its end.
  const described = () => temporalCli(['workflow', 'describe', '-w', id, '-o', 'json']);
  await until(
    async () => [...(await described()).matchAll(/"PENDING_ACTIVITY_STATE_STARTED"/g)].length === 2,
  );
  // Until then the tables may show the end of the first execution.
  await until(async () => (await baton.run(id))['epoch'] === 1);
  for (const { response } of requests.filter(({ request }) => request.url?.startsWith('/reset/') === true))
    response.end('{}');
  await proved(id);
  expect(cameTo('/reset/pay')).toHaveLength(1);
});

test('a step whose request was under way sends it again under its key, and says who had stopped it', async () => {
  const { id } = await baton.start({ workflow: 'till', inputs: { name: 'till' } });
  await until(() => cameTo('/till/pay').length === 1);
  await baton.call('POST', `/runs/${id}/cancel`, { reason: 'enough', by: 'ann' });
  await baton.finished(id);
  const reason = 'the run was cancelled by ann: enough';
  expect((await baton.steps(id))['charge']).toMatchObject({
    reason,
    attempts: [{ status: 'cancelled', error: { message: reason } }],
  });
  await continued(id);
  await until(() => cameTo('/till/pay').length === 2);
  cameTo('/till/pay')[1]?.response.end('{}');
  await proved(id);
  const keys = cameTo('/till/pay').map(({ request }) => request.headers['idempotency-key']);
  expect(keys).toEqual([`${id}/0/charge/1`, `${id}/0/charge/1`]);
  expect((await baton.steps(id))['charge']?.attempts).toMatchObject([
    { epoch: 0, attempt: 1, status: 'cancelled' },
    { epoch: 1, attempt: 2, status: 'completed' },
  ]);
});

test('a cancel by Temporal’s CLI is told to the steps with its identity', async () => {
  const { id } = await baton.start({ workflow: 'till', inputs: { name: 'bare' } });
  await until(() => cameTo('/bare/pay').length === 1);
  await temporalCli(['workflow', 'cancel', '-w', id]);
  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'cancelled', diverged: null });
  const reason = expect.stringMatching(/^the run was cancelled by temporal-cli:/);
  expect(run.error_message).toEqual(reason);
  expect((await baton.steps(id))['charge']).toMatchObject({ reason });
});
