import { defaultPayloadConverter } from '@temporalio/common';
import { beforeAll, describe, expect, it } from 'vitest';
import { CommandAnswer } from '../../src/contract/command.ts';
import { sql } from '../../src/database/sql.ts';
import { runId, until } from '../support/index.ts';
import { hintsOf, openRun, projectMessage, projectRun, startApi, type Api } from './harness.ts';

/** Does not wait long for the projector. */
let api: Api;
/** Waits for it as in production. */
let patient: Api;
let hints: Awaited<ReturnType<typeof hintsOf>>;
beforeAll(async () => {
  [api, patient] = [await startApi(50), await startApi()];
  hints = await hintsOf(patient.database);
});

/** Signals and cancel requests in the order in which Temporal has them. */
async function receivedBy(id: string): Promise<unknown[]> {
  const { events } = await api.temporal.workflow.getHandle(id).fetchHistory();
  return (events ?? []).flatMap((event) => {
    const signal = event.workflowExecutionSignaledEventAttributes;
    const cancel = event.workflowExecutionCancelRequestedEventAttributes;
    const payload = signal?.input?.payloads?.[0];
    if (payload != null)
      return [{ [signal?.signalName ?? '']: defaultPayloadConverter.fromPayload(payload) }];
    return cancel == null ? [] : [{ cancel: cancel.cause }];
  });
}

describe('a command', () => {
  it('is taken when the run does not come to it in time', async () => {
    const id = await openRun(api);
    const body = { reason: 'lunch', timeout: '1h30m', on_timeout: 'cancel', by: 'ada', id: 'm-1' };
    const answer = await api.post(`/runs/${id}/pause`, body);
    expect(answer.status).toBe(202);
    expect(CommandAnswer.strict().parse(answer.body)).toMatchObject({
      id,
      status: 'running',
      message_id: 'm-1',
    });
    const message = { id: 'm-1', action: 'pause', mode: 'after_turn', reason: 'lunch', by: 'ada' };
    await expect(receivedBy(id)).resolves.toEqual([
      { messages: { messages: [{ ...message, timeout_ms: 5_400_000, on_timeout: 'cancel' }] } },
    ]);
  });

  it('needs no body, and gets an id', async () => {
    const id = await openRun(api);
    const answers = await Promise.all(
      ['pause', 'unpause', 'resume'].map((verb) => api.post(`/runs/${id}/${verb}`)),
    );
    expect(answers.map((answer) => answer.status)).toEqual([202, 202, 202]);
    const [first] = answers;
    expect(first?.body).toMatchObject({ message_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  it('is done when its receipt says so', async () => {
    const id = await openRun(patient);
    const answering = patient.post(`/runs/${id}/pause`, { id: 'm-1' });
    await hints.next(id);
    await projectRun(patient.database, id, { status: 'paused' });
    await projectMessage(patient.database, id, 'm-1');
    await expect(answering).resolves.toMatchObject({
      status: 200,
      body: { status: 'paused', message_id: 'm-1' },
    });
  });

  it('is refused when its receipt says so, with the reason', async () => {
    const id = await openRun(patient);
    const answering = patient.post(`/runs/${id}/resume`, { id: 'm-1' });
    await hints.next(id);
    await projectMessage(patient.database, id, 'm-1', {
      action: 'resume',
      status: 'ignored',
      reason: 'the run is not paused',
      code: 'refused',
    });
    const answer = await answering;
    expect(answer).toMatchObject({
      status: 409,
      body: {
        code: 'command_refused',
        message_id: 'm-1',
        reason: 'the run is not paused',
        ignored_code: 'refused',
      },
    });
    expect(answer.body.detail).toContain('the run is not paused');
  });

  it('counts once: a retry with its id gets the first answer and sends nothing', async () => {
    const id = await openRun(api);
    await api.post(`/runs/${id}/pause`, { id: 'm-1' });
    await projectMessage(api.database, id, 'm-1');
    await projectMessage(api.database, id, 'm-1', { status: 'ignored', reason: 'came twice' });
    await projectRun(api.database, id, { status: 'completed' });
    const again = await api.post(`/runs/${id}/pause`, { id: 'm-1' });
    expect(again).toMatchObject({ status: 200, body: { status: 'completed' } });
    await expect(receivedBy(id)).resolves.toHaveLength(1);
  });

  it('comes to a run that has no row yet', async () => {
    const id = runId('commanded');
    await api.temporal.workflow.start('w', { workflowId: id, taskQueue: api.queue, args: [] });
    await expect(api.post(`/runs/${id}/pause`, {})).resolves.toMatchObject({
      status: 202,
      body: { status: 'pending' },
    });
  });

  it.each(['after_turn', 'now'])('may pause %s', async (mode) => {
    const id = await openRun(api);
    await api.post(`/runs/${id}/pause`, { mode, id: 'm-1' });
    await expect(receivedBy(id)).resolves.toEqual([
      { messages: { messages: [{ id: 'm-1', action: 'pause', mode }] } },
    ]);
  });

  it('tells how far a pause is', async () => {
    const id = await openRun(patient);
    const pause = {
      mode: 'after_turn',
      by: 'ada',
      busy: 3,
      drained: 1,
      ends_at: '2026-11-21T11:00:00+01:00',
      on_timeout: 'resume',
    };
    const answering = patient.post(`/runs/${id}/pause`, { id: 'm-1' });
    await hints.next(id);
    await patient.database.query(
      sql`update workflow_runs set is_paused = true, pause = ${JSON.stringify(pause)}::jsonb where id = ${id}`,
    );
    await projectMessage(patient.database, id, 'm-1');
    const { body } = await answering;
    expect(CommandAnswer.strict().parse(body).pause).toEqual({
      ...pause,
      ends_at: '2026-11-21T10:00:00.000Z',
    });
  });

  it.each([
    [{ mode: 'sometime' }, 'body.mode'],
    [{ timeout: 'soon' }, 'body.timeout'],
    [{ timeout: -1 }, 'body.timeout'],
    [{ timeout: '366d' }, 'body.timeout'],
    [{ reason: 'x'.repeat(16_385) }, 'body.reason'],
    [{ reason: 'nul \0' }, 'body.reason'],
    [{ reason: '\ud800' }, 'body.reason'],
    [{ id: '' }, 'body.id'],
    [{ raeson: 'typo' }, 'body'],
    ['text', 'body'],
  ])('with %j is refused before it is sent', async (body, path) => {
    const answer = await api.post('/runs/any/pause', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ path }] } });
  });
});

