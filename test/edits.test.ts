/**
 * The plan of a live run changes: by single edits, by a whole definition, back again; two at once; over the end of an
 * execution; and what may not change does not.
 */
import { expect, test } from 'vitest';
import type { EditAnswer, RunRevision } from '../src/contract/edit.ts';
import type { RunEvent } from '../src/contract/event.ts';
import type { Problem } from '../src/contract/problem.ts';
import { verifyRun } from '../src/projections/index.ts';
import { startBaton } from './support/baton.ts';
import { until } from './support/index.ts';
import { recordHistory } from './support/record-history.ts';
import { talkTo } from './support/talk.ts';

const baton = await startBaton();

const DEFINITION = `# Asked first
name: NAME
version: 1.0.0
steps:
  - { key: ask, ask: { prompt: "Go?", approval: true } }
  - { key: build, transform: "'built'", dependencies: [ask] }
  - { key: ship, transform: "'shipped'", dependencies: [build] }
`;

/** A run that waits for a yes before its other steps. */
async function waiting(name: string): Promise<string> {
  await baton.publish(DEFINITION.replace('NAME', name));
  const { id } = await baton.start({ workflow: name, inputs: {} });
  await until(async () => (await baton.items(`/runs/${id}/questions`)).length === 1);
  return id;
}

const edit = (id: string, body: object) =>
  baton.call<EditAnswer & Problem>('POST', `/runs/${id}/edits`, body);
const goOn = (id: string) =>
  talkTo(baton, id).tell('yes', { action_type: 'answer', metadata: { decision: 'approve' } });
const edits = async (id: string) =>
  (await baton.call<{ items: RunRevision[] }>('GET', `/runs/${id}/edits`)).body.items;

const TEST_STEP = {
  op: 'INSERT',
  step: { key: 'test', transform: "'tested'" },
  after: 'build',
  before: 'ship',
  rewire: true,
};

test('a step comes in between, is on record with who and why, and runs', async () => {
  const id = await waiting('inserted');
  const preview = await edit(id, { edits: [TEST_STEP], dry_run: true });
  expect(preview).toMatchObject({
    status: 200,
    body: { applied: false, revision: 0, added: ['test'], rewired: ['ship'], kept: ['ask'], faults: [] },
  });
  expect((await baton.run(id)).revision).toBe(0);

  const done = await edit(id, { edits: [TEST_STEP], expected_revision: 0, reason: 'no tests', by: 'ann' });
  expect(done).toMatchObject({ status: 200, body: { applied: true, revision: 1, added: ['test'] } });
  expect(await baton.run(id)).toMatchObject({ revision: 1, plan_hash: preview.body.plan_hash });
  const begun = await baton.steps(id);
  expect([begun['ask']?.revision, begun['ship']?.revision]).toEqual([0, null]);
  expect(await edits(id)).toMatchObject([
    { revision: 1, by: 'ann', reason: 'no tests', added: ['test'], rewired: ['ship'] },
    { revision: 0, by: null, added: [] },
  ]);
  const { lines } = talkTo(baton, id);
  expect(await lines()).toEqual(
    expect.arrayContaining(['no tests', 'Plan edited, revision 1: added test; rewired ship']),
  );
  await goOn(id);
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', output: 'shipped', diverged: null });
  expect(await baton.steps(id)).toMatchObject({ test: { status: 'completed', output: 'tested' } });
  const events = await baton.items<RunEvent>(`/runs/${id}/events?limit=500`);
  const under = (step: string | null) =>
    new Set(events.filter((event) => event.step === step).map(({ revision }) => revision));
  expect([under(null), under('ask'), under('test'), under('ship')].map((all) => [...all])).toEqual([
    [null],
    // It had begun before the edit, and ended after it.
    [0, 1],
    [1],
    [1],
  ]);
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
  await recordHistory('edited', id);
});

