/** The conversation by the `temporal` CLI: what an operator types, and what nobody should. */
import { beforeAll, expect, test } from 'vitest';
import { verifyRun } from '../../src/projections/index.ts';
import { afterFile } from '../support/after-file.ts';
import { startBaton } from '../support/baton.ts';
import { byModel, startFakeOpenAi } from '../support/fake-openai.ts';
import type { AnswersByModel } from '../support/fake-openai.ts';
import { Gate } from '../support/gate.ts';
import { temporalCli, until } from '../support/index.ts';
import { recordHistory } from '../support/record-history.ts';
import { talkTo } from '../support/talk.ts';

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
  - { key: work, agent: code, model: compatible/work, prompt: Work, tools: [ask_user] }
`),
);

/** A run whose agent is at work until the gate opens; then it asks, and is done. */
async function begun() {
  const gate = new Gate();
  const before = vendor.requests.length;
  answers['work'] = ({ messages }) =>
    messages.some(({ role }) => role === 'tool')
      ? { reply: 'done' }
      : {
          ...{ gate: gate.wait, chunks: ['Let me ', 'ask.'] },
          toolCalls: [{ name: 'ask_user', arguments: { question: 'Which colour?' } }],
        };
  const { id } = await baton.start({ workflow: 'talk', inputs: {} });
  await until(() => vendor.requests.length > before);
  return { id, gate, ...talkTo(baton, id) };
}

const signal = (id: string, name: string, ...rest: readonly string[]) =>
  temporalCli(['workflow', 'signal', '-w', id, '--name', name, ...rest]);
const json = (id: string, name: string, message: unknown) =>
  signal(id, name, '--input', JSON.stringify(message));

async function proved(id: string) {
  const run = await baton.finished(id);
  expect(run.diverged).toBeNull();
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
  return run;
}

test('each signal does what the message of its name does', async () => {
  const { id, gate, heard, settled, thread } = await begun();
  await json(id, 'comment', 'I look on');
  await json(id, 'instruction', { id: 'i1', content: 'Ask about the colour', by: 'ops' });
  await json(id, 'instruction', { id: 'i2', content: 'Never mind', target: 'work', expires_ms: 3_600_000 });
  await json(id, 'withdraw', { message: 'i2', by: 'ops' });
  await json(id, 'pause', { reason: 'deploy', mode: 'after_turn', timeout_ms: 0 });
  await until(async () => (await baton.run(id)).is_paused);
  expect(await settled('i2', 'ignored')).toMatchObject({ reason_code: 'withdrawn' });
  expect(await temporalCli(['workflow', 'query', '-w', id, '--type', 'thread'])).toContain('i1');
  gate.open();
  await signal(id, 'resume');
  await heard('Which colour?');
  const [question] = await baton.items<{ id: string }>(`/runs/${id}/questions`);
  await json(id, 'answer', { question: question?.id, answer: 'blue', by: 'ops' });
  expect(await proved(id)).toMatchObject({ status: 'completed', output: 'done' });
  expect(JSON.stringify(vendor.requests.at(-1)?.messages)).toContain('Ask about the colour');
  expect(await settled('i1', 'processed')).toMatchObject({ author: 'ops' });
  const mine = (await thread()).filter(({ message_type: type }) => type === 'user');
  expect(mine.map(({ action_type: action }) => action)).toEqual([
    ...['comment', 'instruction', 'instruction', 'withdraw', 'pause', 'resume', 'answer'],
  ]);
  await recordHistory('talk-signals', id);
});

test('a redirect by signal alone: the new run is there, though Temporal calls the old one failed', async () => {
  const { id } = await begun();
  answers['work'] = () => ({ reply: 'otherwise' });
  await json(id, 'redirect', { id: 'r1', task: 'Do it otherwise', by: 'ops' });
  const run = await proved(id);
  expect(run).toMatchObject({ status: 'cancelled', terminal_reason: 'redirected' });
  expect(await temporalCli(['workflow', 'describe', '-w', id])).toMatch(/Status\s+FAILED/);
  const { redirected_to: to = '' } = run.lineage;
  expect(await proved(to)).toMatchObject({ status: 'completed', output: 'otherwise' });
});

/** Everything that a signal can be without being a message. */
const GARBAGE: readonly (readonly [name: string, ...rest: string[]])[] = [
  ['explode', '--input', '{"a": 1}'],
  ['toString', '--input', '1'],
  ['instruction'],
  ['instruction', '--input', '42'],
  ['instruction', '--input', '[1, 2]'],
  ['instruction', '--input', '{"content": {"$gt": ""}}'],
  ['instruction', '--input', '{"content": "x", "target": 7}'],
  ['instruction', '--input', '{"content": "x", "target": "nobody"}'],
  ['instruction', '--input', '{"content": "x", "delivery": "soon"}'],
  ['instruction', '--input', '{"content": "x", "expires_ms": -1}'],
  ['instruction', '--input', `{"content": "${'x'.repeat(16_385)}"}`],
  ['pause', '--input', '{"mode": "never"}'],
  ['pause', '--input', '{"timeout_ms": "soon"}'],
  ['pause', '--input', '"x"', '--input-meta', 'encoding=binary/odd'],
  ['pause', '--input', '"x"', '--input-meta', 'encoding=binary/plain'],
  ['resume', '--input', '{"reason": "it is not paused"}'],
  ['redirect', '--input', '{}'],
  ['redirect', '--input', '{"task": "x", "skip_to": "__proto__"}'],
  ['redirect', '--input', '{"task": "x", "inputs": [1]}'],
  ['answer', '--input', '{"question": "none", "answer": 1}'],
  ['withdraw', '--input', '{"message": "none"}'],
  ['messages', '--input', '{"messages": "all"}'],
  ['messages', '--input', '{"messages": [{"action": "explode"}]}'],
  ['messages', '--input', '{"messages": [null]}'],
  ['comment', '--input', '""'],
];

test('fifty signals that are no messages are refused, each on record, and the run goes on', async () => {
  const { id, gate, thread, heard } = await begun();
  for (const [name, ...rest] of [...GARBAGE, ...GARBAGE]) await signal(id, name, ...rest);
  const refusals = await until(async () => {
    const ignored = (await thread()).filter(({ action_status: status }) => status === 'ignored');
    return ignored.length >= 50 ? ignored : null;
  });
  expect(refusals).toHaveLength(50);
  for (const { reason, reason_code: code } of refusals) {
    expect(reason).not.toBe('');
    expect(['malformed', 'refused', 'unknown_target']).toContain(code);
  }
  expect(await baton.run(id)).toMatchObject({ status: 'running', is_paused: false, diverged: null });
  gate.open();
  await heard('Which colour?');
  const [question] = await baton.items<{ id: string }>(`/runs/${id}/questions`);
  await json(id, 'answer', { question: question?.id, answer: 'blue' });
  expect(await proved(id)).toMatchObject({ status: 'completed', output: 'done' });
  await recordHistory('talk-garbage', id);
}, 600_000);
