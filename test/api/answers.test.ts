/** Questions are answered in the thread too: by a message of action `answer`. */
import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../src/database/sql.ts';
import { messagesSentTo, openRun, projectMessage, projectQuestion, startApi, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi(50);
});

const COLOR = { type: 'object', required: ['color'], properties: { color: { enum: ['red', 'green'] } } };
const CALL = { id: 'c1', name: 'write_file', input: { value: { path: 'a.txt' } }, preview: 'a.txt' };

const answer = (id: string, body: object) =>
  api.post(`/runs/${id}/messages`, { action_type: 'answer', id: 'm-1', ...body });

describe('an answer in the thread', () => {
  it.each<[string, object, object, object]>([
    ['the content', {}, { content: 'yes, do' }, { answer: 'yes, do', reason: 'yes, do' }],
    [
      'the content as JSON, where the form wants more than a text',
      { form: COLOR },
      { content: '{"color": "red"}' },
      { answer: { color: 'red' }, reason: '{"color": "red"}' },
    ],
    [
      'the content as it is, where the form takes a text',
      { form: { type: 'string' } },
      { content: '{"color": "red"}' },
      { answer: '{"color": "red"}', reason: '{"color": "red"}' },
    ],
    [
      'a value of its own',
      { form: COLOR },
      { content: 'like grass', metadata: { answer: { color: 'green' } }, by: 'ada' },
      { answer: { color: 'green' }, reason: 'like grass', by: 'ada' },
    ],
    ['nothing at all, said on purpose', {}, { metadata: { answer: null } }, { answer: null }],
    [
      'a decision, with its reason',
      { kind: 'approval', call: CALL },
      { content: 'not there', metadata: { decision: 'reject' } },
      { decision: 'reject', reason: 'not there' },
    ],
  ])('is %s', async (_, question, body, sent) => {
    const id = await openRun(api);
    await projectQuestion(api.database, id, 'q0', { status: 'answered' });
    await projectQuestion(api.database, id, 'q1', question);
    await expect(answer(id, body)).resolves.toMatchObject({
      status: 202,
      body: { success: true, messageId: 'm-1', message: null },
    });
    await expect(messagesSentTo(api, id)).resolves.toEqual([
      { id: 'm-1', action: 'answer', question: 'q1', ...sent },
    ]);
  });

  it('says which question is meant when several are open', async () => {
    const id = await openRun(api);
    await projectQuestion(api.database, id, 'q1', { step: 'plan' });
    await projectQuestion(api.database, id, 'q2', { step: 'code' });
    const refused = await answer(id, { content: 'yes' });
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'question_ambiguous',
        questions: [
          { id: 'q1', step: 'plan', preview: 'Shall it?' },
          { id: 'q2', step: 'code', preview: 'Shall it?' },
        ],
      },
    });
    await answer(id, { content: 'yes', metadata: { question: 'q2' } });
    await expect(messagesSentTo(api, id)).resolves.toMatchObject([{ question: 'q2', answer: 'yes' }]);
  });

  it('that does not fit, or answers nothing, is not sent', async () => {
    const id = await openRun(api);
    const refusal = async (body: object) => {
      const { status, body: problem } = await answer(id, body);
      return [status, problem.code];
    };
    await expect(refusal({ content: 'yes' })).resolves.toEqual([404, 'question_not_found']);
    await projectQuestion(api.database, id, 'q1', { form: COLOR });
    await projectQuestion(api.database, id, 'q0', { status: 'expired' });
    await expect(refusal({ content: 'red' })).resolves.toEqual([400, 'answer_invalid']);
    await expect(refusal({ content: '{"color": "blue"}' })).resolves.toEqual([400, 'answer_invalid']);
    await expect(refusal({ content: ' ' })).resolves.toEqual([400, 'answer_invalid']);
    await expect(refusal({ content: 'x', metadata: { question: 'none' } })).resolves.toEqual([
      404,
      'question_not_found',
    ]);
    await expect(refusal({ content: 'x', metadata: { question: 'q0' } })).resolves.toEqual([
      409,
      'question_closed',
    ]);
    await expect(messagesSentTo(api, id)).resolves.toEqual([]);
  });

  it('counts once, though its question is closed by then', async () => {
    const id = await openRun(api);
    await projectQuestion(api.database, id, 'q1');
    await answer(id, { content: 'yes' });
    await projectMessage(api.database, id, 'm-1', {
      action: 'answer',
      content: 'yes',
      metadata: { question: 'q1' },
      says: { answer: 'yes' },
    });
    await api.database.query(sql`update workflow_questions set status = 'answered' where run_id = ${id}`);
    await expect(answer(id, { content: 'yes' })).resolves.toMatchObject({
      status: 200,
      body: { actionTaken: 'Question answered', message: { action_status: 'processed' } },
    });
    await expect(answer(id, { content: 'no' })).resolves.toMatchObject({
      status: 409,
      body: { code: 'message_id_reused' },
    });
    await expect(messagesSentTo(api, id)).resolves.toHaveLength(1);
  });
});
