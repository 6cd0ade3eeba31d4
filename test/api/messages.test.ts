import { beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { CommandAnswer } from '../../src/contract/command.ts';
import { MessageAnswer, RunMessage, Thread } from '../../src/contract/message.ts';
import { sql } from '../../src/database/sql.ts';
import { runId } from '../support/index.ts';
import type { Page } from '../../src/contract/shared/common.ts';
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

/** Does not wait long for the projector. */
let api: Api;
/** Waits for it as in production. */
let patient: Api;
let hints: Started['hints'];
beforeAll(async () => {
  ({ api, patient, hints } = await startBoth());
});

type Said = z.output<typeof MessageAnswer>;

/** What a message is answered when the run has come to it meanwhile. */
async function receive(body: { readonly action_type?: string }, receipt: MessageOptions, run = '') {
  const id = await openRun(patient);
  const answering = patient.post<Said>(`/runs/${id}/messages`, { ...body, id: 'm-1' });
  await hints.next(id);
  if (run !== '') {
    await patient.database.query(
      sql`update workflow_runs set is_paused = true, pause = ${run}::jsonb where id = ${id}`,
    );
  }
  const action = body.action_type ?? 'comment';
  await projectMessage(patient.database, id, 'm-1', { action, ...body, ...receipt });
  return { id, answer: await answering };
}

describe('a message', () => {
  it.each([
    [{ content: 'a note' }, { action: 'comment', content: 'a note' }],
    [
      { content: 'for code', action_type: 'comment', target: 'code', by: 'ada' },
      { action: 'comment', content: 'for code', target: 'code', by: 'ada' },
    ],
    [
      { content: 'Note', metadata: { additionalContext: 'JWT in cookies' } },
      { action: 'instruction', content: 'Note', context: 'JWT in cookies' },
    ],
    [
      {
        content: 'now',
        action_type: 'instruction',
        target: 'code',
        delivery: 'interrupt',
        expires: '10m',
        replaces: 'm-0',
        metadata: { additionalContext: ' ' },
      },
      {
        action: 'instruction',
        content: 'now',
        target: 'code',
        delivery: 'interrupt',
        expires_ms: 600_000,
        replaces: 'm-0',
      },
    ],
    [
      { content: 'wait', action_type: 'pause', mode: 'now', timeout: '1h', on_timeout: 'cancel' },
      { action: 'pause', content: 'wait', mode: 'now', timeout_ms: 3_600_000, on_timeout: 'cancel' },
    ],
    [
      { action_type: 'pause', content: ' \n', timeout: 0 },
      { action: 'pause', mode: 'after_turn', timeout_ms: 0 },
    ],
    [
      { action_type: 'resume', content: 'go', target: 'plan', metadata: { additionalContext: 'new rules' } },
      { action: 'resume', content: 'go', target: 'plan', context: 'new rules' },
    ],
    [
      { action_type: 'cancel', content: 'no more' },
      { action: 'cancel', content: 'no more' },
    ],
    [
      {
        action_type: 'redirect',
        content: 'another way',
        metadata: {
          newTaskDescription: 'a dropdown',
          skipToAgent: 'code',
          additionalContext: 'as on the home page',
          inputs: { size: 3 },
        },
      },
      {
        action: 'redirect',
        content: 'another way',
        task: 'a dropdown',
        skip_to: 'code',
        context: 'as on the home page',
        inputs: { size: 3 },
      },
    ],
    [
      { action_type: 'redirect', content: 'a dropdown' },
      { action: 'redirect', content: 'a dropdown' },
    ],
  ])('%j travels as what it means', async (body, message) => {
    const id = await openRun(api);
    const answer = await api.post<Said>(`/runs/${id}/messages`, { ...body, id: 'm-1' });
    expect(answer.status).toBe(202);
    expect(MessageAnswer.strict().parse(answer.body)).toMatchObject({
      success: true,
      messageId: 'm-1',
      message: null,
      run_id: id,
      actionTaken: expect.stringMatching(/was taken; the run has not come to it yet/),
    });
    await expect(messagesSentTo(api, id)).resolves.toEqual([{ id: 'm-1', ...message }]);
  });

  const PAUSE = { mode: 'after_turn', by: null, ends_at: null, on_timeout: 'resume' };
  const reader = (status: string) => ({
    ...{ step: 'build', agent: 'code', attempt: 1, turn: 3, status, at: '2026-11-21T10:00:01Z' },
  });
  it.each<[object, MessageOptions, string, string?]>([
    [{ content: 'hi' }, {}, 'Comment added to the thread'],
    [
      { action_type: 'instruction', content: 'x', target: 'code' },
      { status: 'pending', metadata: { target: 'code' } },
      'Instruction waits for agent code',
    ],
    [
      { action_type: 'instruction', content: 'x' },
      { status: 'pending' },
      'Instruction waits for the agents at work',
    ],
    [
      { action_type: 'instruction', content: 'x' },
      { status: 'acknowledged', readers: [reader('acknowledged')] },
      'Instruction is being read by code',
    ],
    [
      { action_type: 'instruction', content: 'x' },
      { readers: [reader('processed'), { ...reader('processed'), agent: null }] },
      'Instruction was read by code, build',
    ],
    [
      { action_type: 'pause' },
      {},
      'Run is pausing: 1 of 3 steps drained',
      JSON.stringify({ ...PAUSE, busy: 3, drained: 1 }),
    ],
    [{ action_type: 'pause' }, {}, 'Run is paused', JSON.stringify({ ...PAUSE, busy: 1, drained: 1 })],
    [{ action_type: 'resume' }, {}, 'Run resumed'],
    [
      { action_type: 'resume', metadata: { additionalContext: 'c' } },
      { status: 'pending', metadata: { context: 'c' } },
      'Run resumed; the message waits for the agents at work',
    ],
    [{ action_type: 'cancel' }, {}, 'Run is being cancelled'],
  ])('%j with receipt %j is answered by it: %s', async (body, receipt, words, pause) => {
    const { id, answer } = await receive(body, receipt, pause);
    expect(answer.status).toBe(200);
    const { status = 'processed' } = receipt;
    expect(MessageAnswer.strict().parse(answer.body)).toMatchObject({
      actionTaken: words,
      message: { run_id: id, seq: 1, message_id: 'm-1', action_status: status },
    });
  });

  it('that the run ignores is refused with the reason, for people and for programs', async () => {
    const receipt = { status: 'ignored', code: 'unknown_target', reason: 'there is no agent "nobody"' };
    const body = { action_type: 'instruction', content: 'x', target: 'nobody' };
    const { answer } = await receive(body, { ...receipt, metadata: { target: 'nobody' } });
    expect(answer).toMatchObject({
      status: 409,
      body: {
        code: 'command_refused',
        reason: receipt.reason,
        ignored_code: 'unknown_target',
        message_id: 'm-1',
      },
    });
  });

  it('that the run ended before reading is refused as too late', async () => {
    const receipt = { status: 'ignored', code: 'run_closed', reason: 'the run had ended' };
    const { answer } = await receive({ action_type: 'pause' }, receipt);
    expect(answer).toMatchObject({ status: 409, body: { code: 'run_closed', ignored_code: 'run_closed' } });
  });

  it('gets its receipt though hundreds wait for theirs', async () => {
    const id = await openRun(patient);
    const numbers = Array.from({ length: 300 }, (_, n) => n);
    const post = (n: number) =>
      patient.post<Said>(`/runs/${id}/messages`, { content: `number ${n}`, id: `m-${n}` });
    const project = async () => {
      await hints.next(id);
      await patient.database.query(sql`
        insert into workflow_messages (run_id, seq, message_id, message_type, action_type, action_status, content,
                                       created_at, updated_seq)
        select ${id}, 1000 - n, 'm-' || n, 'user', 'comment', 'processed', 'number ' || n, now(), 1000 - n
        from generate_series(0, 299) n`);
      await projectRun(patient.database, id);
    };
    // Together, so that none fails while nobody looks: that would end the whole test run with an error of no test.
    const [answers] = await Promise.all([Promise.all(numbers.map(post)), project()]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers.map(({ body }) => body.message?.content)).toEqual(numbers.map((n) => `number ${n}`));
  });
});

describe('a message id', () => {
  const said = { action_type: 'instruction', content: 'x', target: 'code', by: 'ada', id: 'm-1' };
  const row = {
    action: 'instruction',
    status: 'pending',
    content: 'x',
    by: 'ada',
    metadata: { target: 'code' },
  };

  it('used again for the same gets the first answer, and nothing is sent', async () => {
    const id = await openRun(api);
    await projectMessage(api.database, id, 'm-1', row);
    await projectMessage(api.database, id, 'm-1', { ...row, status: 'ignored', code: 'id_reused' });
    await projectRun(api.database, id, { status: 'completed' });
    await expect(api.post(`/runs/${id}/messages`, { ...said, delivery: 'next_turn' })).resolves.toMatchObject(
      {
        status: 200,
        body: { actionTaken: 'Instruction waits for agent code', message: { seq: 1 } },
      },
    );
    await expect(messagesSentTo(api, id)).resolves.toEqual([]);
  });

  it.each([
    { content: 'y' },
    { target: 'plan' },
    { action_type: 'comment' },
    { delivery: 'interrupt' },
    { metadata: { additionalContext: 'more' } },
    { replaces: 'm-0' },
    { expires: '1m' },
    { by: 'bob' },
  ])('used again with %j is refused', async (other) => {
    const id = await openRun(api);
    await projectMessage(api.database, id, 'm-1', row);
    await expect(api.post(`/runs/${id}/messages`, { ...said, ...other })).resolves.toMatchObject({
      status: 409,
      body: { code: 'message_id_reused', message_id: 'm-1' },
    });
    await expect(messagesSentTo(api, id)).resolves.toEqual([]);
  });

  it('used twice at once is told from what the run made of it', async () => {
    const id = await openRun(patient);
    const post = (content: string) => patient.post(`/runs/${id}/messages`, { content, id: 'm-1' });
    const answering = [post('one'), post('other')];
    await hints.next(id);
    await projectMessage(patient.database, id, 'm-1', { action: 'comment', content: 'other' });
    const answers = await Promise.all(answering);
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'message_id_reused'],
      [200, undefined],
    ]);
  });

  it('of a comment is not that of a pause', async () => {
    const id = await openRun(api);
    await projectMessage(api.database, id, 'm-1', { action: 'comment', content: 'hi' });
    await expect(api.post(`/runs/${id}/pause`, { id: 'm-1', reason: 'hi' })).resolves.toMatchObject({
      status: 409,
      body: { code: 'message_id_reused' },
    });
    const { rows } = await api.database.query<object>(
      sql`select action, outcome, detail from audit_log where run_id = ${id}`,
    );
    expect(rows).toMatchObject([{ action: 'pause', outcome: 'id_reused', detail: { message_id: 'm-1' } }]);
  });
});

