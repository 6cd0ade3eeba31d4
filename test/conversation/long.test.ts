/**
 * A conversation that outgrows an execution: the run continues as new in the middle of it, and a pause, messages that
 * wait, and the ids that were used go along.
 */
import { beforeAll, expect, test } from 'vitest';
import { sql } from '../../src/database/sql.ts';
import { verifyRun } from '../../src/projections/index.ts';
import { connectTemporal, temporalClient } from '../../src/temporal/connection.ts';
import { afterFile } from '../support/after-file.ts';
import { startBaton } from '../support/baton.ts';
import { startFakeOpenAi } from '../support/fake-openai.ts';
import { temporalTarget, until } from '../support/index.ts';
import { talkTo } from '../support/talk.ts';

/** Signals that are sent at once, so that few tasks take many. */
const BURST = 100;

const vendor = await startFakeOpenAi({ answer: () => ({ reply: 'ok' }) });
afterFile(() => vendor.stop());
const baton = await startBaton({
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_MODEL: 'compatible/any',
  BATON_ALLOW_PRIVATE_NETWORK: '1',
});
beforeAll(() =>
  baton.publish(`
name: patient
version: 1.0.0
steps:
  - { key: gate, ask: { prompt: "Go?", approval: true } }
  - { key: work, agent: code, prompt: Work, dependencies: [gate] }
`),
);

async function numberOf(id: string, what: 'executions' | 'workflow_messages'): Promise<number> {
  const { rows } = await baton.database.query<{ executions: number; workflow_messages: number }>(
    sql`select (select count(*)::int from executions where run_id = ${id}) as executions,
               (select count(*)::int from workflow_messages where run_id = ${id} and action_type = 'comment'
                  and message_type = 'user') as workflow_messages`,
  );
  return rows[0]?.[what] ?? 0;
}

test('thousands of comments to a paused run: none is lost or doubled, and it is still paused', async () => {
  const connection = await connectTemporal(temporalTarget());
  afterFile(() => connection.close());
  const { id } = await baton.start({ workflow: 'patient', inputs: {} });
  const { tell, say, message } = talkTo(baton, id);
  const handle = temporalClient(connection, temporalTarget(), 'talker').workflow.getHandle(id);
  const signal = (name: string, message: object) => handle.signal(name, message);
  await until(async () => (await baton.items(`/runs/${id}/questions`)).length === 1);
  await tell('Wait', { action_type: 'pause', timeout: 0, id: 'the-pause' });
  await tell('Use tabs', { action_type: 'instruction', target: 'work', id: 'tabs' });

  let sent = 0;
  while ((await numberOf(id, 'executions')) === 1) {
    const burst = Array.from({ length: BURST }, () => `comment ${++sent}`);
    // Each comes twice, as from a sender who never got the answer.
    await Promise.all([...burst, ...burst].map((content) => signal('comment', { id: content, content })));
    await until(async () => (await numberOf(id, 'workflow_messages')) === sent);
  }
  expect(sent).toBeGreaterThan(BURST);
  expect(await baton.run(id)).toMatchObject({ is_paused: true, pause_reason: 'Wait', status: 'paused' });
  expect(await say('Wait', { action_type: 'pause', timeout: 0, id: 'the-pause' })).toMatchObject({
    status: 200,
  });
  await signal('pause', { id: 'the-pause', action: 'pause', content: 'Wait', timeout_ms: 0 });
  await signal('instruction', { id: 'tabs', content: 'Use spaces', target: 'work' });
  await until(async () => (await message('tabs')).action_status === 'pending');

  await tell('Go on', { action_type: 'resume' });
  await tell('yes', { action_type: 'answer', metadata: { decision: 'approve' } });
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', diverged: null });
  expect(await message('tabs')).toMatchObject({ content: 'Use tabs', action_status: 'processed' });
  const asked = JSON.stringify(vendor.requests.at(-1)?.messages);
  expect(asked).toContain('Use tabs');
  expect(asked).not.toContain('Use spaces');
  expect(await numberOf(id, 'workflow_messages')).toBe(sent);
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
});
