/** What an operator does with the `temporal` CLI, and what the tables say of it. */
import { beforeAll, expect, test } from 'vitest';
import { verifyRun } from '../src/projections/index.ts';
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
  - { key: wait, wait: 1h, dependencies: [first] }
  - { key: last, transform: "{{ first.result }}", dependencies: [wait] }
`;

const AT_WORK = `
name: at-work
version: 1.0.0
steps: [{ key: work, command: [sleep, "600"] }]
`;

let baton: Baton;
beforeAll(async () => {
  baton = await startBaton({ BATON_ALLOW_COMMANDS: '1' });
  await baton.publish(WAITING);
  await baton.publish(AT_WORK);
});

async function started(): Promise<string> {
  const { id } = await baton.start({ workflow: 'patient', inputs: {} });
  await until(async () => (await baton.steps(id))['wait']?.status === 'waiting');
  return id;
}

test('a start by hand appears in the tables by itself and takes the newest version', async () => {
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

interface Process {
  readonly state: string;
  readonly pause: unknown;
}

test('a pause in Temporal shows with who and why, says why nothing is read, and resume takes it back', async () => {
  const id = await started();
  await temporalCli(['workflow', 'pause', '-w', id, '--reason', 'audit', '--identity', 'ann']);
  const run = await until(async () => {
    const found = await baton.run(id);
    return found['temporal_pause'] == null ? null : found;
  });
  expect(run).toMatchObject({
    status: 'running',
    is_paused: false,
    temporal_pause: { by: 'ann', reason: 'audit', since: expect.any(String) },
  });
  const listed = await baton.items<{ id: string }>('/runs?temporal_paused=true');
  expect(listed.map((one) => one.id)).toEqual([id]);

  const impatient = await baton.startApi({ projectionWaitMs: 500 });
  const said = await impatient.call('POST', `/runs/${id}/messages`, { content: 'hello', id: 'm1' });
  expect(said).toMatchObject({
    status: 202,
    body: { message: null, actionTaken: expect.stringContaining('paused in Temporal by ann: audit') },
  });
  const resume = { id: 'r1', by: 'bea', reason: 'seen' };
  for (const attempt of ['first', 'again'])
    expect(await baton.call('POST', `/runs/${id}/resume`, resume), attempt).toMatchObject({
      status: 200,
      body: { temporal_pause: null },
    });
  const told = await until(async () => {
    const messages = await baton.items<Record<string, unknown>>(`/runs/${id}/messages`);
    return messages.some((one) => one['message_id'] === 'm1') ? messages : null;
  });
  expect(told).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ action_type: 'pause', author: 'ann', content: 'audit' }),
      expect.objectContaining({
        content: expect.stringMatching(/^Workflow paused in Temporal by ann: audit/),
      }),
      expect.objectContaining({ action_type: 'resume', author: 'bea', message_id: 'r1' }),
      expect.objectContaining({ content: 'Workflow no longer paused in Temporal by bea: seen' }),
    ]),
  );
  await temporalCli(['workflow', 'cancel', '-w', id]);
  expect(await baton.finished(id)).toMatchObject({ diverged: null });
  const { ok } = await verifyRun(baton.database, id);
  expect(ok).toBe(true);
});

test('what an operator does to an activity shows in the step that it is of', async () => {
  const { id } = await baton.start({ workflow: 'at-work', inputs: {} });
  const process = () => baton.steps(id).then((steps) => steps['work']?.['process'] as Process | null);
  await until(async () => (await process())?.state === 'started');
  const activity = ['-w', id, '--activity-id', 'work#1'];
  await temporalCli(['activity', 'update-options', ...activity, '--start-to-close-timeout', '77m']);
  await temporalCli(['activity', 'pause', ...activity, '--reason', 'hot', '--identity', 'ann']);
  const paused = await until(async () => {
    const found = await process();
    return found?.pause == null ? null : found;
  });
  expect(paused).toMatchObject({
    pause: { by: 'ann', reason: 'hot' },
    options: { start_to_close_ms: 77 * 60_000 },
  });
  expect((await baton.steps(id))['work']).toMatchObject({
    waiting_for: expect.stringContaining('paused by ann (hot)'),
  });
  await temporalCli(['activity', 'unpause', ...activity]);
  await until(async () => {
    const found = await process();
    return found?.pause === null && found.state === 'started';
  });
  await temporalCli(['workflow', 'cancel', '-w', id]);
  expect(await baton.finished(id)).toMatchObject({ status: 'cancelled', diverged: null });
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