describe('the thread', () => {
  const fill = async (): Promise<string> => {
    const id = await openRun(api);
    const add = (messageId: string | null, options: MessageOptions) =>
      projectMessage(api.database, id, messageId, options);
    await add('m-1', { action: 'instruction', status: 'pending', content: 'x', by: 'ada' });
    await add(null, { type: 'agent', action: 'comment', content: 'Reading', step: 'plan', agent: 'plan' });
    await add('2', { action: 'pause', by: 'bob', metadata: { mode: 'now' } });
    await add('m-4', { action: 'instruction', status: 'ignored', code: 'expired', by: 'ada' });
    return id;
  };

  it('is chosen by type, action, status, step and author', async () => {
    const id = await fill();
    const seqs = async (query: string) => {
      const { body } = await api.get<Page<RunMessage>>(`/runs/${id}/messages?${query}`);
      return body.items.map((message) => RunMessage.strict().parse(message).seq);
    };
    await expect(seqs('')).resolves.toEqual([1, 2, 3, 4]);
    await expect(seqs('action_type=instruction,pause')).resolves.toEqual([1, 3, 4]);
    await expect(seqs('action_status=pending,ignored')).resolves.toEqual([1, 4]);
    await expect(seqs('author=ada&action_status=ignored')).resolves.toEqual([4]);
    await expect(seqs('message_type=agent&step=plan')).resolves.toEqual([2]);
    await expect(seqs('after=1&limit=2&message_type=user')).resolves.toEqual([3, 4]);
    await expect(api.get(`/runs/${id}/messages?action_status=done`)).resolves.toMatchObject({ status: 400 });
  });

  it('gives one message by its id, else by its seq', async () => {
    const id = await fill();
    const get = (which: string) => api.get<RunMessage>(`/runs/${id}/messages/${which}`);
    const { body } = await get('m-4');
    expect(RunMessage.strict().parse(body)).toMatchObject({ seq: 4, reason_code: 'expired', updated_seq: 4 });
    await expect(get('1')).resolves.toMatchObject({ status: 200, body: { message_id: 'm-1' } });
    await expect(get('2')).resolves.toMatchObject({ body: { seq: 3, metadata: { mode: 'now' } } });
    await expect(get('none')).resolves.toMatchObject({ status: 404, body: { code: 'message_not_found' } });
    await expect(api.get(`/runs/${runId()}/messages/1`)).resolves.toMatchObject({
      status: 404,
      body: { code: 'run_not_found' },
    });
  });
});

