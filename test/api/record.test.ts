/** The record of a run: filters, causes, and the state as it was. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/contract/event.ts';
import type { RunMessage } from '../../src/contract/message.ts';
import type { Run } from '../../src/contract/run.ts';
import { RunStateAt } from '../../src/contract/state.ts';
import { storeBlob } from '../../src/database/blobs.ts';
import { sql } from '../../src/database/sql.ts';
import { runId } from '../support/index.ts';
import type { Page } from '../../src/contract/common.ts';
import { projectQuestion, projectRun, projectStep, startApi, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi(50);
});

interface Told {
  readonly type: string;
  readonly step?: string;
  readonly attempt?: number;
  readonly turn?: number;
  readonly causedBy?: number;
  readonly data?: object;
}

/** A run with these events, one a minute from 10:01 on. */
async function runWith(told: readonly Told[]): Promise<string> {
  const id = runId('recorded');
  await projectRun(api.database, id);
  for (const [at, { type, step, attempt, turn, causedBy, data = {} }] of told.entries()) {
    const minute = String(at + 1).padStart(2, '0');
    await api.database.query(sql`
      insert into workflow_events (run_id, seq, type, step, attempt, turn, data, caused_by, at, execution_id, event_id)
      values (${id}, ${at + 1}, ${type}, ${step ?? null}, ${attempt ?? null}, ${turn ?? null},
              ${JSON.stringify(data)}::jsonb, ${causedBy ?? null}, ${`2026-11-21T10:${minute}:00Z`}, 'e', ${at + 1})`);
  }
  await api.database.query(sql`update workflow_runs set last_seq = ${told.length} where id = ${id}`);
  return id;
}

const seqs = async (path: string) => {
  const { body } = await api.get<Page<RunEvent>>(path);
  return body.items.map((event) => event.seq);
};

describe('events with the whole of what they show the beginning of', () => {
  it('have values, answers, prompts and inputs in them, or the reference to what is too large', async () => {
    const { database } = api;
    const store = (value: unknown) => storeBlob(database, JSON.stringify(value));
    const [input, output, diff, large] = await Promise.all([
      store({ path: 'a'.repeat(2_000) }),
      store('b'.repeat(2_000)),
      store('c'.repeat(2_000)),
      store('d'.repeat(1_100_000)),
    ]);
    const id = await runWith([
      { type: 'workflow_start', data: { workflow: 'w', inputs: { diff: 'ccc…', note: 'n' }, cut: ['diff'] } },
      { type: 'tool_call', step: 'a', data: { name: 'read', preview: 'aaa…', input: { ref: input } } },
      { type: 'tool_response', step: 'a', data: { preview: 'bbb…', output: { ref: output } } },
      { type: 'tool_response', step: 'a', data: { preview: 'ddd…', output: { ref: large } } },
      { type: 'llm_complete', data: { preview: 'eee…', message: { session_id: 's', head: 'h-whole' } } },
      { type: 'question', data: { question: 'q-1', preview: 'fff…', call: { input: { ref: input } } } },
    ]);
    await database.query(sql`
      update workflow_runs set inputs = ${JSON.stringify({ diff, note: 'n' })}::jsonb where id = ${id}`);
    await database.query(sql`
      insert into session_messages (hash, session_id, parent, depth, role, content, created_at)
      values ('h-whole', 's', null, 0, 'assistant', ${JSON.stringify({ text: 'e'.repeat(2_000) })}::jsonb, now())`);
    await projectQuestion(database, id, 'q-1', { prompt: { value: 'f'.repeat(2_000) } });
    const { items } = (await api.get<Page<RunEvent>>(`/runs/${id}/events?full=1`)).body;
    expect(items.map(({ data }) => data)).toEqual([
      { workflow: 'w', inputs: { diff: 'c'.repeat(2_000), note: 'n' } },
      { name: 'read', preview: 'aaa…', input: { value: { path: 'a'.repeat(2_000) }, ref: input } },
      { preview: 'bbb…', output: { value: 'b'.repeat(2_000), ref: output } },
      { preview: 'ddd…', output: { ref: large, preview: 'd'.repeat(7_999) } },
      { preview: 'eee…', message: { session_id: 's', head: 'h-whole', text: 'e'.repeat(2_000) } },
      {
        question: 'q-1',
        preview: 'fff…',
        prompt: { value: 'f'.repeat(2_000) },
        call: { input: { value: { path: 'a'.repeat(2_000) }, ref: input } },
      },
    ]);
    const stream = await fetch(`${api.url}/api/v1/runs/${id}/events?full=1&follow=1&type=tool_response`, {
      signal: AbortSignal.timeout(10_000),
    });
    for await (const part of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      if (!part.includes('event: run.tool_response')) continue;
      expect(part).toContain('b'.repeat(2_000));
      break;
    }
  });
});

