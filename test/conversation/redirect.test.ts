/** Redirects: another run takes the place of the first, once, with what still holds of it. */
import { beforeAll, expect, test } from 'vitest';
import { verifyRun } from '../../src/projections/index.ts';
import { afterFile } from '../support/after-file.ts';
import { startBaton } from '../support/baton.ts';
import type { Run, RunNow } from '../../src/contract/run.ts';
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

const DEFINITION = `
name: build
version: 1.0.0
workspace: {}
limits: { max_tokens: 1000 }
inputs: { task: string, style: { type: string, default: plain } }
steps:
  - { key: plan, agent: plan, model: compatible/plan, prompt: "Plan: {{ task }}", tools: [write_file] }
  - { key: look, transform: "{{ style }} look" }
  - { key: code, agent: code, model: compatible/code, prompt: "Plan was: {{ plan.result }}", tools: [read_file], dependencies: [plan, look] }
  - { key: review, agent: review, model: compatible/review, prompt: "Review {{ code.result }}", dependencies: [code] }
`;
const NOTE = { path: 'note.txt', content: 'a note of the planner' };
const usage = { input: 90, output: 10 };

beforeAll(async () => {
  answers['plan'] = ({ messages }) =>
    messages.some(({ role }) => role === 'tool')
      ? { reply: 'the plan', usage }
      : { toolCalls: [{ name: 'write_file', arguments: NOTE }], usage };
  await baton.publish(DEFINITION);
});

const askedOf = (model: string) => vendor.requests.filter((request) => request.model === model);

/** A run whose agent `code` waits for an answer that does not come. */
async function inTheMiddle(): Promise<Run> {
  const before = askedOf('code').length;
  answers['code'] = () => ({ gate: new Gate().wait, chunks: ['Never ', 'said'] });
  const run = await baton.start({ workflow: 'build', inputs: { task: 'a button' } });
  await until(() => askedOf('code').length > before);
  return run;
}

async function proved(id: string): Promise<RunNow> {
  const run = await baton.finished(id);
  expect(run.diverged).toBeNull();
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
  return run;
}

const successorsOf = async (id: string) => {
  const runs = await baton.items<RunNow>('/runs?limit=200');
  return runs.filter(({ lineage }) => lineage.redirected_from === id);
};

test('skipToAgent: results and workspace are taken over', async () => {
  const { id } = await inTheMiddle();
  answers['code'] = ({ messages }) =>
    messages.some(({ role }) => role === 'tool')
      ? { reply: 'a menu', usage }
      : { toolCalls: [{ name: 'read_file', arguments: { path: NOTE.path } }], usage };
  const planned = askedOf('plan').length;
  const { newRunId, messageId } = await talkTo(baton, id).tell('Rather a menu', {
    action_type: 'redirect',
    metadata: {
      ...{ newTaskDescription: 'a dropdown menu', skipToAgent: 'code' },
      ...{ additionalContext: 'It has 12 entries.', inputs: { style: 'round' } },
    },
  });
  const to = String(newRunId);
  const [from, run] = [await proved(id), await proved(to)];
  expect(from).toMatchObject({
    ...{ status: 'cancelled', terminal_reason: 'redirected', lineage: { redirected_to: to } },
  });
  expect(await temporalCli(['workflow', 'describe', '-w', id])).toMatch(/Status\s+CANCELED/);
  expect(run).toMatchObject({
    ...{ status: 'completed', workspace_path: from['workspace_path'] },
    inputs: { task: 'a dropdown menu', style: 'round' },
    lineage: { redirected_from: id, message: messageId, taken_over: ['plan', 'look'] },
  });
  const steps = await baton.steps(to);
  expect(steps['plan']).toMatchObject({ status: 'completed', output: 'the plan', attempts: [] });
  expect(askedOf('plan')).toHaveLength(planned);
  const [first, second] = askedOf('code').slice(-2);
  const prompt = JSON.stringify(first?.messages);
  for (const text of ['Plan was: the plan', 'a dropdown menu', 'It has 12 entries.'])
    expect(prompt).toContain(text);
  expect(JSON.stringify(second?.messages.at(-1))).toContain('a note of the planner');
  expect(JSON.stringify(askedOf('review').at(-1)?.messages)).toContain('a dropdown menu');
  await recordHistory('talk-skip', id);
  await recordHistory('talk-skipped', to);
});

