/**
 * Three conversations with the example build-feature, as docs/conversation.md tells them: a pause with new
 * requirements, a redirect to a new run, and context that the agent acknowledges. The real client asks a fake vendor,
 * so that what the model was told can be seen.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { verifyRun } from '../../src/projections/index.ts';
import { afterFile } from '../support/after-file.ts';
import { startBaton } from '../support/baton.ts';
import type { RunNow } from '../../src/contract/run.ts';
import { startFakeOpenAi } from '../support/fake-openai.ts';
import type { Answerer, FakeAnswer, FakeRequest } from '../support/fake-openai.ts';
import { Gate } from '../support/gate.ts';
import { gitRepository } from '../support/git-repository.ts';
import { until } from '../support/index.ts';
import { recordHistory } from '../support/record-history.ts';
import { talkTo, toldInOrder } from '../support/talk.ts';
import type { RunMessage } from '../../src/contract/message.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const PLAN = 'Plan completed - 5 sub-tasks identified';
const read = (path: string): FakeAnswer => ({ toolCalls: [{ name: 'read_file', arguments: { path } }] });
const { repository, sources } = gitRepository(`${EXAMPLES}sample-app`);

/** Holds back the answer that a test talks into. */
let gate = new Gate();
beforeEach(() => {
  gate = new Gate();
});
afterFile(() => gate.open());

/** The answers to an agent's turns, from its first; the last one for all that follow. */
const inTurns =
  (...answers: readonly FakeAnswer[]) =>
  ({ messages }: FakeRequest): FakeAnswer =>
    answers[Math.min(messages.filter(({ role }) => role === 'assistant').length, answers.length - 1)] ?? {};

const isCode = ({ messages }: FakeRequest) => JSON.stringify(messages).includes('Make this change');
let plan: (request: FakeRequest) => FakeAnswer = () => ({ reply: PLAN });
let code: (request: FakeRequest) => FakeAnswer = () => ({ reply: 'done' });
const answer: Answerer = (request) => (isCode(request) ? code : plan)(request);
const vendor = await startFakeOpenAi({ answer });
afterFile(() => vendor.stop());

const baton = await startBaton({
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_MODEL: 'compatible/any',
  BATON_ALLOW_PRIVATE_NETWORK: '1',
  BATON_WORKSPACE_SOURCES: sources,
});
beforeAll(() => baton.publish(readFileSync(`${EXAMPLES}build-feature.yaml`, 'utf8')));

const start = () => baton.start({ workflow: 'build-feature', inputs: { repository } });

async function proved(id: string): Promise<RunNow> {
  const run = await baton.finished(id);
  expect(run.diverged).toBeNull();
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
  return run;
}

/** What the model was told in its newest call. */
const lastAsked = () => JSON.stringify(vendor.requests.at(-1)?.messages);

function expectStory(thread: readonly RunMessage[], story: readonly (readonly [string, string])[]): void {
  const lines = thread.map(({ message_type: type, content }) => `${type}: ${content ?? ''}`);
  const wanted = story.map(([type, text]) => `${type}: ${text}`);
  expect(toldInOrder(lines, wanted), lines.join('\n')).toEqual(wanted);
}

test('a user pauses the run, adds to the requirements, and it goes on', async () => {
  const held = { gate: gate.wait, chunks: ['I look ', 'further.'], ...read('src/session.ts') };
  plan = inTurns(read('package.json'), read('src/index.ts'), held, { reply: PLAN });
  const { id } = await start();
  const { heard, tell, thread, settled } = talkTo(baton, id);
  await heard('Calling the default model (turn 3)');

  const ask = 'Please pause - I need to add something to the requirements';
  const { actionTaken } = await tell(ask, { action_type: 'pause', mode: 'after_turn', by: 'ann' });
  expect(actionTaken).toBe('Run is pausing: 0 of 1 step drained');
  expect(await baton.run(id)).toMatchObject({
    ...{ status: 'paused', is_paused: true, pause_reason: ask, pause_drained_at: null },
    pause: { mode: 'after_turn', by: 'ann', busy: 1, drained: 0, on_timeout: 'resume' },
  });
  gate.open();
  await until(async () => (await baton.run(id))['pause_drained_at']);
  expect(await baton.run(id)).toMatchObject({ status: 'paused', pause: { busy: 1, drained: 1 } });
  const asked = vendor.requests.length;

  const goOn = await tell("Resume - I've updated the requirements", {
    ...{ action_type: 'resume', by: 'ann' },
    metadata: { additionalContext: 'The choice must survive a restart of the server.' },
  });
  await settled(goOn.messageId, 'processed');
  const run = await proved(id);
  expect(run).toMatchObject({ status: 'completed', is_paused: false, output: { plan: PLAN } });
  expect(vendor.requests[asked]?.messages.at(-1)).toMatchObject({
    role: 'user',
    content: expect.stringContaining('The choice must survive a restart of the server.'),
  });
  expectStory(await thread(), [
    ['agent', 'Starting plan agent - Analyzing codebase and creating implementation plan'],
    ['agent', 'Reading file: package.json'],
    ['agent', 'Reading file: src/index.ts'],
    ['user', 'Please pause - I need to add something to the requirements'],
    ['system', 'Workflow paused at user request'],
    ['agent', 'Reading file: src/session.ts'],
    ['user', "Resume - I've updated the requirements"],
    ['system', 'Workflow resumed'],
    ['agent', 'Acknowledged user context: "The choice must survive a restart of the server."'],
    ['agent', 'Continuing plan agent execution'],
    ['agent', `plan agent completed: ${PLAN}`],
  ]);
  await recordHistory('talk-pause', id);
});