describe('events', () => {
  const told: Told[] = [
    { type: 'workflow_start' },
    { type: 'llm_complete', step: 'a', turn: 1 },
    { type: 'tool_call', step: 'a', turn: 1 },
    { type: 'tool_response', step: 'a', turn: 1 },
    { type: 'llm_complete', step: 'a', turn: 2 },
    { type: 'llm_complete', step: 'b', turn: 1 },
  ];

  it.each([
    ['type=llm_complete', [2, 5, 6]],
    ['type=tool_call,tool_response', [3, 4]],
    ['type=llm_complete&step=a', [2, 5]],
    ['step=a&turn=1', [2, 3, 4]],
    ['since=2026-11-21T10:03:00Z&until=2026-11-21T10:05:00Z', [3, 4]],
    ['since=2026-11-21T12:03:00%2B02:00&type=llm_complete', [5, 6]],
    ['until=2026-11-21T10:01:00Z', []],
    ['type=nothing', []],
  ])('are chosen by %s', async (query, expected) => {
    const id = await runWith(told);
    await expect(seqs(`/runs/${id}/events?${query}`)).resolves.toEqual(expected);
  });

  it.each([
    ['since=soon', 'query.since'],
    ['turn=0', 'query.turn'],
    ['turn=99999999999', 'query.turn'],
    ['steps=a', 'query'],
  ])('are not chosen by %s', async (query, path) => {
    await expect(api.get(`/runs/any/events?${query}`)).resolves.toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ path }] },
    });
  });
});

describe('causes', () => {
  const causes = async (id: string, seq: number | string) =>
    api.get<{ items: RunEvent[]; complete: boolean; code?: string }>(`/runs/${id}/events/${seq}/causes`);

  it('lead from an event back to its root, past what has nothing to do with it', async () => {
    const id = await runWith([
      { type: 'workflow_start' },
      { type: 'status_change', step: 'a', causedBy: 1 },
      { type: 'status_change', step: 'b', causedBy: 1 },
      { type: 'llm_complete', step: 'a', causedBy: 2 },
      { type: 'llm_complete', step: 'b', causedBy: 3 },
      { type: 'tool_call', step: 'a', causedBy: 4 },
    ]);
    const { body } = await causes(id, 6);
    expect(body.items.map((event) => event.seq)).toEqual([6, 4, 2, 1]);
    expect(body.complete).toBe(true);
    expect((await causes(id, 1)).body.items).toHaveLength(1);
  });

  it('are bounded', async () => {
    const id = runId('recorded');
    await projectRun(api.database, id);
    await api.database.query(sql`
      insert into workflow_events (run_id, seq, type, data, caused_by, at, execution_id, event_id)
      select ${id}, n, 'tick', '{}', nullif(n - 1, 0), now(), 'e', n from generate_series(1, 1005) n`);
    const { body } = await causes(id, 1_005);
    expect(body.items).toHaveLength(1_000);
    expect(body.complete).toBe(false);
  });

  it('of what is not there are not found', async () => {
    const id = await runWith([{ type: 'workflow_start' }]);
    await expect(causes(id, 2)).resolves.toMatchObject({ status: 404, body: { code: 'event_not_found' } });
    await expect(causes(runId(), 1)).resolves.toMatchObject({ status: 404, body: { code: 'run_not_found' } });
    await expect(causes(id, 'last')).resolves.toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    });
  });
});

