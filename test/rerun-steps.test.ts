/** Finished steps of a live run run anew, by API and command line: what happens twice, what counts, and what stays on record. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { EditAnswer, RunRevision } from '../src/contract/edit.ts';
import type { Problem } from '../src/contract/problem.ts';
import type { StepWhy } from '../src/contract/past/why.ts';
import { rebuildRun, verifyRun } from '../src/projections/index.ts';
import { PROJECTED } from '../src/tables/projected/index.ts';
import { rowsOfRun } from '../src/tables/statements/rows-of-run.ts';
import type { Table } from '../src/tables/table.ts';
import { runCommand } from './cli/run-command.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import { startFakeOpenAi } from './support/fake-openai.ts';
import { until } from './support/index.ts';
import { recordHistory } from './support/record-history.ts';
import { talkTo } from './support/talk.ts';
import { temporaryHome } from './support/temporary-home.ts';

/** Keys of the payments that were asked for. */
const payments: (string | undefined)[] = [];
const till = createServer((request, response) => {
  payments.push(request.headers['idempotency-key'] as string | undefined);
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ paid: payments.length }));
});
await new Promise<void>((ready) => till.listen(0, '127.0.0.1', ready));
const url = `http://127.0.0.1:${(till.address() as AddressInfo).port}`;
const vendor = await startFakeOpenAi({ answer: async () => ({ reply: 'Always the same.' }) });
afterFile(async () => {
  till.close();
  await vendor.stop();
});
const baton = await startBaton({ BATON_COMPATIBLE_BASE_URL: vendor.url, BATON_ALLOW_PRIVATE_NETWORK: '1' });

await baton.publish(`
name: repeated
version: 1.0.0
failure: finish
agents: { writer: { purpose: writes, system: You write. } }
steps:
  - { key: draft, agent: writer, model: compatible/writer, prompt: Write, tools: [] }
  - { key: pay, http: { method: POST, url: "${url}/pay" }, dependencies: [draft] }
  - { key: sum, transform: "pay.result.body.paid", dependencies: [pay] }
  - { key: ask, ask: { prompt: "Go?", approval: true } }
  - { key: ship, transform: "sum.result", dependencies: [sum, ask] }
`);

const folder = temporaryHome();
const cli = { BATON_URL: baton.url, HOME: folder, BATON_HOME: folder };

const edit = (id: string, body: object) =>
  baton.call<EditAnswer & Problem>('POST', `/runs/${id}/edits`, { by: 'ann', ...body });

async function waiting(): Promise<string> {
  const { id } = await baton.start({ workflow: 'repeated', inputs: {} });
  await settled(id, 1);
  return id;
}

/** The sum has settled after so many attempts, and the run waits for its yes. */
const settled = (id: string, attempt: number) =>
  until(async () => {
    const { sum, ask } = await baton.steps(id);
    return sum?.status === 'completed' && sum.attempt === attempt && ask?.status === 'waiting';
  });

const rowsOf = async (id: string) =>
  JSON.stringify(
    await Promise.all(
      Object.values<Table>(PROJECTED).map(
        async (table) => (await baton.database.query<object>(rowsOfRun(table, id))).rows,
      ),
    ),
  );

