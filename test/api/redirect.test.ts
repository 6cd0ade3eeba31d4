import { beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { MessageAnswer } from '../../src/contract/message.ts';
import type { BlobRef } from '../../src/protocol/values.ts';
import { sql } from '../../src/database/sql.ts';
import { until } from '../support/index.ts';
import {
  messagesSentTo,
  openRun,
  projectMessage,
  projectRun,
  startBoth,
  type Api,
  type Started,
} from './harness.ts';

let api: Api;
/** Waits for the projector as in production. */
let patient: Api;
let hints: Started['hints'];
beforeAll(async () => {
  ({ api, patient, hints } = await startBoth());
});

type Said = z.output<typeof MessageAnswer>;

/** What Temporal has for a run: `signal`, or the cause of a cancel request. */
async function receivedBy(id: string): Promise<string[]> {
  const { events } = await api.temporal.workflow.getHandle(id).fetchHistory();
  return (events ?? []).flatMap((event) => {
    if (event.workflowExecutionSignaledEventAttributes != null) return ['signal'];
    const cancel = event.workflowExecutionCancelRequestedEventAttributes;
    return cancel == null ? [] : [cancel.cause ?? ''];
  });
}

const TASK = { task: 'a dropdown, not a button', id: 'm-1' };
const RECEIPT = { action: 'redirect', content: TASK.task };

async function linkTo(id: string, newRunId: string): Promise<void> {
  const lineage = JSON.stringify({ redirected_to: newRunId });
  await patient.database.query(sql`update workflow_runs set lineage = ${lineage}::jsonb where id = ${id}`);
  await projectRun(patient.database, id);
}

describe('a redirect', () => {
  it.each([
    [TASK, { content: TASK.task }],
    [
      {
        ...TASK,
        skip_to: 'code',
        context: 'as at home',
        inputs: { size: 3 },
        by: 'ada',
        reason: 'changed my mind',
      },
      {
        content: 'changed my mind',
        task: TASK.task,
        skip_to: 'code',
        context: 'as at home',
        inputs: { size: 3 },
        by: 'ada',
      },
    ],
  ])('%j travels as what it means', async (body, message) => {
    const id = await openRun(api);
    const answer = await api.post<Said>(`/runs/${id}/redirect`, body);
    expect(answer.status).toBe(202);
    expect(MessageAnswer.strict().parse(answer.body)).toMatchObject({ messageId: 'm-1', newRunId: null });
    await expect(messagesSentTo(api, id)).resolves.toEqual([{ id: 'm-1', action: 'redirect', ...message }]);
  });

  it('names the new run; Temporal’s own cancel request follows the receipt', async () => {
    const id = await openRun(patient);
    const answering = patient.post<Said>(`/runs/${id}/redirect`, TASK);
    await hints.next(id);
    await expect(receivedBy(id)).resolves.toEqual(['signal']);
    await projectMessage(patient.database, id, 'm-1', RECEIPT);
    await until(async () => (await receivedBy(id)).length === 2);
    await linkTo(id, 'w-r0123456789');
    await expect(answering).resolves.toMatchObject({
      status: 200,
      body: {
        actionTaken: 'Redirected: new run w-r0123456789',
        newRunId: 'w-r0123456789',
        message: { seq: 1 },
      },
    });
    await expect(receivedBy(id)).resolves.toEqual(['signal', `redirected to: ${TASK.task}`]);
  });

  it('that the run comes to late is followed by the request all the same', async () => {
    const id = await openRun(api);
    await expect(api.post(`/runs/${id}/redirect`, TASK)).resolves.toMatchObject({ status: 202 });
    await expect(receivedBy(id)).resolves.toEqual(['signal']);
    await projectMessage(api.database, id, 'm-1', RECEIPT);
    await until(async () => (await receivedBy(id)).length === 2);
  });

  it('that the run refuses cancels nothing', async () => {
    const id = await openRun(patient);
    const answering = patient.post(`/runs/${id}/redirect`, TASK);
    await hints.next(id);
    const reason = 'it cannot begin with step "code"';
    await projectMessage(patient.database, id, 'm-1', {
      ...RECEIPT,
      status: 'ignored',
      code: 'refused',
      reason,
    });
    await expect(answering).resolves.toMatchObject({
      status: 409,
      body: { code: 'command_refused', reason },
    });
    await expect(receivedBy(id)).resolves.toEqual(['signal']);
  });

  it('that was left half done is finished by its retry', async () => {
    const id = await openRun(api);
    await projectMessage(api.database, id, 'm-1', RECEIPT);
    await api.database.query(sql`update workflow_runs set cancel_requested_at = now() where id = ${id}`);
    await expect(api.post(`/runs/${id}/redirect`, TASK)).resolves.toMatchObject({
      status: 200,
      body: { actionTaken: expect.stringContaining('being redirected'), newRunId: null },
    });
    await expect(receivedBy(id)).resolves.toEqual([`redirected to: ${TASK.task}`]);
  });

  it('tried again after the run has gone on, cancels nothing', async () => {
    const id = await openRun(api);
    await projectMessage(api.database, id, 'm-1', RECEIPT);
    await expect(api.post(`/runs/${id}/redirect`, TASK)).resolves.toMatchObject({ status: 200 });
    await expect(receivedBy(id)).resolves.toEqual([]);
  });

  it('with other words under the same id is refused', async () => {
    const id = await openRun(api);
    await projectMessage(api.database, id, 'm-1', RECEIPT);
    const answer = await api.post(`/runs/${id}/redirect`, { ...TASK, task: 'a menu' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'message_id_reused' } });
  });

  it('hands large inputs over by reference', async () => {
    const published = await api.publish(
      'name: placed\nversion: 1.0.0\ninputs: {text: {type: string}}\nsteps: [{key: a, transform: "{{text}}"}]\n',
    );
    const id = await openRun(api);
    const { version, hash } = published.body as unknown as { version: string; hash: string };
    await api.database.query(
      sql`update workflow_runs set workflow = 'placed', version = ${version}, plan_hash = ${hash} where id = ${id}`,
    );
    await api.post(`/runs/${id}/redirect`, { ...TASK, inputs: { text: 'x'.repeat(100_000) } });
    const [sent] = await messagesSentTo<{ inputs: { text: BlobRef } }>(api, id);
    expect(sent?.inputs.text).toMatchObject({ $blob: expect.stringMatching(/./), bytes: 100_002 });
  });
});
