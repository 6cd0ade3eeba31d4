/** What an operator does with the `temporal` CLI, and what the tables say of it. */
import { beforeAll, expect, test } from 'vitest';
import { startBaton } from './support/baton.ts';
import type { Baton } from './support/baton.ts';
import { runId, temporalCli, until } from './support/index.ts';
import { recordHistory } from './support/record-history.ts';

const WAITING = `
name: patient
version: 1.0.0
inputs: { greeting: { type: string, default: hello } }
steps:
  - { key: first, transform: "{{ greeting }}" }
  - { key: wait, wait: 60s, dependencies: [first] }
  - { key: last, transform: "{{ first.result }}", dependencies: [wait] }
`;

let baton: Baton;
beforeAll(async () => {
  baton = await startBaton();
  await baton.publish(WAITING);
});

async function started(): Promise<string> {
  const { id } = await baton.start({ workflow: 'patient', inputs: {} });
  await until(async () => (await baton.steps(id))['wait']?.status === 'waiting');
  return id;
}

test('a start by hand appears in the tables within 3 s and takes the newest version', async () => {
  const id = runId('by-hand');
  const args = ['--type', 'patient', '--task-queue', baton.config.BATON_TASK_QUEUE, '-w', id];
  await temporalCli(['workflow', 'start', ...args, '--input', '{"greeting": "hi"}']);
  const run = await until(async () => {
    const { status, body } = await baton.call<{ version: string | null }>('GET', `/runs/${id}`);
    return status === 200 && body.version !== null ? body : null;
  });
  expect(run).toMatchObject({ workflow: 'patient', version: '1.0.0', inputs: { greeting: 'hi' } });
  await temporalCli(['workflow', 'cancel', '-w', id]);
  await baton.finished(id);
  await recordHistory('started-by-hand', id);
});

test.each([
  ['no-such-workflow', '{}', 'definition_not_found'],
  ['patient', '{"greeting": 7}', 'inputs_invalid'],
  ['patient', '"text"', 'inputs_invalid'],
])('a start by hand of %s with %s fails with a clear reason', async (type, input, reason) => {
  const id = runId('wrong');
  const args = ['--type', type, '--task-queue', baton.config.BATON_TASK_QUEUE, '-w', id];
  await temporalCli(['workflow', 'start', ...args, '--input', input]);
  await until(async () => (await baton.call('GET', `/runs/${id}`)).status === 200);
  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'failed', terminal_reason: reason, diverged: null });
});

test('cancel by Temporal alone: cancelled, with who', async () => {
  const id = await started();
  await temporalCli(['workflow', 'cancel', '-w', id]);
  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'cancelled', terminal_reason: 'cancelled', diverged: null });
  expect(JSON.stringify(run.metadata)).toContain('temporal-cli');
});

test('terminate: terminated, with who and why; open steps are not left running', async () => {
  const id = await started();
  await temporalCli(['workflow', 'terminate', '-w', id, '--reason', 'stuck']);
  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'terminated', terminal_reason: 'terminated' });
  expect(JSON.stringify(run)).toContain('stuck');
  expect(Object.values(await baton.steps(id)).map((step) => step.status)).toEqual([
    'completed',
    'cancelled',
    'cancelled',
  ]);
});

test('garbage signals are refused and on record, the run is unharmed', async () => {
  const id = await started();
  const signal = (name: string, ...rest: string[]) =>
    temporalCli(['workflow', 'signal', '-w', id, '--name', name, ...rest]);
  await signal('explode', '--input', '{"a": 1}');
  await signal('pause', '--input', '[1, 2]');
  await signal('pause', '--input', '"x"', '--input-meta', 'encoding=binary/odd');
  await signal('messages', '--input', '{"messages": "all"}');
  const refusals = await until(async () => {
    const { body } = await baton.call<{ items: { action_status: string; reason: string }[] }>(
      'GET',
      `/runs/${id}/messages`,
    );
    return body.items.length >= 4 ? body.items : null;
  });
  expect(refusals.map((message) => message.action_status)).toEqual([
    'ignored',
    'ignored',
    'ignored',
    'ignored',
  ]);
  expect(await baton.run(id)).toMatchObject({ status: 'running', diverged: null });
  await temporalCli(['workflow', 'cancel', '-w', id]);
  await baton.finished(id);
  await recordHistory('garbage-signals', id);
});

test('pause and resume by signal show in the tables', async () => {
  const id = await started();
  await temporalCli(['workflow', 'signal', '-w', id, '--name', 'pause', '--input', '{"reason": "deploy"}']);
  await until(async () => (await baton.run(id)).is_paused);
  expect(await baton.run(id)).toMatchObject({ status: 'paused', pause_reason: 'deploy' });
  await temporalCli(['workflow', 'signal', '-w', id, '--name', 'resume']);
  await until(async () => (await baton.run(id)).status === 'running');
  await temporalCli(['workflow', 'signal', '-w', id, '--name', 'cancel', '--input', '{"reason": "enough"}']);
  expect(await baton.finished(id)).toMatchObject({ status: 'cancelled', diverged: null });
  await recordHistory('paused-and-cancelled', id);
});

test('a reset shows as a new epoch of the same run, which goes on from there', async () => {
  const id = await started();
  const args = ['-w', id, '--event-id', '4', '--reason', 'again', '--reapply-exclude', 'Signal'];
  await temporalCli(['workflow', 'reset', ...args]);
  await until(
    async () => (await baton.run(id))['epoch'] === 1 && (await baton.steps(id))['wait']?.status === 'waiting',
  );
  await temporalCli(['workflow', 'cancel', '-w', id]);
  expect(await baton.finished(id)).toMatchObject({ status: 'cancelled', epoch: 1, diverged: null });
});

test('a signal query tells an operator the steps', async () => {
  const id = await started();
  const answer = await temporalCli(['workflow', 'query', '-w', id, '--type', 'status']);
  expect(answer).toContain('waiting');
  await temporalCli(['workflow', 'terminate', '-w', id]);
});
