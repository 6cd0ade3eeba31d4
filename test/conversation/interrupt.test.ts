/** Instructions that are to be heard at once: what the agent does is stopped, and what it had said is not lost. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { verifyRun } from '../../src/projections/index.ts';
import { afterFile } from '../support/after-file.ts';
import { startBaton } from '../support/baton.ts';
import { byModel, startFakeOpenAi } from '../support/fake-openai.ts';
import type { AnswersByModel } from '../support/fake-openai.ts';
import { Gate } from '../support/gate.ts';
import { until } from '../support/index.ts';
import { runs } from '../support/running.ts';
import { recordHistory } from '../support/record-history.ts';
import { followStream } from '../support/stream-reader.ts';
import { talkTo } from '../support/talk.ts';

const answers: AnswersByModel = {};
const vendor = await startFakeOpenAi({ answer: byModel(answers, { reply: 'ok' }) });
afterFile(() => vendor.stop());
const baton = await startBaton({
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_ALLOW_PRIVATE_NETWORK: '1',
  BATON_ALLOW_COMMANDS: '1',
});

/** One agent at work; its model has the step's name, so that each test tells its own what to answer. */
const definition = (name: string) => `
name: ${name}
version: 1.0.0
workspace: {}
steps:
  - key: ${name}
    agent: code
    model: compatible/${name}
    prompt: Work
    tools: [run_command, write_file, list_files]
    approve: [write_file]
`;
const PAIR = `
name: pair
version: 1.0.0
steps:
  - { key: left, agent: code, model: compatible/left, prompt: Work }
  - { key: right, agent: code, model: compatible/right, prompt: Work }
  - { key: later, agent: review, model: compatible/later, prompt: Review, dependencies: [left, right] }
`;
beforeAll(async () => {
  await baton.publish(PAIR);
  for (const name of ['talker', 'worker', 'asker']) await baton.publish(definition(name));
});

const askedOf = (model: string) => vendor.requests.filter((request) => request.model === model);

async function proved(id: string) {
  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'completed', diverged: null });
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
  return run;
}

test('a model call is aborted at its vendor; what it had said stands in the session before the message', async () => {
  const gate = new Gate();
  gate.open(1);
  answers['talker'] = (_, n) =>
    n === 1
      ? { gate: gate.wait, chunks: ['The first half, ', 'the second.'], usage: { input: 50, output: 9 } }
      : { reply: 'I heard.', usage: { input: 70, output: 3 } };
  const { id } = await baton.start({ workflow: 'talker', inputs: {} });
  const { tell, settled, heard } = talkTo(baton, id);
  await until(() => askedOf('talker').length === 1);
  const reader = await followStream(baton.url, id);
  await until(() => reader.text() === 'The first half, ');

  const { messageId } = await tell('Stop, use tabs', {
    ...{ action_type: 'instruction', delivery: 'interrupt', by: 'ann' },
  });
  const message = await settled(messageId, 'processed');
  expect(message.readers).toMatchObject([{ step: 'talker', turn: 2, status: 'processed' }]);
  await heard('Interrupted to hear a message in turn 1; partial answer kept: "The first half,"');
  await until(() => askedOf('talker')[0]?.aborted);
  const run = await proved(id);
  expect(run).toMatchObject({ output: 'I heard.', total_tokens: 73 });
  expect(askedOf('talker')).toHaveLength(2);
  const [system, prompt, partial, ...said] = askedOf('talker')[1]?.messages ?? [];
  expect([system?.role, prompt?.role, partial?.role]).toEqual(['system', 'user', 'assistant']);
  expect(JSON.stringify(partial)).toContain('The first half, ');
  expect(said.map(({ role }) => role)).toEqual(['user']);
  expect(JSON.stringify(said)).toMatch(/You were interrupted.*Stop, use tabs/s);
  // The vendor had not come to say what the first call took: nobody knows.
  expect(await baton.items(`/runs/${id}/calls`)).toMatchObject([
    { turn: 1, status: 'aborted', total_tokens: null },
    { turn: 2, status: 'completed', total_tokens: 73 },
  ]);
  await recordHistory('talk-interrupt', id);
});

