import { beforeAll, describe, expect, it } from 'vitest';
import { Question } from '../../src/contract/question.ts';
import { storeBlob } from '../../src/database/blobs.ts';
import { sql } from '../../src/database/sql.ts';
import { runId } from '../support/index.ts';
import type { Page } from '../../src/contract/shared/common.ts';
import {
  messagesSentTo,
  projectMessage,
  projectQuestion,
  projectRun,
  startApi,
  type Api,
} from './harness.ts';

const FORM = {
  type: 'object',
  required: ['color'],
  properties: { color: { enum: ['red', 'green'] }, count: { type: 'integer' } },
  additionalProperties: false,
};
const APPROVAL = {
  type: 'object',
  required: ['approved'],
  properties: { approved: { type: 'boolean' }, comment: { type: 'string' } },
};
const CALL = { id: 'c1', name: 'write_file', input: { value: { path: 'a.txt' } }, preview: 'a.txt' };

let api: Api;
beforeAll(async () => {
  api = await startApi(50);
});

async function openRun(workflow = 'w'): Promise<string> {
  const id = runId('asking');
  await api.temporal.workflow.start('w', { workflowId: id, taskQueue: api.queue, args: [] });
  await projectRun(api.database, id, { workflow });
  return id;
}

const sentTo = (id: string) => messagesSentTo(api, id);

const questions = async (path: string) => {
  const { body } = await api.get<Page<Question>>(path);
  return body.items.map((question) => Question.strict().parse(question));
};

describe('questions', () => {
  it('of all runs: the open ones, oldest first, in pages', async () => {
    const workflow = runId('w');
    const [one, other] = [await openRun(workflow), await openRun(workflow)];
    await projectQuestion(api.database, one, 'late', { askedAt: '2026-11-21T12:00:00Z' });
    await projectQuestion(api.database, other, 'early', {
      askedAt: '2026-11-21T11:00:00Z',
      kind: 'approval',
      call: CALL,
    });
    await projectQuestion(api.database, one, 'same', { askedAt: '2026-11-21T12:00:00Z' });
    await projectQuestion(api.database, one, 'over', { status: 'answered' });
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const path = `/questions?workflow=${workflow}&limit=1${cursor}`;
      const { body } = await api.get<Page<Question>>(path);
      seen.push(...body.items.map((question) => question.id));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(seen).toEqual(['early', 'late', 'same']);
    const [approval] = await questions(`/questions?workflow=${workflow}&kind=approval`);
    expect(approval).toMatchObject({
      run_id: other,
      workflow,
      id: 'early',
      status: 'open',
      prompt: 'Shall it?',
      call: { name: 'write_file', input: { path: 'a.txt' } },
      asked_at: '2026-11-21T11:00:00.000Z',
      expires_at: null,
    });
    await expect(questions(`/questions?workflow=${workflow}&status=answered,open`)).resolves.toHaveLength(4);
    await expect(questions(`/questions?run=${other}`)).resolves.toHaveLength(1);
    await expect(questions(`/questions?workflow=${workflow}&step=none`)).resolves.toHaveLength(0);
  });

  it('of one run: the closed ones too', async () => {
    const id = await openRun();
    await projectQuestion(api.database, id, 'q1', { status: 'expired' });
    await projectQuestion(api.database, id, 'q2');
    const ids = (await questions(`/runs/${id}/questions`)).map((question) => question.id);
    expect(ids).toEqual(['q1', 'q2']);
    await expect(questions(`/runs/${id}/questions?status=open`)).resolves.toHaveLength(1);
    await expect(api.get(`/runs/${runId()}/questions`)).resolves.toMatchObject({
      status: 404,
      body: { code: 'run_not_found' },
    });
    await expect(api.get('/questions?status=sometimes')).resolves.toMatchObject({
      status: 400,
      body: { errors: [{ path: 'query.status.0' }] },
    });
  });

  it('have prompt and arguments whole, also where these are stored apart; very large ones as references', async () => {
    const id = await openRun();
    const [prompt, input] = ['p'.repeat(2_000), { text: 'i'.repeat(2_000) }];
    const stored = async (value: unknown) => storeBlob(api.database, JSON.stringify(value));
    const large = await stored('x'.repeat(300_000));
    await projectQuestion(api.database, id, 'q1', {
      kind: 'approval',
      prompt: { ref: await stored(prompt) },
      call: { ...CALL, input: { ref: await stored(input) } },
    });
    await projectQuestion(api.database, id, 'q2', { prompt: { ref: large } });
    const [q1, q2] = await questions(`/runs/${id}/questions`);
    expect(q1).toMatchObject({ prompt, call: { input } });
    expect(q2?.prompt).toEqual(large);
  });
});