describe('a flood of commands', () => {
  it('reaches the run in few signals, and whole', async () => {
    const id = await openRun(api);
    const wanted = Array.from({ length: 120 }, (_, n) => `m-${n}`);
    const answers = await Promise.all(
      wanted.map((message) => api.post(`/runs/${id}/pause`, { id: message })),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
    const signals = (await receivedBy(id)) as { messages: { messages: { id: string }[] } }[];
    const arrived = signals.flatMap((signal) => signal.messages.messages.map((message) => message.id));
    expect(arrived.toSorted()).toEqual(wanted.toSorted());
    expect(signals.length).toBeLessThan(wanted.length / 2);
    expect(Math.max(...signals.map((signal) => signal.messages.messages.length))).toBeLessThanOrEqual(100);
  });
});

describe('cancel', () => {
  it('is a message and then Temporal’s own request, both with the reason', async () => {
    const id = await openRun(api);
    await expect(api.post(`/runs/${id}/cancel`, { reason: 'no more', id: 'm-1' })).resolves.toMatchObject({
      status: 202,
    });
    await expect(receivedBy(id)).resolves.toEqual([
      { messages: { messages: [{ action: 'cancel', reason: 'no more', id: 'm-1' }] } },
      { cancel: 'no more' },
    ]);
  });
});

describe('the longest reason', () => {
  it('passes, in pause and in cancel', async () => {
    const id = await openRun(api);
    const reason = '名'.repeat(16_384);
    for (const verb of ['pause', 'cancel']) {
      await expect(api.post(`/runs/${id}/${verb}`, { reason })).resolves.toMatchObject({ status: 202 });
    }
    await expect(receivedBy(id)).resolves.toHaveLength(3);
  });
});

describe('a run that takes no commands', () => {
  const audit = async (id: string): Promise<unknown[]> => {
    const { rows } = await api.database.query<object>(
      sql`select actor, action, outcome, detail from audit_log where run_id = ${id}`,
    );
    return rows;
  };

  it('because it has ended: the attempt is recorded', async () => {
    const id = runId('ended');
    await projectRun(api.database, id, { status: 'completed' });
    const answer = await api.post(`/runs/${id}/cancel`, { reason: 'late', by: 'ada', id: 'm-9' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'run_closed' } });
    await expect(audit(id)).resolves.toEqual([
      {
        actor: 'ada',
        action: 'cancel',
        outcome: 'run_closed',
        detail: { message_id: 'm-9', reason: 'late' },
      },
    ]);
  });

  it('because Temporal has ended it and the tables do not say so yet', async () => {
    const id = await openRun(api);
    await api.temporal.workflow.getHandle(id).terminate();
    await expect(api.post(`/runs/${id}/pause`)).resolves.toMatchObject({
      status: 409,
      body: { code: 'run_closed' },
    });
    await expect(audit(id)).resolves.toHaveLength(1);
  });

  it('because it ended before it ever had a row', async () => {
    const id = runId('commanded');
    const handle = await api.temporal.workflow.start('w', { workflowId: id, taskQueue: api.queue, args: [] });
    await handle.terminate();
    await expect(
      until(async () => {
        const answer = await api.post(`/runs/${id}/pause`);
        return answer.status === 409 && answer.body.code === 'run_closed';
      }),
    ).resolves.toBe(true);
  });

  it('because there is no such run', async () => {
    for (const verb of ['pause', 'unpause', 'resume', 'cancel']) {
      const answer = await api.post(`/runs/nobody/${verb}`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
    }
  });
});