test('with another plan and without, until the run ends: each effect has a key of its own, and all of it is counted', async () => {
  const id = await waiting();
  const spent = (await baton.run(id)).total_tokens;
  const first = payments.length;

  const preview = await edit(id, { rerun: ['draft'], edits: [], dry_run: true });
  expect(preview).toMatchObject({
    status: 200,
    body: {
      ...{
        applied: false,
        runs_again: ['draft', 'pay', 'sum'],
        may_repeat: ['pay'],
        kept: ['ask'],
        faults: [],
      },
      expected: { steps: 4 },
    },
  });
  const shown = await runCommand(cli, ['edit', id, '--rerun', 'draft', '--dry-run']);
  expect(shown).toMatchObject({
    code: 0,
    out: expect.stringContaining('step pay: runs anew; it may have its effects twice'),
  });
  const done = await runCommand(cli, [
    ...['edit', id, '--rerun', 'draft', '--yes', '--reason', 'too dull', '--id', 'once', '--by', 'ann'],
  ]);
  expect(done).toMatchObject({ code: 0, out: expect.stringContaining('revision 1') });
  await settled(id, 2);
  expect(payments.slice(first - 1)).toEqual([`${id}/0/pay/1`, `${id}/0/pay/r1/1`]);
  expect((await baton.run(id)).total_tokens).toBe(spent * 2);
  const again = await edit(id, { rerun: ['draft'], id: 'once', reason: 'too dull', expected_revision: 0 });
  expect(again).toMatchObject({ status: 200, body: { revision: 1, runs_again: ['draft', 'pay', 'sum'] } });

  const changed = {
    edits: [{ op: 'UPDATE', step: { key: 'sum', transform: 'pay.result.body.paid + 100' } }],
  };
  expect(await edit(id, changed)).toMatchObject({ status: 409, body: { ignored_code: 'step_started' } });
  expect(await edit(id, { ...changed, rerun: ['sum'] })).toMatchObject({
    status: 200,
    body: { revision: 2, runs_again: ['sum'], may_repeat: [] },
  });
  await settled(id, 3);
  expect(
    await edit(id, { edits: [{ op: 'DELETE', step: 'pay', rewire: true }], rerun: ['draft'] }),
  ).toMatchObject({
    status: 422,
  });

  await talkTo(baton, id).tell('yes', { action_type: 'answer', metadata: { decision: 'approve' } });
  expect(await baton.finished(id)).toMatchObject({
    status: 'completed',
    output: payments.length + 100,
    diverged: null,
  });
  const { items } = (await baton.call<{ items: RunRevision[] }>('GET', `/runs/${id}/edits`)).body;
  expect(items).toMatchObject([
    { revision: 2, changed: [{ step: 'sum' }], rerun: ['sum'], runs_again: ['sum'] },
    { revision: 1, by: 'ann', reason: 'too dull', rerun: ['draft'], runs_again: ['draft', 'pay', 'sum'] },
    { revision: 0, rerun: [] },
  ]);
  expect(await talkTo(baton, id).lines()).toEqual(
    expect.arrayContaining(['too dull', 'Plan edited, revision 1: to run anew: draft, pay, sum']),
  );
  const why = (await baton.call<StepWhy>('GET', `/runs/${id}/steps/pay/why`)).body;
  const words = why.decisions.filter(({ decision }) => decision !== 'waited');
  expect(words.map(({ decision }) => decision)).toEqual(['ran', 'completed', 'rerun', 'ran', 'completed']);
  expect(words[2]).toMatchObject({ by: 'ann', reason: 'too dull' });
  expect((await baton.steps(id))['pay']?.attempts).toHaveLength(2);
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
  const rows = await rowsOf(id);
  await rebuildRun(baton.database, id);
  expect(await rowsOf(id)).toBe(rows);
  await recordHistory('rerun-steps', id);
});

test('what is at work, has not begun, or is a person’s word is refused, in the preview and by the run alike', async () => {
  const id = await waiting();
  expect(
    (await baton.call('POST', `/runs/${id}/steps/ship/skip`, { by: 'bea', reason: 'not today' })).status,
  ).toBe(200);
  const cases: readonly [readonly string[], string][] = [
    [['ask'], 'step_started'],
    [['none'], 'not_rerunnable'],
    [['draft'], 'step_decided'],
  ];
  for (const [rerun, code] of cases) {
    const preview = await edit(id, { rerun, dry_run: true });
    expect(preview.body.faults[0]).toMatchObject({ code });
    const refused = await edit(id, { rerun });
    expect(refused).toMatchObject({ status: 409, body: { code: 'command_refused', ignored_code: code } });
  }
  expect(await edit(id, { edits: [] })).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  const both = await Promise.all(
    [1, 2].map(() => edit(id, { rerun: ['draft', 'ship'], expected_revision: 0 })),
  );
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  await settled(id, 2);
  await talkTo(baton, id).tell('yes', { action_type: 'answer', metadata: { decision: 'approve' } });
  expect(await baton.finished(id)).toMatchObject({
    status: 'completed',
    output: payments.length,
    diverged: null,
  });
  expect(await edit(id, { rerun: ['draft'] })).toMatchObject({ status: 409, body: { code: 'run_closed' } });
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
});
