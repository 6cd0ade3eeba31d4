/** What agents did: their model calls and their transcripts. */
import { beforeAll, describe, expect, it } from 'vitest';
import { CallTotals, ModelCall, SessionMessage } from '../../src/contract/call.ts';
import { Step } from '../../src/contract/step.ts';
import { storeBlob } from '../../src/database/blobs.ts';
import { sql } from '../../src/database/sql.ts';
import { runId } from '../support/index.ts';
import type { Page } from '../../src/contract/shared/common.ts';
import { projectRun, projectStep, startApi, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi(50);
});

interface CallOptions {
  readonly step?: string;
  readonly status?: string;
  readonly tokens?: number | null;
  readonly cost?: number | null;
  /** Seconds after ten. */
  readonly at?: number;
}

async function projectCall(id: string, turn: number, options: CallOptions = {}): Promise<void> {
  const { step = 'a', status = 'completed', tokens = 10, cost = 5, at = turn } = options;
  await api.database.query(sql`
    insert into llm_calls (run_id, step, epoch, attempt, turn, segment, status, provider, requested_model, model,
                           input_tokens, output_tokens, total_tokens, cost_estimate, started_at)
    values (${id}, ${step}, 0, 1, ${turn}, 1, ${status}, 'scripted', 'small', 'small-1', ${tokens}, ${tokens},
            ${tokens === null ? null : tokens * 2}, ${cost},
            '2026-11-21T10:00:00Z'::timestamptz + make_interval(secs => ${at}::float8))`);
}

describe('model calls', () => {
  interface CallPage extends Page<ModelCall> {
    readonly totals: CallTotals;
  }
  const calls = async (id: string, query = '') => (await api.get<CallPage>(`/runs/${id}/calls${query}`)).body;

  it('come in the order of their start, in pages, with the sums of all', async () => {
    const id = runId('called');
    await projectRun(api.database, id);
    await projectCall(id, 2);
    await projectCall(id, 1, { status: 'lost', tokens: null, cost: null });
    // At the same moment as another: the order still holds over pages.
    await projectCall(id, 1, { step: 'b', at: 2, status: 'failed', cost: null });
    await projectCall(id, 3, { status: 'running', tokens: null, cost: null });
    const first = await calls(id, '?limit=2');
    const second = await calls(id, `?limit=2&cursor=${first.next_cursor}`);
    const items = [...first.items, ...second.items].map((call) => ModelCall.strict().parse(call));
    expect(items.map((call) => `${call.step}${call.turn}`)).toEqual(['a1', 'a2', 'b1', 'a3']);
    expect(second.next_cursor).toBeNull();
    expect(items[1]).toMatchObject({
      requested_model: 'small',
      model: 'small-1',
      started_at: '2026-11-21T10:00:02.000Z',
    });
    const totals = { calls: 4, input_tokens: 20, output_tokens: 20, total_tokens: 40, cost_estimate: 5 };
    for (const page of [first, second]) {
      expect(CallTotals.strict().parse(page.totals)).toMatchObject({ ...totals, unknown_costs: 2 });
    }
    const failed = await calls(id, '?status=failed,lost');
    expect(failed).toMatchObject({ items: [{ step: 'a', turn: 1 }, { step: 'b' }], totals: { calls: 2 } });
    const unpriced = { calls: 1, total_tokens: 20, cost_estimate: null, unknown_costs: 1 };
    expect((await calls(id, '?step=b')).totals).toMatchObject(unpriced);
  });

  it('are none of a run without agents, and not found without a run', async () => {
    const id = runId('called');
    await projectRun(api.database, id);
    await expect(calls(id)).resolves.toMatchObject({ items: [], totals: { calls: 0, cost_estimate: 0 } });
    await expect(api.get(`/runs/${runId()}/calls`)).resolves.toMatchObject({
      status: 404,
      body: { code: 'run_not_found' },
    });
    await expect(api.get(`/runs/${id}/calls?cursor=x`)).resolves.toMatchObject({
      status: 400,
      body: { code: 'invalid_cursor' },
    });
  });
});