describe('an answer', () => {
  it('that fits is sent, and done when its receipt says so', async () => {
    const id = await openRun();
    await projectQuestion(api.database, id, 'q1', { form: FORM });
    const body = { question: 'q1', answer: { color: 'red' }, by: 'ada', id: 'm-1' };
    await expect(api.post(`/runs/${id}/answers`, body)).resolves.toMatchObject({
      status: 202,
      body: { id, message_id: 'm-1' },
    });
    await expect(sentTo(id)).resolves.toEqual([
      { id: 'm-1', action: 'answer', question: 'q1', answer: { color: 'red' }, by: 'ada' },
    ]);

    await projectMessage(api.database, id, 'm-1', {
      action: 'answer',
      by: 'ada',
      metadata: { question: 'q1' },
      says: { answer: { color: 'red' } },
    });
    await api.database.query(sql`update workflow_questions set status = 'answered' where run_id = ${id}`);
    await expect(api.post(`/runs/${id}/answers`, body)).resolves.toMatchObject({ status: 200 });
    await expect(sentTo(id)).resolves.toHaveLength(1);
    const late = await api.post(`/runs/${id}/answers`, { ...body, id: 'm-2' });
    expect(late).toMatchObject({ status: 409, body: { code: 'question_closed' } });
    expect(late.body.detail).toContain('answered');
  });

  it('that the run refuses is told with the reason', async () => {
    const id = await openRun();
    await projectQuestion(api.database, id, 'q1');
    await projectMessage(api.database, id, 'm-1', {
      action: 'answer',
      status: 'ignored',
      reason: 'ada is no approver',
      metadata: { question: 'q1' },
      says: { answer: 'yes' },
    });
    const answer = await api.post(`/runs/${id}/answers`, { question: 'q1', answer: 'yes', id: 'm-1' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'command_refused' } });
    expect(answer.body.detail).toContain('ada is no approver');
  });

  it.each([
    ['yes', { decision: 'approve' }, { decision: 'approve' }],
    ['no, with a reason', { decision: 'reject', reason: 'no' }, { decision: 'reject', reason: 'no' }],
    [
      'yes with other arguments',
      { decision: 'edit', answer: { path: 'b' } },
      { decision: 'edit', answer: { path: 'b' } },
    ],
  ])('to a tool’s call: %s', async (_, given, sent) => {
    const id = await openRun();
    await projectQuestion(api.database, id, 'q1', { kind: 'approval', call: CALL });
    await expect(api.post(`/runs/${id}/answers`, { question: 'q1', ...given })).resolves.toMatchObject({
      status: 202,
    });
    await expect(sentTo(id)).resolves.toMatchObject([{ action: 'answer', question: 'q1', ...sent }]);
  });

  it('by decision alone is what the form of an approval wants', async () => {
    const id = await openRun();
    await projectQuestion(api.database, id, 'q1', { form: APPROVAL });
    await api.post(`/runs/${id}/answers`, { question: 'q1', decision: 'reject', reason: 'too large' });
    await expect(sentTo(id)).resolves.toMatchObject([
      { action: 'answer', answer: { approved: false, comment: 'too large' } },
    ]);
  });

  it.each<[string, { kind?: string; form?: unknown; call?: unknown }, object, string]>([
    ['lacks a member', { form: FORM }, { answer: {} }, 'body.answer'],
    ['has another type', { form: FORM }, { answer: { color: 'red', count: 'x' } }, 'body.answer.count'],
    ['has another value', { form: FORM }, { answer: { color: 'blue' } }, 'body.answer.color'],
    ['is missing', { form: FORM }, {}, 'body.answer'],
    ['is a decision where a value is asked for', { form: FORM }, { decision: 'approve' }, 'body.decision'],
    ['is both', { form: APPROVAL }, { decision: 'approve', answer: { approved: false } }, 'body.decision'],
    ['to a call has no decision', { kind: 'approval', call: CALL }, { answer: {} }, 'body.decision'],
    ['edits without arguments', { kind: 'approval', call: CALL }, { decision: 'edit' }, 'body.answer'],
    ['is very large', {}, { answer: 'x'.repeat(65_536) }, 'body.answer'],
    ['edits with a text', { kind: 'approval', call: CALL }, { decision: 'edit', answer: 'x' }, 'body.answer'],
  ])('that %s is refused before it is sent', async (_, question, given, path) => {
    const id = await openRun();
    await projectQuestion(api.database, id, 'q1', question);
    const answer = await api.post(`/runs/${id}/answers`, { question: 'q1', ...given });
    expect(answer).toMatchObject({ status: 400, body: { code: 'answer_invalid' } });
    expect(answer.body.errors.map((error) => error.path)).toContain(path);
    await expect(sentTo(id)).resolves.toEqual([]);
  });

  it('to nothing is refused: no such question, no such run, no question named, a run that has ended', async () => {
    const id = await openRun();
    const to = async (run: string, body: object) => {
      const answer = await api.post(`/runs/${run}/answers`, body);
      return [answer.status, answer.body.code];
    };
    await expect(to(id, { question: 'none', answer: 1 })).resolves.toEqual([404, 'question_not_found']);
    await expect(to(runId(), { question: 'q', answer: 1 })).resolves.toEqual([404, 'run_not_found']);
    await expect(to(id, { answer: 1 })).resolves.toEqual([400, 'invalid_request']);
    await expect(to(id, { question: 'q', decision: 'maybe' })).resolves.toEqual([400, 'invalid_request']);
    await projectQuestion(api.database, id, 'q1');
    await projectRun(api.database, id, { status: 'terminated' });
    await expect(to(id, { question: 'q1', answer: 'yes' })).resolves.toEqual([409, 'run_closed']);
  });
});
