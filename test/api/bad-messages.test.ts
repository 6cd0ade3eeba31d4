/** What is wrong with a message is told before anything is sent: the run is unharmed, whatever comes. */
import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../src/database/sql.ts';
import { runId } from '../support/index.ts';
import { messagesSentTo, openRun, projectRun, startApi, type Api } from './harness.ts';

let api: Api;
let id: string;
beforeAll(async () => {
  api = await startApi(50);
  id = await openRun(api);
});

interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly path: string }[];
}

/** Posts bytes as they are. */
async function post(path: string, body: string | Uint8Array, type = 'application/json') {
  const init = { method: 'POST', headers: { 'content-type': type }, body };
  const response = await fetch(`${api.url}/api${path}`, init);
  return { status: response.status, body: (await response.json()) as Refusal };
}

/** Of `/api/v1` and of the routes under `/api/workflows`. */
const MOUNTS = ['/v1/runs', '/workflows'] as const;

const long = (chars: number) => 'x'.repeat(chars);
const instruction = { action_type: 'instruction', content: 'x' };
const redirect = { action_type: 'redirect', content: 'x' };

describe.each(MOUNTS)('to %s/:id/messages', (mount) => {
  it.each<[string, unknown, string]>([
    ['nothing', {}, 'body.content'],
    ['an empty comment', { content: '' }, 'body.content'],
    ['a blank comment', { content: ' \t\n\u00a0' }, 'body.content'],
    ['a blank instruction', { ...instruction, content: ' ' }, 'body.content'],
    ['a blank comment with context', { content: ' ', metadata: { additionalContext: 'c' } }, 'body.content'],
    ['a redirect to nothing', { ...redirect, content: '' }, 'body.content'],
    ['content that is no text', { content: 7 }, 'body.content'],
    ['NUL', { content: 'a\0b' }, 'body.content'],
    ['half a surrogate pair', { content: '\ud83d' }, 'body.content'],
    [
      'NUL in the context',
      { ...instruction, metadata: { additionalContext: '\0' } },
      'body.metadata.additionalContext',
    ],
    ['an unknown action', { content: 'x', action_type: 'explode' }, 'body.action_type'],
    ['a withdrawal', { content: 'x', action_type: 'withdraw' }, 'body.action_type'],
    ['an unknown delivery', { ...instruction, delivery: 'soon' }, 'body.delivery'],
    ['an instruction that has expired', { ...instruction, expires: 0 }, 'body.expires'],
    ['one that expires after years', { ...instruction, expires: '1000d' }, 'body.expires'],
    ['an unknown mode', { action_type: 'pause', mode: 'never' }, 'body.mode'],
    ['a pause of two years', { action_type: 'pause', timeout: '730d' }, 'body.timeout'],
    ['a pause with a delivery', { action_type: 'pause', delivery: 'interrupt' }, 'body.delivery'],
    ['a comment that interrupts', { content: 'x', delivery: 'interrupt' }, 'body.delivery'],
    ['a cancel with a target', { action_type: 'cancel', target: 'code' }, 'body.target'],
    [
      'an instruction with a task',
      { ...instruction, metadata: { newTaskDescription: 't' } },
      'body.metadata.newTaskDescription',
    ],
    ['a redirect with a mode', { ...redirect, mode: 'now' }, 'body.mode'],
    ['inputs that are none', { ...redirect, metadata: { inputs: 'x' } }, 'body.metadata.inputs'],
    ['a misspelt member', { content: 'x', acton_type: 'pause' }, 'body'],
    ['misspelt metadata', { ...redirect, metadata: { skipTo: 'code' } }, 'body.metadata'],
    ['a very long id', { content: 'x', id: long(201) }, 'body.id'],
    ['an empty id', { content: 'x', id: '' }, 'body.id'],
    ['a very long target', { ...instruction, target: long(201) }, 'body.target'],
    ['a list', [], 'body'],
    ['null', null, 'body'],
    ['a text', 'pause', 'body'],
  ])('%s is refused, with the place', async (_, body, path) => {
    const answer = await post(`${mount}/${id}/messages`, JSON.stringify(body));
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(answer.body.errors?.map((error) => error.path)).toContain(path);
  });

  it.each<[string, object, string]>([
    ['content', { content: long(16_385) }, 'content'],
    ['half a megabyte', { content: long(500_000), action_type: 'pause' }, 'content'],
    ['an answer', { content: long(16_385), action_type: 'answer' }, 'content'],
    [
      'context',
      { ...instruction, metadata: { additionalContext: long(16_385) } },
      'metadata.additionalContext',
    ],
    [
      'a task',
      { ...redirect, metadata: { newTaskDescription: long(16_385) } },
      'metadata.newTaskDescription',
    ],
  ])('%s above 16,384 characters is refused, with limit and remedy', async (_, body, name) => {
    const answer = await post(`${mount}/${id}/messages`, JSON.stringify(body));
    expect(answer).toMatchObject({
      status: 413,
      body: { code: 'message_too_large', errors: [{ path: `body.${name}` }] },
    });
    expect(answer.body.detail).toMatch(/16384 are allowed\. Shorten it/);
  });

  it.each<[string, string | Uint8Array, string, number, string]>([
    ['2 MB', JSON.stringify({ content: long(2_000_000) }), 'application/json', 413, 'body_too_large'],
    [
      'bytes that are no text',
      Buffer.from([0x22, 0xff, 0xfe, 0x22]),
      'application/json',
      400,
      'invalid_text',
    ],
    ['an image', Buffer.from('89504e470d0a1a0a', 'hex'), 'image/png', 415, 'unsupported_media_type'],
    ['bytes', new Uint8Array(16), 'application/octet-stream', 415, 'unsupported_media_type'],
    ['half of a JSON', '{"content": "x', 'application/json', 400, 'invalid_json'],
    ['plain text', 'pause', 'text/plain', 415, 'unsupported_media_type'],
    [
      'very deep JSON',
      `{"content":"x","metadata":{"answer":${'['.repeat(200)}${']'.repeat(200)}}}`,
      'application/json',
      400,
      'invalid_request',
    ],
  ])('%s is refused', async (_, body, type, status, code) => {
    const answer = await post(`${mount}/${id}/messages`, body, type);
    expect(answer).toMatchObject({ status, body: { code } });
  });

  it('the longest content passes', async () => {
    const run = await openRun(api);
    const content = '名'.repeat(16_384);
    await expect(post(`${mount}/${run}/messages`, JSON.stringify({ content }))).resolves.toMatchObject({
      status: 202,
    });
    await expect(messagesSentTo(api, run)).resolves.toMatchObject([{ content }]);
  });

  it('of an unknown run is refused', async () => {
    const answer = await post(`${mount}/${runId()}/messages`, JSON.stringify({ content: 'x' }));
    expect(answer).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
  });

  it.each(['comment', 'instruction', 'pause', 'resume', 'cancel', 'redirect', 'answer'])(
    'of a run that has ended is refused and recorded: %s',
    async (action) => {
      const ended = runId('ended');
      await projectRun(api.database, ended, { status: 'completed' });
      const body = { content: 'late', action_type: action, by: 'ada', id: 'm-1' };
      const answer = await post(`${mount}/${ended}/messages`, JSON.stringify(body));
      expect(answer).toMatchObject({ status: 409, body: { code: 'run_closed' } });
      const { rows } = await api.database.query<object>(
        sql`select actor, action, outcome, detail from audit_log where run_id = ${ended}`,
      );
      expect(rows).toMatchObject([
        { actor: 'ada', action, outcome: 'run_closed', detail: { message_id: 'm-1' } },
      ]);
    },
  );
});

