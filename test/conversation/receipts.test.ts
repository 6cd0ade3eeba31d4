/** What becomes of each message stands in the thread: read, answered, taken back, replaced, too late, refused. */
import { beforeAll, expect, test } from 'vitest';
import { sql } from '../../src/database/sql.ts';
import { verifyRun } from '../../src/projections/index.ts';
import { afterFile } from '../support/after-file.ts';
import { startBaton } from '../support/baton.ts';
import { byModel, startFakeOpenAi } from '../support/fake-openai.ts';
import type { AnswersByModel } from '../support/fake-openai.ts';
import { Gate } from '../support/gate.ts';
import { until } from '../support/index.ts';
import { recordHistory } from '../support/record-history.ts';
import { talkTo } from '../support/talk.ts';
import type { Said, Talk } from '../support/talk.ts';

const answers: AnswersByModel = {};
const vendor = await startFakeOpenAi({ answer: byModel(answers, { reply: 'ok' }) });
afterFile(() => vendor.stop());
const baton = await startBaton({
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_ALLOW_PRIVATE_NETWORK: '1',
});
beforeAll(() =>
  baton.publish(`
name: talk
version: 1.0.0
steps:
  - { key: first, agent: plan, model: compatible/first, prompt: Plan }
  - { key: gate, ask: { prompt: "Ship it?", approval: true }, dependencies: [first] }
  - { key: last, agent: code, model: compatible/last, prompt: "Code: {{ gate.result.answer.comment }}", dependencies: [gate] }
`),
);

let gate = new Gate();

/** A run whose first agent is at work until `gate` opens. */
async function begun(): Promise<Talk & { readonly id: string }> {
  const held = new Gate();
  gate = held;
  const before = vendor.requests.length;
  answers['first'] = () => ({ gate: held.wait, reply: 'planned' });
  const { id } = await baton.start({ workflow: 'talk', inputs: {} });
  await until(() => vendor.requests.length > before);
  return { id, ...talkTo(baton, id) };
}

/** Lets the run go to its end, with everything that a person has to do. */
async function ended({ id, tell }: Talk & { readonly id: string }): Promise<void> {
  gate.open();
  await until(async () => (await baton.steps(id))['gate']?.status === 'waiting');
  await tell('yes', { action_type: 'answer', metadata: { decision: 'approve' } });
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', diverged: null });
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
}

const toAgents = { action_type: 'instruction' };
const wasTold = (text: string) =>
  vendor.requests.some(({ messages }) => JSON.stringify(messages).includes(text));

test('a message that waits can be taken back, replaced, or expire; then no agent ever gets it', async () => {
  const run = await begun();
  const { id, say, tell, message, settled } = run;
  for (const [text, more] of [
    ['instruction one', { id: 'one' }],
    ['instruction two', { id: 'two' }],
    ['instruction three', { id: 'three', expires: '50ms' }],
    ['instruction four', { id: 'four', replaces: 'two' }],
  ] as const) {
    // The receipt of one that has expired by then says so at once.
    if (more.id === 'three') await say(text, { ...toAgents, ...more });
    else await tell(text, { ...toAgents, ...more });
  }
  const withdrawn = await baton.call('DELETE', `/runs/${id}/messages/one?by=ann`);
  expect(withdrawn).toMatchObject({ status: 200, body: { reason_code: 'withdrawn' } });
  await settled('three', 'ignored');
  await ended(run);
  const codes = ['one', 'two', 'three', 'four'].map(async (name) => (await message(name)).reason_code);
  expect(await Promise.all(codes)).toEqual(['withdrawn', 'superseded', 'expired', null]);
  expect(await message('one')).toMatchObject({ reason: 'withdrawn by ann' });
  expect(await message('four')).toMatchObject({
    action_status: 'processed',
    readers: [{ step: 'first', turn: 2 }],
  });
  expect(['one', 'two', 'three', 'four'].map((text) => wasTold(`instruction ${text}`))).toEqual([
    ...[false, false, false, true],
  ]);
  const late = await baton.call<Said>('DELETE', `/runs/${id}/messages/four`);
  expect(late).toMatchObject({ status: 409, body: { code: 'message_read' } });
  const none = await baton.call<Said>('DELETE', `/runs/${id}/messages/nine`);
  expect(none).toMatchObject({ status: 404, body: { code: 'message_not_found' } });
  await recordHistory('talk-receipts', id);
});

test('a message waits for an agent that has not begun; one for an agent that has ended is refused', async () => {
  const run = await begun();
  const { tell, say, message } = run;
  await tell('for the last', { ...toAgents, id: 'early', target: 'last' });
  gate.open();
  await until(async () => (await baton.steps(run.id))['first']?.status === 'completed');
  const refused = await say('too late', { ...toAgents, target: 'plan' });
  expect(refused).toMatchObject({ status: 409, body: { ignored_code: 'target_gone' } });
  expect(await say('hello?', { ...toAgents, target: 'painter' })).toMatchObject({
    status: 409,
    body: {
      ignored_code: 'unknown_target',
      detail: expect.stringContaining('known: first, plan, last, code'),
    },
  });
  expect(await message('early')).toMatchObject({ action_status: 'pending' });
  await ended(run);
  expect(await message('early')).toMatchObject({ readers: [{ step: 'last', turn: 1, status: 'processed' }] });
});

