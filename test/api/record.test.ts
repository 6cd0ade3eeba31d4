/** The record of a run: filters, causes, and the state as it was. */
import { readFileSync } from 'node:fs';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/contract/event.ts';
import type { RunMessage } from '../../src/contract/message.ts';
import type { Run } from '../../src/contract/run.ts';
import { RunStateAt } from '../../src/contract/past/state.ts';
import { storeBlob } from '../../src/database/blobs.ts';
import { sql } from '../../src/database/sql.ts';
import { rebuildRun } from '../../src/projections/rebuild/rebuild-run.ts';
import { encodeHistoryEvent } from '../../src/temporal/history-event.ts';
import { runId } from '../support/index.ts';
import type { Page } from '../../src/contract/shared/common.ts';
import { HISTORIES } from '../support/record-history.ts';
import { PATIENCE_MS } from '../support/until.ts';
import { projectQuestion, projectRun, startApi, type Api } from './harness.ts';

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

/** A run of which these executions are stored and folded. Answers its id. */
async function storeHistories(files: readonly string[]): Promise<string> {
  let id = '';
  for (const [nth, file] of files.entries()) {
    const { events } = historyFromJSON(JSON.parse(readFileSync(new URL(file, HISTORIES), 'utf8')));
    const attributes = events?.[0]?.workflowExecutionStartedEventAttributes;
    const executionId = attributes?.originalExecutionRunId ?? '';
    id = attributes?.workflowId ?? '';
    await api.database.query(sql`
      insert into executions (execution_id, run_id, workflow_type, started_at, cursor)
      values (${executionId}, ${id}, 'test', now() + ${nth} * interval '1 s', ${events?.length ?? 0})`);
    for (const event of events ?? []) {
      await api.database.query(sql`
        insert into history_events (execution_id, event_id, event_type, event_time, data)
        values (${executionId}, ${Number(event.eventId)}, 'test', now(), ${encodeHistoryEvent(event)})`);
    }
  }
  await rebuildRun(api.database, id);
  return id;
}

const pick = <T extends object, K extends keyof T>(row: T, names: readonly K[]) =>
  Object.fromEntries(names.map((name) => [name, row[name]]));

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
      signal: AbortSignal.timeout(PATIENCE_MS),
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
  const stateAt = async (id: string, at?: number) => {
    const { body } = await api.get(`/runs/${id}/state${at === undefined ? '' : `?at=${at}`}`);
    return RunStateAt.strict().parse(body);
  };

  it('is that after the decision that the event tells of: status, steps, figures, open questions', async () => {
    const id = await storeHistories(['v2-people.json']);
    await expect(stateAt(id, 1)).resolves.toMatchObject({
      seq: 1,
      status: 'pending',
      turns: 0,
      total_tokens: 0,
      steps: [],
      open_questions: [],
    });
    const started = {
      status: 'running',
      steps: [
        { key: 'colour', status: 'running', attempt: 1, turns: 0 },
        { key: 'write', status: 'pending', attempt: 0 },
        { key: 'gate', status: 'waiting', attempt: 1 },
        { key: 'end', status: 'pending', attempt: 0 },
      ],
      open_questions: [{ kind: 'ask', step: 'gate' }],
    };
    await expect(stateAt(id, 3)).resolves.toMatchObject({ seq: 3, ...started });
    await expect(stateAt(id, 9)).resolves.toMatchObject({ seq: 9, ...started });
    await expect(stateAt(id, 10)).resolves.toMatchObject({
      status: 'running',
      turns: 1,
      steps: [{ key: 'colour', turns: 1 }, {}, {}, {}],
    });
    await expect(stateAt(id, 18)).resolves.toMatchObject({
      steps: [{ status: 'waiting' }, { key: 'write', status: 'waiting' }, { status: 'waiting' }, {}],
      open_questions: [{ step: 'gate' }, { step: 'colour' }, { step: 'write' }],
    });
  });

  it('says when the run was paused', async () => {
    const id = await storeHistories(['v2-paused.json']);
    const paused = { status: 'paused', is_paused: true, terminal_reason: null };
    await expect(stateAt(id, 4)).resolves.toMatchObject({ status: 'running', is_paused: false });
    await expect(stateAt(id, 6)).resolves.toMatchObject(paused);
    await expect(stateAt(id, 9)).resolves.toMatchObject({ ...paused, steps: [{ status: 'completed' }, {}] });
    await expect(stateAt(id, 14)).resolves.toMatchObject({ status: 'completed', is_paused: false });
  });

  it('at the newest event is what the tables say, and before a continuation how the run had ended', async () => {
    const id = await storeHistories(['v2-limit-continued.json', 'v2-limit-continued.2.json']);
    const { body: run } = await api.get<Run>(`/runs/${id}`);
    const now = await stateAt(id);
    expect(now).toMatchObject({
      ...pick(run, ['status', 'terminal_reason', 'is_paused', 'turns', 'total_tokens', 'cost_estimate']),
      run_id: id,
    });
    expect(now).toEqual(await stateAt(id, now.seq));
    const ended = await seqs(`/runs/${id}/events?type=complete`);
    expect(ended).toHaveLength(2);
    const [first] = ended;
    await expect(stateAt(id, first)).resolves.toMatchObject({
      status: 'failed',
      terminal_reason: 'error_max_budget',
      seq: first,
    });
    expect(now.status).toBe('completed');
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