describe('the routes under /api/workflows', () => {
  // The harness adds `/api/v1`.
  const at = (id: string, path: string) => `/../workflows/${id}/${path}`;

  it('list the thread in their own form', async () => {
    const id = await openRun(api);
    await projectMessage(api.database, id, null, {
      type: 'agent',
      action: 'comment',
      content: 'Reading file: package.json',
      agent: 'plan',
      metadata: { files: 1, context: 'c', task: 't', skip_to: 'code' },
    });
    await projectMessage(api.database, id, 'm-1', { action: 'pause', content: 'Please pause' });
    const { status, body } = await api.get(at(id, 'messages?limit=1'));
    expect(status).toBe(200);
    expect(Thread.strict().parse(body)).toMatchObject({
      messages: [
        {
          id: 1,
          workflow_id: id,
          message_type: 'agent',
          agent_type: 'plan',
          content: 'Reading file: package.json',
          action_type: 'comment',
          action_status: 'processed',
          created_at: '2026-11-21T10:00:00.000Z',
          metadata: { files: 1, additionalContext: 'c', newTaskDescription: 't', skipToAgent: 'code' },
        },
      ],
      next_cursor: '1',
    });
    const rest = await api.get<z.output<typeof Thread>>(at(id, 'messages?after=1'));
    expect(rest.body).toMatchObject({ messages: [{ id: 2, message_id: 'm-1' }], next_cursor: null });
    await expect(api.get(at(runId(), 'messages'))).resolves.toMatchObject({ status: 404 });
  });

  it('take messages, pauses and their end', async () => {
    const id = await openRun(api);
    const body = {
      content: 'Actually, a dropdown',
      action_type: 'redirect',
      metadata: { skipToAgent: 'code' },
    };
    const answer = await api.post<Said>(at(id, 'messages'), body);
    expect(answer).toMatchObject({
      status: 202,
      body: {
        success: true,
        messageId: null,
        message_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        workflow_id: id,
        newRunId: null,
      },
    });
    const paused = await api.post(at(id, 'pause'), { reason: 'lunch', mode: 'now' });
    expect(CommandAnswer.strict().parse(paused.body)).toMatchObject({ id, pause: null });
    await expect(api.post(at(id, 'unpause'))).resolves.toMatchObject({ status: 202 });
    await expect(messagesSentTo(api, id)).resolves.toMatchObject([
      { action: 'redirect', content: 'Actually, a dropdown', skip_to: 'code' },
      { action: 'pause', reason: 'lunch', mode: 'now' },
      { action: 'resume' },
    ]);
  });
});