test('a user redirects the run: a new one takes its place, at the step that the user names', async () => {
  plan = inTurns(read('package.json'), { reply: PLAN });
  const write = { path: 'src/components/Button.tsx', content: 'export const Button = null;\n' };
  code = inTurns(
    { toolCalls: [{ name: 'write_file', arguments: write }] },
    { gate: gate.wait, chunks: ['The button ', 'is there.'] },
  );
  const { id } = await start();
  const { heard, tell, thread } = talkTo(baton, id);
  await heard('Writing file: src/components/Button.tsx');
  await until(() => vendor.requests.some(({ messages }) => lastTool(messages).includes('Button.tsx')));
  code = () => ({ reply: 'a dropdown menu' });
  const planned = vendor.requests.length;

  const { actionTaken, newRunId } = await tell(
    'REDIRECT: Actually, make this a dropdown menu instead of a button',
    { action_type: 'redirect', metadata: { newTaskDescription: DROPDOWN, skipToAgent: 'code' }, by: 'ann' },
  );
  expect(actionTaken).toBe(`Redirected: new run ${newRunId}`);
  const to = String(newRunId);
  const original = await proved(id);
  expect(original).toMatchObject({ status: 'cancelled', terminal_reason: 'redirected' });
  expect(original['lineage']).toMatchObject({ redirected_to: to });
  expectStory(await thread(), [
    ['agent', 'Starting code agent - Implementing code changes'],
    ['agent', 'Writing file: src/components/Button.tsx'],
    ['user', 'REDIRECT: Actually, make this a dropdown menu instead of a button'],
    ['system', 'Creating new workflow with updated instructions...'],
    ['system', `Original workflow cancelled, new workflow ${to} created`],
  ]);

  const run = await proved(to);
  expect(run).toMatchObject({ status: 'completed', output: { plan: PLAN, summary: 'a dropdown menu' } });
  expect(run.inputs).toMatchObject({ task: DROPDOWN });
  expect(vendor.requests.length - planned).toBe(1);
  expect(lastAsked()).toContain(`The task has changed while others worked on it`);
  expect(lastAsked()).toContain(DROPDOWN);
  await recordHistory('talk-redirect', id);
  await recordHistory('talk-redirected', to);
});

const DROPDOWN = 'Make the language choice a dropdown menu.';
const lastTool = (messages: FakeRequest['messages']) =>
  JSON.stringify(messages.at(-1)?.role === 'tool' ? messages.at(-1) : '');

test('a user gives context, and the agent acknowledges it', async () => {
  plan = inTurns(
    { gate: gate.wait, chunks: ['I read ', 'first.'], ...read('package.json') },
    { reply: PLAN },
  );
  code = () => ({ reply: 'done' });
  const { id } = await start();
  const { heard, tell, thread, message } = talkTo(baton, id);
  await heard('Calling the default model (turn 1)');

  const note = 'Note: The authentication system uses JWT tokens stored in httpOnly cookies';
  const said = await tell(note, { action_type: 'instruction', target: 'plan', by: 'ann' });
  expect(said.actionTaken).toBe('Instruction waits for agent plan');
  expect(said.message).toMatchObject({ action_status: 'pending', readers: [] });
  gate.open();
  await proved(id);
  expect(await message(said.messageId)).toMatchObject({
    action_status: 'processed',
    readers: [{ step: 'plan', agent: 'plan', attempt: 1, turn: 2, status: 'processed' }],
  });
  const second = vendor.requests.filter((request) => !isCode(request)).at(-1)?.messages ?? [];
  expect(second.slice(-2)).toMatchObject([
    { role: 'tool' },
    { role: 'user', content: expect.stringContaining(note) },
  ]);
  expectStory(await thread(), [
    ['agent', 'Starting plan agent - Analyzing codebase and creating implementation plan'],
    ['user', note],
    ['agent', 'Acknowledged user context: "Note: The authentication system uses JWT tokens'],
    ['agent', `plan agent completed: ${PLAN}`],
  ]);
  await recordHistory('talk-instruction', id);
});