describe('a transcript', () => {
  /** Adds an entry after another. */
  const add = async (
    session: string,
    hash: string,
    parent: string | null,
    depth: number,
    content: unknown,
    at = depth,
  ) =>
    api.database.query(sql`
      insert into session_messages (hash, session_id, parent, depth, role, content, created_at)
      values (${hash}, ${session}, ${parent}, ${depth}, 'user', ${JSON.stringify(content)}::jsonb,
              '2026-11-21T10:00:00Z'::timestamptz + make_interval(secs => ${at}::float8))`);
  const hashes = async (path: string) =>
    (await api.get<Page<SessionMessage>>(`/sessions/${path}`)).body.items.map((entry) => entry.hash);

  /** root ─ a ─ b (older) and root ─ c (newer, shorter). */
  async function branched(): Promise<string> {
    const session = runId('ses');
    const hash = (name: string) => `${session}-${name}`;
    await add(session, hash('root'), null, 0, 'setup');
    await add(session, hash('a'), hash('root'), 1, 'a');
    await add(session, hash('b'), hash('a'), 2, 'b');
    await add(session, hash('c'), hash('root'), 1, 'c', 9);
    return session;
  }

  it('is that of the newest branch, or of the one that is named', async () => {
    const session = await branched();
    const named = (...names: string[]) => names.map((name) => `${session}-${name}`);
    await expect(hashes(`${session}/messages`)).resolves.toEqual(named('root', 'c'));
    await expect(hashes(`${session}/messages?head=${session}-b`)).resolves.toEqual(named('root', 'a', 'b'));
    await expect(hashes(`${session}/messages?head=${session}-a`)).resolves.toEqual(named('root', 'a'));
  });

  it('comes in pages that stay on their branch', async () => {
    const session = await branched();
    const path = `/sessions/${session}/messages?limit=1`;
    const first = (await api.get<Page<SessionMessage>>(path)).body;
    await add(session, `${session}-d`, `${session}-a`, 2, 'd', 99);
    const second = (await api.get<Page<SessionMessage>>(`${path}&cursor=${first.next_cursor}`)).body;
    expect(first.items.map((entry) => entry.hash)).toEqual([`${session}-root`]);
    expect(second.items.map((entry) => entry.hash)).toEqual([`${session}-c`]);
    expect(second.next_cursor).toBeNull();
  });

  it('has long texts cut, wherever they stand, unless all is asked for', async () => {
    const session = runId('ses');
    const long = `${'x'.repeat(1_999)}😀${'y'.repeat(3_000)}`;
    await add(session, session, null, 0, { parts: [{ text: long, n: 1 }], short: 'short' });
    const [cut] = (await api.get<Page<SessionMessage>>(`/sessions/${session}/messages`)).body.items;
    expect(SessionMessage.strict().parse(cut).content).toEqual({
      parts: [{ text: `${'x'.repeat(1_999)}… [3002 more characters: full=1]`, n: 1 }],
      short: 'short',
    });
    const [whole] = (await api.get<Page<SessionMessage>>(`/sessions/${session}/messages?full=1`)).body.items;
    expect(whole?.content).toEqual({ parts: [{ text: long, n: 1 }], short: 'short' });
  });

  it('has what tools answered: as it was, by its beginning, or by its reference where it is too large', async () => {
    const { database } = api;
    const [small, long, large] = ['one\ntwo', 'é'.repeat(9_000), 'x'.repeat(1_100_000)];
    const refs = await Promise.all(
      [small, long, large].map((text) => storeBlob(database, JSON.stringify(text))),
    );
    const gone = { $blob: 'f'.repeat(64), bytes: 3 };
    const outputs = [...refs, gone].map((ref) => ({ ref }));
    const session = runId('ses');
    await add(session, session, null, 0, { agent: 'code' });
    await database.query(sql`
      insert into session_messages (hash, session_id, parent, depth, role, content, created_at)
      values (${`${session}-1`}, ${session}, ${session}, 1, 'tool',
              ${JSON.stringify({ results: outputs.map((output) => ({ name: 'read_file', output })) })}::jsonb, now())`);
    const answersOf = async (query: string) => {
      const { items } = (await api.get<Page<SessionMessage>>(`/sessions/${session}/messages${query}`)).body;
      const content = items[1]?.content as { results?: { output: Record<string, unknown> }[] } | undefined;
      return content?.results?.map(({ output }) => output) ?? [];
    };
    const whole = await answersOf('?full=1');
    expect(whole).toMatchObject([
      { value: small, ref: refs[0] },
      { value: long },
      { ref: refs[2] },
      { ref: gone },
    ]);
    expect(whole[2]).toEqual({ ref: refs[2], preview: 'x'.repeat(7_999) });
    const cut = await answersOf('');
    expect(cut[0]).toEqual({ value: small, ref: refs[0] });
    expect(cut[1]?.['preview']).toMatch(/^é{2000}… \[\d+ more characters: full=1\]$/);
    expect((await api.get(`/blobs/${refs[2]?.$blob}`)).body).toBe(large);
  });

  it('ends a page earlier where what tools answered would be too much for one', async () => {
    const session = runId('ses');
    const { $blob, bytes } = await storeBlob(api.database, JSON.stringify('y'.repeat(1_000_000)));
    for (let depth = 0; depth < 20; depth++)
      await api.database.query(sql`
        insert into session_messages (hash, session_id, parent, depth, role, content, created_at)
        values (${`${session}-${depth}`}, ${session}, ${depth === 0 ? null : `${session}-${depth - 1}`}, ${depth},
                'tool', ${JSON.stringify({ results: [{ output: { ref: { $blob, bytes } } }] })}::jsonb, now())`);
    const read = async (cursor: string) =>
      (await api.get<Page<SessionMessage>>(`/sessions/${session}/messages?full=1${cursor}`)).body;
    const first = await read('');
    const second = await read(`&cursor=${first.next_cursor}`);
    expect([first.items.length, second.items.length, second.next_cursor]).toEqual([16, 4, null]);
    expect(second.items[0]?.depth).toBe(16);
  });

  it('that does not exist is not found; nor is an entry of another session', async () => {
    const [one, other] = [await branched(), await branched()];
    for (const path of ['none/messages', `${one}/messages?head=none`, `${one}/messages?head=${other}-a`]) {
      await expect(api.get(`/sessions/${path}`)).resolves.toMatchObject({
        status: 404,
        body: { code: 'session_not_found' },
      });
    }
  });
});

describe('a step of an agent', () => {
  it('shows agent, model, session and segments', async () => {
    const id = runId('called');
    await projectRun(api.database, id);
    await projectStep(api.database, id, 'a', { status: 'failed', sessionId: 'ses-1' });
    const segment = {
      segment: 1,
      max_turns: 30,
      max_tokens: null,
      max_cost_usd: 1.5,
      max_duration_ms: null,
      turns: 30,
      total_tokens: 100,
      cost_estimate: null,
      started_at: '2026-11-21T10:00:00.000Z',
      completed_at: null,
      terminal_reason: 'error_max_turns',
      message: null,
      by: null,
    };
    await api.database.query(sql`
      update workflow_step_executions
      set agent = 'code', model = 'scripted/small', segments = ${JSON.stringify([segment])}::jsonb
      where run_id = ${id}`);
    const { body } = await api.get(`/runs/${id}/steps/a`);
    expect(Step.strict().parse(body)).toMatchObject({
      agent: 'code',
      model: 'scripted/small',
      session_id: 'ses-1',
      segments: [segment],
    });
  });
});
