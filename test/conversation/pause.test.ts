/** Pauses with real work under way: what is stopped, what goes on, what is told meanwhile, and how they end. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { verifyRun } from '../../src/projections/index.ts';
import { afterFile } from '../support/after-file.ts';
import { startBaton } from '../support/baton.ts';
import type { RunNow } from '../../src/contract/run.ts';
import { byModel, startFakeOpenAi } from '../support/fake-openai.ts';
import type { AnswersByModel } from '../support/fake-openai.ts';
import { Gate } from '../support/gate.ts';
import { temporalCli, until } from '../support/index.ts';
import { runs } from '../support/running.ts';
import { recordHistory } from '../support/record-history.ts';
import { followStream } from '../support/stream-reader.ts';
import { talkTo } from '../support/talk.ts';
import type { Said } from '../support/talk.ts';

const answers: AnswersByModel = {};
const vendor = await startFakeOpenAi({ answer: byModel(answers, { reply: 'ok' }) });
afterFile(() => vendor.stop());
const baton = await startBaton({
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_MODEL: 'compatible/any',
  BATON_ALLOW_PRIVATE_NETWORK: '1',
  BATON_ALLOW_COMMANDS: '1',
});

const MARK = randomUUID();
/** Writes down its key; the second time it ends. */
const STUBBORN = `
  // ${MARK}
  const fs = require('fs');
  fs.appendFileSync('tries', 'try ' + process.env.BATON_IDEMPOTENCY_KEY + '\\n');
  if (fs.readFileSync('tries', 'utf8').trim().split('\\n').length === 1) setInterval(() => {}, 1000);
`;
const CREW = ['ann', 'bob', 'cat'];

beforeAll(async () => {
  const stubborn = {
    ...{ name: 'stubborn', version: '1.0.0', workspace: {} },
    steps: [
      { key: 'work', command: [process.execPath, '-e', STUBBORN] },
      { key: 'after', transform: '"done"', dependencies: ['work'] },
    ],
  };
  const crew = {
    ...{ name: 'crew', version: '1.0.0' },
    steps: [
      ...CREW.map((key) => ({ key, agent: 'code', prompt: 'Work', model: `compatible/${key}` })),
      { key: 'after', agent: 'code', prompt: 'After', model: 'compatible/after', dependencies: ['ann'] },
    ],
  };
  const solo = {
    ...{ name: 'solo', version: '1.0.0' },
    steps: [{ key: 'solo', agent: 'code', prompt: 'Work', model: 'compatible/solo' }],
  };
  const sleeper = { name: 'sleeper', version: '1.0.0', steps: [{ key: 'nap', wait: '10s' }] };
  const patient = { name: 'patient', version: '1.0.0', steps: [{ key: 'nap', wait: '1h' }] };
  for (const definition of [stubborn, crew, solo, sleeper, patient]) {
    await baton.publish(JSON.stringify(definition));
  }
});

async function proved(id: string): Promise<RunNow> {
  const run = await baton.finished(id);
  expect(run.diverged).toBeNull();
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
  return run;
}

const start = async (workflow: string) => (await baton.start({ workflow, inputs: {} })).id;
const drained = (id: string) => until(async () => (await baton.run(id))['pause_drained_at'] !== null);

test('now: a command is stopped, and starts again under the same key when the run is resumed', async () => {
  const id = await start('stubborn');
  const { tell, lines } = talkTo(baton, id);
  const tries = await until(async () => {
    const path = join(String((await baton.run(id))['workspace_path']), 'tries');
    return existsSync(path) ? path : null;
  });
  const linesOf = () => readFileSync(tries, 'utf8').trim().split('\n');
  await until(() => linesOf()[0]?.includes(' '));
  expect(runs(MARK)).toBe(true);

  await tell('Stop at once', { action_type: 'pause', mode: 'now' });
  await drained(id);
  expect(runs(MARK)).toBe(false);
  const { work } = await baton.steps(id);
  expect(work).toMatchObject({ status: 'pending', attempts: [{ attempt: 1, status: 'cancelled' }] });
  expect(await baton.run(id)).toMatchObject({ is_paused: true, pause: { mode: 'now', busy: 1, drained: 1 } });

  await tell('Go on', { action_type: 'resume' });
  expect(await proved(id)).toMatchObject({ status: 'completed', output: 'done' });
  const keys = linesOf().map((line) => line.split(' ')[1]);
  expect(keys).toHaveLength(2);
  expect(keys[1]).toBe(keys[0]);
  expect((await baton.steps(id))['work']?.attempts.map(({ status }) => status)).toEqual([
    'cancelled',
    'completed',
  ]);
  expect(await lines()).toContainEqual(
    expect.stringContaining('Workflow paused at user request: Stop at once'),
  );
  await recordHistory('talk-pause-now', id);
});