describe('the state', () => {
  const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15, cost_micros: 200 };
  const run = (from: string, to: string, more: object = {}): Told => ({
    type: 'status_change',
    data: { scope: 'run', from, to, ...more },
  });
  const step = (key: string, to: string, attempt?: number): Told => ({
    type: 'status_change',
    step: key,
    ...(attempt !== undefined && { attempt }),
    data: { scope: 'step', to },
  });
  const question = (status: string, action: string): Told => ({
    type: 'question',
    step: 'a',
    data: { question: 'q1', kind: 'ask_user', status, action, preview: 'Which?' },
  });

  const stateAt = async (id: string, at?: number) => {
    const { body } = await api.get(`/runs/${id}/state${at === undefined ? '' : `?at=${at}`}`);
    return RunStateAt.strict().parse(body);
  };

  it('is that after the event: status, steps, figures, open questions', async () => {
    const id = await runWith([
      { type: 'workflow_start' },
      run('pending', 'running'),
      step('a', 'running', 1),
      { type: 'llm_complete', step: 'a', turn: 1, data: { usage } },
      question('open', 'asked'),
      run('running', 'paused'),
      question('answered', 'closed'),
      run('paused', 'running'),
      { type: 'llm_complete', step: 'a', turn: 2, data: { usage: { ...usage, cost_micros: null } } },
      { type: 'llm_complete', step: 'a', turn: 2, data: { usage, counted: false } },
      step('a', 'completed', 1),
      step('b', 'skipped'),
      { type: 'complete', data: { status: 'completed', terminal_reason: 'completed' } },
    ]);
    await projectStep(api.database, id, 'a', { status: 'completed' });
    await projectStep(api.database, id, 'b', { status: 'skipped', position: 1 });

    await expect(stateAt(id, 1)).resolves.toMatchObject({
      seq: 1,
      at: '2026-11-21T10:01:00.000Z',
      status: 'pending',
      turns: 0,
      steps: [
        { key: 'a', status: 'pending', attempt: 0 },
        { key: 'b', status: 'pending', attempt: 0 },
      ],
    });
    await expect(stateAt(id, 6)).resolves.toMatchObject({
      status: 'paused',
      is_paused: true,
      terminal_reason: null,
      turns: 1,
      input_tokens: 10,
      output_tokens: 5,
      total_tokens: 15,
      cost_estimate: 200,
      steps: [{ key: 'a', status: 'running', attempt: 1, turns: 1, cost_estimate: 200 }, { key: 'b' }],
      open_questions: [{ id: 'q1', kind: 'ask_user', step: 'a', preview: 'Which?' }],
    });
    const now = await stateAt(id);
    expect(now).toEqual(await stateAt(id, 13));
    expect(now).toMatchObject({
      seq: 13,
      status: 'completed',
      terminal_reason: 'completed',
      is_paused: false,
      turns: 2,
      total_tokens: 30,
      cost_estimate: null,
      steps: [{ status: 'completed' }, { status: 'skipped', attempt: 0 }],
      open_questions: [],
    });
  });

  it('begins anew with a restart, and shows what the new plan no longer has', async () => {
    const id = await runWith([
      run('pending', 'running'),
      step('a', 'completed', 2),
      step('old', 'completed', 1),
      { type: 'complete', data: { status: 'completed', terminal_reason: 'completed' } },
      run('completed', 'pending', { restart: true }),
      run('pending', 'running'),
    ]);
    await projectStep(api.database, id, 'a');
    await projectStep(api.database, id, 'old', { status: 'superseded', position: 1 });
    await expect(stateAt(id, 4)).resolves.toMatchObject({
      steps: [
        { status: 'completed', attempt: 2 },
        { key: 'old', status: 'completed' },
      ],
    });
    await expect(stateAt(id)).resolves.toMatchObject({
      status: 'running',
      terminal_reason: null,
      steps: [
        { key: 'a', status: 'pending', attempt: 0 },
        { key: 'old', status: 'superseded' },
      ],
    });
  });

  it('of many events is read in pages', async () => {
    const id = runId('recorded');
    await projectRun(api.database, id);
    const data = JSON.stringify({ usage });
    await api.database.query(sql`
      insert into workflow_events (run_id, seq, type, step, data, at, execution_id, event_id)
      select ${id}, n, 'llm_complete', 'a', ${data}::jsonb, now(), 'e', n from generate_series(1, 4500) n`);
    await api.database.query(sql`update workflow_runs set last_seq = 4500 where id = ${id}`);
    await expect(stateAt(id)).resolves.toMatchObject({ seq: 4_500, turns: 4_500, total_tokens: 67_500 });
    await expect(stateAt(id, 4_100)).resolves.toMatchObject({ seq: 4_100, turns: 4_100 });
  });

  it('is refused where there is none', async () => {
    const id = await runWith([{ type: 'workflow_start' }]);
    const late = await api.get(`/runs/${id}/state?at=2`);
    expect(late).toMatchObject({ status: 404, body: { code: 'event_not_found' } });
    expect(late.body.detail).toContain('newest is 1');
    await expect(api.get(`/runs/${id}/state?at=0`)).resolves.toMatchObject({ status: 400 });
    await expect(api.get(`/runs/${runId()}/state`)).resolves.toMatchObject({
      status: 404,
      body: { code: 'run_not_found' },
    });
  });
});