test('an id counts once: sent five times it is read once; with other content it is refused', async () => {
  const run = await begun();
  const { say, thread } = run;
  const five = await Promise.all(
    Array.from({ length: 5 }, () => say('Use tabs', { ...toAgents, id: 'tabs' })),
  );
  expect(new Set(five.map(({ status }) => status))).toEqual(new Set([200]));
  const comments = await Promise.all(Array.from({ length: 5 }, () => say('I look on', { id: 'look' })));
  expect(new Set(comments.map(({ status }) => status))).toEqual(new Set([200]));
  for (const [text, more] of [
    ['Use spaces', { ...toAgents, id: 'tabs' }],
    ['Use tabs', { ...toAgents, id: 'look' }],
    ['I look away', { id: 'look' }],
  ] as const)
    expect(await say(text, more)).toMatchObject({ status: 409, body: { code: 'message_id_reused' } });
  await run.tell('Then test it', toAgents);
  await ended(run);
  const told = vendor.requests.findLast(({ model }) => model === 'first');
  expect(JSON.stringify(told?.messages).split('Use tabs')).toHaveLength(2);
  expect(JSON.stringify(told?.messages)).toMatch(/Use tabs.*Then test it/s);
  const mine = (await thread()).filter(({ message_id: name }) => name === 'tabs' || name === 'look');
  expect(mine.map(({ content }) => content)).toEqual(['Use tabs', 'I look on']);
});

test('a question stands in the thread with its form, and is answered there', async () => {
  const run = await begun();
  const { id, say, tell, thread } = run;
  gate.open();
  await until(async () => (await baton.steps(id))['gate']?.status === 'waiting');
  const asked = (await thread()).find(({ content }) => content?.includes('Ship it?'));
  expect(asked?.metadata).toMatchObject({
    question: expect.any(String),
    status: 'open',
    form: { type: 'object' },
  });
  const answer = { action_type: 'answer', by: 'ann' };
  expect(await say('x', { ...answer, metadata: { answer: { approved: 'perhaps' } } })).toMatchObject({
    ...{ status: 400, body: { code: 'answer_invalid' } },
  });
  const said = await tell('Mind the edges', {
    ...answer,
    metadata: {
      question: asked?.metadata['question'],
      answer: { approved: true, comment: 'Mind the edges' },
    },
  });
  expect(said.actionTaken).toBe('Question answered');
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', diverged: null });
  expect(wasTold('Code: Mind the edges')).toBe(true);
  const closed = (await thread()).find(({ seq }) => seq === asked?.seq);
  expect(closed?.metadata).toMatchObject({ status: 'answered' });
});

test('bad input is refused with a clear answer, and the run is unharmed', async () => {
  const run = await begun();
  const { id, say } = run;
  const post = async (body: string | Uint8Array<ArrayBuffer>) => {
    const headers = { 'content-type': 'application/json' };
    const url = `${baton.url}/api/v1/runs/${id}/messages`;
    const response = await fetch(url, { method: 'POST', headers, body });
    return { status: response.status, body: (await response.json()) as Said };
  };
  expect(await say('')).toMatchObject({ status: 400 });
  expect(await say(' \n ', toAgents)).toMatchObject({ status: 400 });
  expect(await say('x', { action_type: 'explode' })).toMatchObject({ status: 400 });
  expect(await say('x'.repeat(16_385))).toMatchObject({ status: 413, body: { code: 'message_too_large' } });
  expect(await post(JSON.stringify({ content: 'x'.repeat(2 * 1024 * 1024) }))).toMatchObject({ status: 413 });
  expect(await post(new Uint8Array([0x7b, 0, 0xff, 0xfe, 0x80]))).toMatchObject({ status: 400 });
  expect(await say('a\0b')).toMatchObject({ status: 400 });
  const whole = 'y'.repeat(16_384);
  expect(await say(whole, { id: 'longest' })).toMatchObject({ status: 200 });
  expect((await run.message('longest')).content).toBe(whole);
  await ended(run);
  expect(await say('too late', { id: 'late' })).toMatchObject({ status: 409, body: { code: 'run_closed' } });
  expect(await say('too late', { action_type: 'redirect' })).toMatchObject({
    status: 409,
    body: { code: 'run_closed' },
  });
  expect(await talkTo(baton, 'no-such-run').say('hello')).toMatchObject({ status: 404 });
  const { rows } = await baton.database.query<{ action: string; outcome: string }>(
    sql`select action, outcome from audit_log
        where run_id = ${id} and outcome = 'run_closed' order by action`,
  );
  expect(rows).toEqual([
    { action: 'comment', outcome: 'run_closed' },
    { action: 'redirect', outcome: 'run_closed' },
  ]);
});