test('now: a model call is aborted; after the pause the agent is asked again, with what was told meanwhile', async () => {
  const gate = new Gate();
  gate.open(1);
  answers['solo'] = (_, n) =>
    n === 1
      ? { gate: gate.wait, chunks: ['Half an answer, ', 'whole.'] }
      : { reply: 'A whole answer.', usage: { input: 5, output: 5 } };
  const id = await start('solo');
  const { tell, settled, message } = talkTo(baton, id);
  const asked = () => vendor.requests.filter(({ model }) => model === 'solo');
  await until(() => asked().length === 1);
  const reader = await followStream(baton.url, id, '?step=solo');
  await until(() => reader.pieces.some(({ content }) => content.includes('Half an answer')));
  await tell('Stop', { action_type: 'pause', mode: 'now' });
  await drained(id);
  expect(asked()[0]?.aborted).toBe(true);
  const { messageId } = await tell('Keep it short', { action_type: 'instruction', target: 'solo' });
  await tell('I am back', { id: 'back' });
  expect(await message(messageId)).toMatchObject({ action_status: 'pending' });
  expect(asked()).toHaveLength(1);
  await tell('Go on', { action_type: 'resume' });
  await settled(messageId, 'processed');
  expect(await proved(id)).toMatchObject({ status: 'completed', output: 'A whole answer.' });
  const [partial, ...said] = asked()[1]?.messages.slice(-2) ?? [];
  expect(partial).toMatchObject({ role: 'assistant', content: 'Half an answer, ' });
  expect(JSON.stringify(said)).toMatch(/interrupted in your last answer by a pause.*Keep it short/s);
  expect(JSON.stringify(said)).not.toContain('I am back');
  await recordHistory('talk-pause-agent', id);
});

test('n of m: what was under way comes to its end, one after the other, and nothing starts', async () => {
  const gates = CREW.map((key) => {
    const gate = new Gate();
    answers[key] = () => ({ gate: gate.wait, reply: `${key} is done` });
    return gate;
  });
  const askedOf = (model: string) => vendor.requests.filter((request) => request.model === model).length;
  const id = await start('crew');
  const { tell } = talkTo(baton, id);
  await until(() => CREW.every((key) => askedOf(key) === 1));
  const said = await tell('Lunch', { action_type: 'pause', timeout: 0 });
  expect(said.actionTaken).toBe('Run is pausing: 0 of 3 steps drained');
  expect(await baton.run(id)).toMatchObject({ pause: { busy: 3, drained: 0, ends_at: null } });
  for (const [i, gate] of gates.entries()) {
    expect(await baton.run(id)).toMatchObject({ status: 'paused', pause: { busy: 3, drained: i } });
    gate.open();
    await until(async () => (await baton.run(id)).pause !== null && (await progress(id)) === i + 1);
  }
  await drained(id);
  expect((await baton.steps(id))['after']?.status).toBe('pending');
  expect(askedOf('after')).toBe(0);
  await tell('Back', { action_type: 'resume' });
  expect(await proved(id)).toMatchObject({ status: 'completed' });
  expect(askedOf('after')).toBe(1);
});

const progress = async (id: string) => (await baton.run(id)).pause?.drained;

test('a pause ends by itself: the run goes on, or is cancelled', async () => {
  const going = await start('sleeper');
  await talkTo(baton, going).tell('A moment', { action_type: 'pause', timeout: '200ms' });
  const ending = await start('patient');
  const drop = { action_type: 'pause', timeout: '200ms', on_timeout: 'cancel' };
  await talkTo(baton, ending).tell('Or not at all', drop);
  expect(await proved(going)).toMatchObject({ status: 'completed', is_paused: false });
  expect(await proved(ending)).toMatchObject({ status: 'cancelled', terminal_reason: 'cancelled' });
  await talkTo(baton, going).heard('Workflow resumed: the pause reached its timeout');
});

test('while it is paused, the only clock of the run that goes is that of the pause', async () => {
  const id = await start('patient');
  await until(async () => (await baton.steps(id))['nap']?.status === 'waiting');
  const { tell } = talkTo(baton, id);
  const timers = async () => {
    const shown = await temporalCli(['workflow', 'show', '-w', id, '-o', 'json']);
    const { events } = JSON.parse(shown) as { events: { eventType: string }[] };
    const count = (type: string) => events.filter(({ eventType }) => eventType === type).length;
    return count('EVENT_TYPE_TIMER_STARTED') - count('EVENT_TYPE_TIMER_CANCELED');
  };
  expect(await timers()).toBe(1);
  await tell('Wait', { action_type: 'pause', timeout: 0 });
  await drained(id);
  expect(await timers()).toBe(0);
  await tell('Go', { action_type: 'resume' });
  await until(async () => (await timers()) === 1);
  await tell('Enough', { action_type: 'cancel' });
  expect(await proved(id)).toMatchObject({ status: 'cancelled' });
});

test('what makes no sense is refused: a resume of what is not paused, a second pause; a stricter one is not', async () => {
  const gate = new Gate();
  answers['ann'] = () => ({ gate: gate.wait, reply: 'late' });
  const id = await start('crew');
  const { say, tell, thread } = talkTo(baton, id);
  await until(async () => (await baton.steps(id))['bob']?.status === 'completed');
  const refusal = (answer: { readonly status: number; readonly body: Said }) =>
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'command_refused', ignored_code: 'refused' },
    });
  refusal(await say('Go on', { action_type: 'resume' }));
  await tell('Wait', { action_type: 'pause' });
  refusal(await say('Wait!', { action_type: 'pause' }));
  await tell('Now!', { action_type: 'pause', mode: 'now' });
  await drained(id);
  refusal(await say('Now!!', { action_type: 'pause', mode: 'now' }));
  expect(await baton.run(id)).toMatchObject({ pause: { mode: 'now' }, pause_reason: 'Now!' });
  gate.open();
  await tell('Go on', { action_type: 'resume' });
  expect(await proved(id)).toMatchObject({ status: 'completed' });
  const ignored = (await thread()).filter(({ action_status: status }) => status === 'ignored');
  expect(ignored.map(({ reason }) => reason)).toEqual([
    'the run is not paused',
    'the run is already paused',
    'the run is already paused',
  ]);
});