describe.each(MOUNTS)('to %s/:id/pause', (mount) => {
  it.each<[object, number, string]>([
    [{ mode: 'later' }, 400, 'invalid_request'],
    [{ reason: '\0' }, 400, 'invalid_request'],
    [{ reason: long(2_000_000) }, 413, 'body_too_large'],
    [{ content: 'x' }, 400, 'invalid_request'],
  ])('what is wrong is refused', async (body, status, code) => {
    const answer = await post(`${mount}/${id}/pause`, JSON.stringify(body));
    expect(answer).toMatchObject({ status, body: { code } });
  });
});

describe('to /runs/:id/redirect', () => {
  it.each<[object, number, string]>([
    [{}, 400, 'invalid_request'],
    [{ task: ' ' }, 400, 'invalid_request'],
    [{ task: 'x', skip_to: '' }, 400, 'invalid_request'],
    [{ task: long(16_385) }, 413, 'message_too_large'],
    [{ task: 'x', context: long(16_385) }, 413, 'message_too_large'],
    [{ task: 'x', reason: long(16_385) }, 400, 'invalid_request'],
  ])('what is wrong is refused', async (body, status, code) => {
    const answer = await post(`/v1/runs/${id}/redirect`, JSON.stringify(body));
    expect(answer).toMatchObject({ status, body: { code } });
  });

  it('comes too late for a run that has ended', async () => {
    const ended = runId('ended');
    await projectRun(api.database, ended, { status: 'failed' });
    const answer = await post(`/v1/runs/${ended}/redirect`, JSON.stringify({ task: 'x' }));
    expect(answer).toMatchObject({ status: 409, body: { code: 'run_closed' } });
  });
});

describe('the run', () => {
  it('has heard nothing of all that', async () => {
    await expect(messagesSentTo(api, id)).resolves.toEqual([]);
  });
});