test('the limits go on: what the first run used up is not there any more', async () => {
  const { id } = await inTheMiddle();
  answers['code'] = () => ({ reply: 'much', usage: { input: 900, output: 50 } });
  const { newRunId } = await talkTo(baton, id).tell('Rather a menu', {
    action_type: 'redirect',
    metadata: { skipToAgent: 'code' },
  });
  await baton.finished(id);
  const run = await proved(String(newRunId));
  expect(run).toMatchObject({ status: 'failed', terminal_reason: 'error_max_budget' });
  expect(run.error?.message).toContain('1,150 of 1,000 tokens');
});

test('two at once: one is done, the other refused, and there is one new run', async () => {
  const { id } = await inTheMiddle();
  answers['code'] = () => ({ reply: 'done', usage });
  const { say, thread } = talkTo(baton, id);
  const said = await Promise.all(
    ['a menu', 'a list'].map((task) => say(task, { action_type: 'redirect', id: task })),
  );
  expect(said.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  await proved(id);
  const again = await say('a menu', { action_type: 'redirect', id: 'a menu' });
  expect(again.status).toBe(said[0]?.status);
  const runs = await until(async () => {
    const found = await successorsOf(id);
    return found.length > 0 ? found : null;
  });
  expect(runs).toHaveLength(1);
  expect(said.find(({ status }) => status === 200)?.body.newRunId).toBe(runs[0]?.id);
  await proved(String(runs[0]?.id));
  const redirects = (await thread()).filter(({ action_type: action }) => action === 'redirect');
  expect(redirects.map(({ action_status: status }) => status).toSorted()).toEqual(['ignored', 'processed']);
});

test('it is refused where it cannot be: a step whose dependencies have no result, nobody of that name', async () => {
  const { id } = await inTheMiddle();
  const { say, tell } = talkTo(baton, id);
  const to = (skipToAgent: string) => say('a menu', { action_type: 'redirect', metadata: { skipToAgent } });
  expect(await to('review')).toMatchObject({
    status: 409,
    body: { code: 'command_refused', ignored_code: 'refused', detail: expect.stringContaining('"code"') },
  });
  expect(await to('painter')).toMatchObject({ status: 409, body: { ignored_code: 'unknown_target' } });
  expect(await baton.run(id)).toMatchObject({ status: 'running', lineage: {} });
  await tell('Enough', { action_type: 'cancel' });
  expect(await proved(id)).toMatchObject({ status: 'cancelled', terminal_reason: 'cancelled' });
  expect(await successorsOf(id)).toEqual([]);
});

test('a paused run is redirected, and so is the run that took its place; what nobody had read stays behind', async () => {
  const { id } = await inTheMiddle();
  const { tell, message } = talkTo(baton, id);
  await tell('Wait', { action_type: 'pause', mode: 'now', timeout: 0 });
  await until(async () => (await baton.run(id))['pause_drained_at'] !== null);
  await tell('Use tabs', { action_type: 'instruction', target: 'code', id: 'tabs' });
  const asked = askedOf('code').length;
  const first = await tell('a menu', { action_type: 'redirect', metadata: { skipToAgent: 'code' } });
  expect(await proved(id)).toMatchObject({ terminal_reason: 'redirected', is_paused: false });
  expect(await message('tabs')).toMatchObject({ action_status: 'ignored', reason_code: 'run_closed' });

  const second = String(first.newRunId);
  await until(() => askedOf('code').length > asked);
  answers['code'] = () => ({ reply: 'a list', usage });
  const skip = { action_type: 'redirect', metadata: { skipToAgent: 'code' } };
  const third = String((await talkTo(baton, second).tell('a list', skip)).newRunId);
  expect(await proved(second)).toMatchObject({
    ...{ status: 'cancelled', terminal_reason: 'redirected' },
    lineage: { redirected_from: id, redirected_to: third },
  });
  expect(await proved(third)).toMatchObject({
    ...{ status: 'completed', inputs: { task: 'a list' } },
    lineage: { redirected_from: second, taken_over: ['plan', 'look'] },
  });
  expect(third.length).toBe(second.length);
  const told = JSON.stringify(askedOf('code').at(-1)?.messages);
  expect(told).toContain('a list');
  expect(told).not.toMatch(/Use tabs|a menu/);
});