describe('a run that is archived', () => {
  it('has no details here, and says so; its lists are empty', async () => {
    const id = runId('archived');
    await projectRun(api.database, id, { status: 'completed' });
    await api.database.query(
      sql`update workflow_runs set archived_at = now(), last_seq = 9 where id = ${id}`,
    );
    for (const path of ['state', 'state?at=3', 'events/3/causes', 'steps/a', 'steps/a/output']) {
      await expect(api.get(`/runs/${id}/${path}`)).resolves.toMatchObject({
        status: 409,
        body: { code: 'run_archived' },
      });
    }
    for (const path of ['steps', 'events', 'messages', 'calls', 'questions']) {
      await expect(api.get(`/runs/${id}/${path}`)).resolves.toMatchObject({
        status: 200,
        body: { items: [] },
      });
    }
    const { body } = await api.get<Run>(`/runs/${id}`);
    expect(body.archived_at).toMatch(/^2/);
  });
});

describe('messages', () => {
  it('are chosen by type and step', async () => {
    const id = await runWith([{ type: 'workflow_start' }]);
    for (const [seq, type, step] of [
      [1, 'user', null],
      [2, 'agent', 'a'],
      [3, 'agent', 'b'],
      [4, 'system', 'b'],
    ]) {
      await api.database.query(sql`
        insert into workflow_messages (run_id, seq, message_type, action_type, action_status, content, step, agent,
                                       attempt, turn, created_at, updated_seq)
        values (${id}, ${seq}, ${type}, 'comment', 'processed', 'said', ${step}, 'plan', 1, 2, now(), ${seq})`);
    }
    const get = async (query: string) =>
      (await api.get<Page<RunMessage>>(`/runs/${id}/messages?${query}`)).body.items;
    expect((await get('message_type=agent,system')).map((message) => message.seq)).toEqual([2, 3, 4]);
    expect((await get('message_type=agent&step=b')).map((message) => message.seq)).toEqual([3]);
    expect((await get('limit=1&after=1'))[0]).toMatchObject({
      seq: 2,
      step: 'a',
      agent: 'plan',
      attempt: 1,
      turn: 2,
    });
    await expect(api.get(`/runs/${id}/messages?message_type=robot`)).resolves.toMatchObject({ status: 400 });
  });
});
