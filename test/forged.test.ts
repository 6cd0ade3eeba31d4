/**
 * What somebody who reaches Temporal itself may send: he is trusted with what it says, not with its form. Every such run
 * ends with a reason that the tables tell, and the projector goes on.
 */
import { beforeAll, expect, test } from 'vitest';
import type { Client } from '@temporalio/client';
import { INTERPRETER_VERSION } from '../src/protocol/envelope.ts';
import { connectTemporal, temporalClient } from '../src/temporal/connection.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import type { Baton } from './support/baton.ts';
import { runId, temporalTarget, until } from './support/index.ts';

const HOLDING = `
name: holding
version: 1.0.0
steps:
  - { key: hold, wait: 1h }
  - { key: last, dependencies: [hold], transform: '1' }
`;

let baton: Baton;
let temporal: Client;
let close: () => Promise<void>;
let plan: object;
beforeAll(async () => {
  baton = await startBaton();
  await baton.publish(HOLDING);
  const connection = await connectTemporal(temporalTarget());
  close = () => connection.close();
  temporal = temporalClient(connection, temporalTarget(), 'somebody');
  const { rows } = await baton.database.query<{ plan: object }>({
    text: 'select plan from workflow_versions',
    values: [],
  });
  plan = rows[0]?.plan ?? {};
});
afterFile(() => close());

/** Deeper than any recursion goes: it can only be sent as text. */
const DEEP = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
const payloads = (...texts: readonly string[]) => ({
  payloads: texts.map((text) => ({
    metadata: { encoding: Buffer.from('json/plain') },
    data: Buffer.from(text),
  })),
});
const envelope = (changes: object) => ({
  ...{ interpreter: INTERPRETER_VERSION, plan, epoch: 0, labels: {}, startedBy: null },
  ...changes,
});

async function forged(...args: readonly string[]): Promise<string> {
  const workflowId = runId('forged');
  await temporal.workflowService.startWorkflowExecution({
    namespace: temporalTarget().namespace,
    workflowId,
    requestId: workflowId,
    workflowType: { name: 'holding' },
    taskQueue: { name: baton.config.BATON_TASK_QUEUE },
    input: payloads(...args),
  });
  await until(async () => (await baton.call('GET', `/runs/${workflowId}`)).status === 200);
  return workflowId;
}

test.each([
  [
    'a plan without its steps’ dependencies',
    () => [{}, envelope({ plan: { ...plan, steps: [{ key: 'x' }] } })],
  ],
  ['a plan of the first version that is none', () => [{}, envelope({ interpreter: 1, plan: { steps: 5 } })]],
  ['a carry that is none', () => [{}, envelope({ carry: { steps: [] } })]],
  [
    'a continuation that is none',
    () => [{}, envelope({ carry: {}, base: { executionId: 1 }, continue: { step: 7 } })],
  ],
  ['no envelope', () => [{}, 'x']],
  ['labels and a starter that are none', () => [{}, envelope({ labels: { a: {} }, startedBy: [1] })]],
] as const)('%s: the run fails, and says why', async (_, args) => {
  const id = await forged(...args().map((one) => JSON.stringify(one)));
  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'failed', terminal_reason: 'inputs_invalid', diverged: null });
  expect(run.error?.message).not.toBe('');
});

test.each([
  ['inputs', () => [DEEP, JSON.stringify(envelope({}))]],
  ['inputs of an operator’s start', () => [DEEP]],
  ['an envelope', () => ['{}', JSON.stringify(envelope({ carry: '@' })).replace('"@"', DEEP)]],
] as const)('%s of a depth that ends a process: the run fails, and says why', async (_, args) => {
  const run = await baton.finished(await forged(...args()));
  expect(run).toMatchObject({ status: 'failed', terminal_reason: 'inputs_invalid', diverged: null });
  expect(run.error?.message).toContain('200 deep');
});

test('signals of any depth: refused on record, and the run goes on', async () => {
  const { id } = await baton.start({ workflow: 'holding' });
  await until(async () => (await baton.steps(id))['hold']?.status === 'waiting');
  for (const signalName of ['comment', 'messages', 'answer', 'unheard']) {
    const { namespace } = temporalTarget();
    const workflowExecution = { workflowId: id };
    const input = payloads(DEEP);
    await temporal.workflowService.signalWorkflowExecution({
      namespace,
      workflowExecution,
      signalName,
      input,
    });
  }
  const refused = await until(async () => {
    const messages = await baton.items<{ action_status: string; reason: string }>(`/runs/${id}/messages`);
    const ignored = messages.filter(({ action_status }) => action_status === 'ignored');
    return ignored.length === 4 ? ignored : null;
  });
  for (const { reason } of refused) expect(reason).toContain('200 deep');
  await baton.call('POST', `/runs/${id}/cancel`, { reason: 'enough' });
  expect(await baton.finished(id)).toMatchObject({ status: 'cancelled', diverged: null });
});
