import { beforeAll, describe, expect, it } from 'vitest';
import { RunMessage } from '../../src/contract/message.ts';
import { sql } from '../../src/database/sql.ts';
import { runId } from '../support/index.ts';
import {
  messagesSentTo,
  openRun,
  projectMessage,
  projectRun,
  startBoth,
  type Api,
  type Started,
  type MessageOptions,
} from './harness.ts';

let api: Api;
/** Waits for the projector as in production. */
let patient: Api;
let hints: Started['hints'];
beforeAll(async () => {
  ({ api, patient, hints } = await startBoth());
});

const WAITING: MessageOptions = { action: 'instruction', status: 'pending', content: 'x' };

async function runWith(at: Api, options: MessageOptions, messageId: string | null = 'm-1'): Promise<string> {
  const id = await openRun(at);
  await projectMessage(at.database, id, messageId, options);
  return id;
}

/** Sets what has become of the message, and gives the withdrawal its receipt. */
async function settle(
  id: string,
  message: { status: string; code: string | null },
  receipt: MessageOptions = {},
) {
  await patient.database.query(sql`
    update workflow_messages set action_status = ${message.status}, reason_code = ${message.code}, reason = 'why',
      readers = '[{"step": "build", "agent": "code", "attempt": 1, "turn": 3, "status": "acknowledged",
                   "at": "2026-11-21T10:00:00Z"}]'
    where run_id = ${id} and message_id = 'm-1'`);
  const [sent] = await messagesSentTo<{ id: string }>(patient, id);
  const metadata = { message: 'm-1' };
  await projectMessage(patient.database, id, sent?.id ?? '', { action: 'withdraw', metadata, ...receipt });
}

describe('a withdrawal', () => {
  it.each([
    ['m-1', WAITING],
    ['1', WAITING],
    ['m-1', { ...WAITING, action: 'resume', metadata: { context: 'new rules' } }],
  ])('of %s is sent, and told as it is', async (which, options) => {
    const id = await runWith(api, options);
    const answer = await api.remove(`/runs/${id}/messages/${which}?by=ada`);
    expect(answer).toMatchObject({ status: 202, body: { message_id: 'm-1', action_status: 'pending' } });
    await expect(messagesSentTo(api, id)).resolves.toEqual([
      { id: expect.any(String), action: 'withdraw', message: 'm-1', by: 'ada' },
    ]);
  });

  it('is done when the run says so, and done once', async () => {
    const id = await runWith(patient, WAITING);
    const answering = patient.remove(`/runs/${id}/messages/m-1`);
    await hints.next(id);
    await settle(id, { status: 'ignored', code: 'withdrawn' });
    const { status, body } = await answering;
    expect(status).toBe(200);
    expect(RunMessage.strict().parse(body)).toMatchObject({
      action_status: 'ignored',
      reason_code: 'withdrawn',
    });
    await expect(patient.remove(`/runs/${id}/messages/m-1`)).resolves.toMatchObject({ status: 200 });
    await expect(messagesSentTo(patient, id)).resolves.toHaveLength(1);
  });

  it('comes too late when an agent reads it meanwhile', async () => {
    const id = await runWith(patient, WAITING);
    const answering = patient.remove(`/runs/${id}/messages/m-1`);
    await hints.next(id);
    const reason = 'message "m-1" was read';
    await settle(id, { status: 'acknowledged', code: null }, { status: 'ignored', code: 'refused', reason });
    const answer = await answering;
    expect(answer).toMatchObject({ status: 409, body: { code: 'message_read', message_id: 'm-1' } });
    expect(answer.body.detail).toContain('by code in turn 3');
  });

  it.each<[MessageOptions, string]>([
    [{ ...WAITING, status: 'acknowledged' }, 'message_read'],
    [{ ...WAITING, status: 'processed' }, 'message_read'],
    [{ ...WAITING, status: 'ignored', code: 'expired' }, 'command_refused'],
    [{ action: 'pause' }, 'message_not_withdrawable'],
    [{ action: 'comment' }, 'message_not_withdrawable'],
    [{ action: 'resume', status: 'processed' }, 'message_not_withdrawable'],
  ])('of %j is refused with %s, and not sent', async (options, code) => {
    const id = await runWith(api, options);
    await expect(api.remove(`/runs/${id}/messages/m-1`)).resolves.toMatchObject({
      status: 409,
      body: { code },
    });
    await expect(messagesSentTo(api, id)).resolves.toEqual([]);
  });

  it('of what has no id, does not exist, or is of a run that is unknown or has ended', async () => {
    const id = await runWith(api, WAITING, null);
    const remove = async (run: string, which: string) => {
      const { status, body } = await api.remove(`/runs/${run}/messages/${which}`);
      return [status, body.code];
    };
    await expect(remove(id, '1')).resolves.toEqual([409, 'message_not_withdrawable']);
    await expect(remove(id, 'none')).resolves.toEqual([404, 'message_not_found']);
    await expect(remove(runId(), 'm-1')).resolves.toEqual([404, 'run_not_found']);
    const ended = await runWith(api, WAITING);
    await projectRun(api.database, ended, { status: 'completed' });
    await expect(remove(ended, 'm-1')).resolves.toEqual([409, 'run_closed']);
  });
});