test('the whole definition anew, and back again', async () => {
  const id = await waiting('rewritten');
  const text = DEFINITION.replace('NAME', 'rewritten').replace("'shipped'", "'sent'");
  expect(await edit(id, { definition: text })).toMatchObject({
    status: 200,
    body: { revision: 1, changed: [{ step: 'ship', members: ['value'] }] },
  });
  expect(await edit(id, { revert_to: 0, reason: 'it was right' })).toMatchObject({
    body: { revision: 2, applied: true },
  });
  expect(await edit(id, { revert_to: 7 })).toMatchObject({
    status: 404,
    body: { code: 'revision_not_found' },
  });
  await goOn(id);
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', output: 'shipped' });
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
});

test('what has begun stays, a cycle is no plan, a stale revision is told the present one', async () => {
  const id = await waiting('refused');
  const before = await baton.run(id);
  const cases: readonly [object, number, object][] = [
    [
      { edits: [{ op: 'UPDATE', step: { key: 'ask', title: 'Other' } }] },
      409,
      { code: 'command_refused', ignored_code: 'step_started' },
    ],
    [{ edits: [{ op: 'DELETE', step: 'ask', rewire: true }] }, 409, { ignored_code: 'step_started' }],
    [
      { edits: [{ op: 'UPDATE', step: { key: 'build', dependencies: ['ship'] } }] },
      422,
      { code: 'definition_invalid' },
    ],
    [{ edits: [{ op: 'DELETE', step: 'build' }] }, 422, { code: 'definition_invalid' }],
    [{ edits: [{ op: 'DELETE', step: 'nothing' }] }, 400, { code: 'edit_invalid' }],
    [{ edits: [TEST_STEP], expected_revision: 3 }, 409, { code: 'stale_revision', revision: 0 }],
    [{ edits: [TEST_STEP], definition: 'x' }, 400, { code: 'invalid_request' }],
  ];
  for (const [body, status, problem] of cases) {
    expect(await edit(id, body), JSON.stringify(body)).toMatchObject({ status, body: problem });
  }
  const { updated_at: _a, last_seq: _b, ...rest } = before;
  expect(await baton.run(id)).toMatchObject({ ...rest, waiting_for: expect.anything() });
  await goOn(id);
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', output: 'shipped' });
  expect(await edit(id, { edits: [TEST_STEP] })).toMatchObject({ status: 409, body: { code: 'run_closed' } });
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
});

test('of two edits at once, made of the same revision, one is taken', async () => {
  const id = await waiting('raced');
  const one = (key: string) => ({
    edits: [{ op: 'INSERT', step: { key, transform: '1' }, after: 'build' }],
    expected_revision: 0,
  });
  const answers = await Promise.all([edit(id, one('left')), edit(id, one('right'))]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  expect((await baton.run(id)).revision).toBe(1);
  await goOn(id);
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', diverged: null });
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
});

test('an edit that comes again under its id has its first answer, whatever the plan has become since', async () => {
  const id = await waiting('repeated');
  const insert = { edits: [TEST_STEP], id: 'insert', reason: 'no tests' };
  const refused = { edits: [{ op: 'UPDATE', step: { key: 'ask', title: 'Other' } }], id: 'refused' };
  const first = await edit(id, insert);
  expect(first).toMatchObject({ status: 200, body: { applied: true, revision: 1, message_id: 'insert' } });
  const no = await edit(id, refused);
  expect(no).toMatchObject({ status: 409, body: { ignored_code: 'step_started' } });
  const removed = await edit(id, { edits: [{ op: 'DELETE', step: 'test', rewire: true }] });
  expect(removed).toMatchObject({ status: 200, body: { revision: 2 } });

  const again = async () => {
    expect(await edit(id, insert)).toMatchObject({
      status: 200,
      body: { ...first.body, kept: expect.anything(), expected: expect.anything() },
    });
    expect(await edit(id, refused)).toMatchObject({
      status: 409,
      body: { code: no.body.code, ignored_code: 'step_started' },
    });
    const other = { ...insert, edits: [{ ...TEST_STEP, step: { key: 'other', transform: '1' } }] };
    expect(await edit(id, other)).toMatchObject({ status: 409, body: { code: 'message_id_reused' } });
    expect((await baton.run(id)).revision).toBe(2);
  };
  await again();
  await goOn(id);
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', output: 'shipped' });
  await again();
});