test('calls of tools are stopped, or not made; each has its answer before the message', async () => {
  const mark = randomUUID();
  const forever = `require("fs").writeFileSync("began", "yes"); setInterval(() => {}, 1e3); // ${mark}`;
  answers['worker'] = (_, n) =>
    n > 1
      ? { reply: 'I do it otherwise.' }
      : {
          toolCalls: [
            { id: 'c1', name: 'list_files', arguments: {} },
            { id: 'c2', name: 'run_command', arguments: { argv: [process.execPath, '-e', forever] } },
            { id: 'c3', name: 'run_command', arguments: { argv: ['true'] } },
          ],
        };
  const { id } = await baton.start({ workflow: 'worker', inputs: {} });
  const { tell, lines } = talkTo(baton, id);
  await until(async () => existsSync(join(String((await baton.run(id))['workspace_path']), 'began')));
  expect(runs(mark)).toBe(true);

  await tell('Do not run that', { action_type: 'instruction', target: 'worker', delivery: 'interrupt' });
  expect(await proved(id)).toMatchObject({ output: 'I do it otherwise.' });
  expect(runs(mark)).toBe(false);
  const messages = askedOf('worker')[1]?.messages ?? [];
  expect(messages.slice(3)).toMatchObject([
    { role: 'tool', tool_call_id: 'c1' },
    { role: 'tool', tool_call_id: 'c2', content: expect.stringContaining('stopped before its end') },
    { role: 'tool', tool_call_id: 'c3', content: expect.stringContaining('not made') },
    { role: 'user', content: expect.stringContaining('Do not run that') },
  ]);
  expect((await lines()).join('\n')).toContain('Do not run that');
  await recordHistory('talk-interrupt-tools', id);
});

test('a call that waits for a yes is not made, and its question is closed', async () => {
  answers['asker'] = (_, n) =>
    n > 1
      ? { reply: 'Then not.' }
      : { toolCalls: [{ id: 'c1', name: 'write_file', arguments: { path: 'a.txt', content: 'a' } }] };
  const { id } = await baton.start({ workflow: 'asker', inputs: {} });
  const { tell } = talkTo(baton, id);
  await until(async () => (await baton.items(`/runs/${id}/questions`)).length === 1);
  await tell('Leave the files alone', { action_type: 'instruction', delivery: 'interrupt' });
  const run = await proved(id);
  expect(run).toMatchObject({ output: 'Then not.' });
  expect(await baton.items(`/runs/${id}/questions`)).toMatchObject([{ status: 'withdrawn' }]);
  expect(askedOf('asker')[1]?.messages.slice(3)).toMatchObject([
    { role: 'tool', tool_call_id: 'c1', content: expect.stringContaining('not made') },
    { role: 'user', content: 'Leave the files alone' },
  ]);
  expect(existsSync(join(String(run.workspace_path), 'a.txt'))).toBe(false);
});

test('without a target all agents at work hear it, and no other; each has a receipt of its own', async () => {
  const held = { gate: new Gate().wait, chunks: ['Never ', 'said'] };
  for (const key of ['left', 'right']) answers[key] = (_, n) => (n === 1 ? held : { reply: `${key} heard` });
  const { id } = await baton.start({ workflow: 'pair', inputs: {} });
  const { tell, settled } = talkTo(baton, id);
  await until(() => askedOf('left').length + askedOf('right').length === 2);
  const { messageId } = await tell('Listen', { action_type: 'instruction', delivery: 'interrupt' });
  const { readers } = await settled(messageId, 'processed');
  expect(readers.map(({ step }) => step).toSorted()).toEqual(['left', 'right']);
  expect(readers.map(({ turn, status }) => [turn, status])).toEqual([
    [2, 'processed'],
    [2, 'processed'],
  ]);
  await proved(id);
  for (const model of ['left', 'right']) {
    expect(JSON.stringify(askedOf(model).at(-1)?.messages)).toContain('Listen');
  }
  expect(JSON.stringify(askedOf('later')[0]?.messages)).not.toContain('Listen');
  await recordHistory('talk-interrupt-two', id);
});
