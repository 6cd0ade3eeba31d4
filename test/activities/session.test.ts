/** Turns of agents in sessions: a real database, and a vendor that counts what it is asked. */
import type { MockActivityEnvironment } from '@temporalio/testing';
import { CancelledFailure } from '@temporalio/common';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProviders } from '../../src/activities/agents/providers/index.ts';
import { turnActivity } from '../../src/activities/agents/turn.ts';
import { readSecrets } from '../../src/activities/secrets.ts';
import type { ToolDefinition } from '../../src/activities/tools/tool-definition.ts';
import type { Database } from '../../src/database/database.ts';
import { sql } from '../../src/database/sql.ts';
import { createLogger } from '../../src/log/log.ts';
import type { TurnActivity, TurnInput } from '../../src/protocol/agent.ts';
import { PostgresStreamer } from '../../src/streaming/postgres-streamer.ts';
import { afterFile } from '../support/after-file.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../support/fake-openai.ts';
import { Gate } from '../support/gate.ts';
import { freshDatabase, runId, until } from '../support/index.ts';
import { failureOf, patientEnvironment, runActivity, testConfig } from '../support/step-attempt.ts';
import { agentSpec, firstTurn, nextTurn } from '../support/turn-input.ts';
import { openTestDatabase } from '../support/test-database.ts';

const READ: ToolDefinition = {
  name: 'read_file',
  description: 'Reads a file.',
  inputSchema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};
const log = createLogger('test', 'silent');
let database: Database;
let vendor: FakeOpenAi;
let turn: TurnActivity;
beforeAll(async () => {
  database = openTestDatabase(await freshDatabase(), log);
  vendor = await startFakeOpenAi();
  turn = activityOn(vendor.url);
});
afterFile(() => Promise.all([database.end(), vendor.stop()]));

function activityOn(url: string): TurnActivity {
  const config = testConfig({ BATON_COMPATIBLE_BASE_URL: url, BATON_COMPATIBLE_API_KEY: 'sk-test' });
  const env = { BATON_SECRET_TOKEN: 'hush-hush' };
  return turnActivity({
    database,
    log,
    secrets: readSecrets(env),
    models: { config, env },
    providers: createProviders({ config, env }, undefined),
    offerTools: async ({ spec }) => (spec.tools.length > 0 ? [READ] : []),
    streamer: new PostgresStreamer(database, log),
  });
}

/** First turns of different tests must not find each other's answers. */
let run: string;
let asked: number;
beforeEach(() => {
  run = runId();
  asked = vendor.requests.length;
});
const calls = () => vendor.requests.length - asked;
const begin = (spec = agentSpec(), over: Partial<TurnInput> = {}) =>
  firstTurn(spec, { idempotencyKey: `${run}/0/work/1`, ...over });
const take = (input: TurnInput, environment?: MockActivityEnvironment) =>
  runActivity(turn, input, environment);
const withTools = agentSpec({ tools: ['read_file'] });

interface Row {
  readonly role: string;
  readonly depth: number;
  readonly content: Record<string, unknown>;
}
async function transcript(session: string): Promise<Row[]> {
  const { rows } = await database.query<Row>(
    sql`select role, depth, content from session_messages where session_id = ${session} order by depth`,
  );
  return rows;
}

describe('a turn', () => {
  it('asks with setup and prompt, and answers with result, usage and session', async () => {
    vendor.next({
      reply: 'Hello Ann',
      model: 'some-model-7',
      usage: { input: 50, output: 9, cached: 20, reasoning: 4 },
    });
    const output = await take(begin(agentSpec({ temperature: 0.2, maxOutputTokens: 99 })));
    expect(vendor.requests.at(-1)?.body).toMatchObject({
      temperature: 0.2,
      max_tokens: 99,
      stream: true,
      messages: [
        { role: 'system', content: 'You write.' },
        { role: 'user', content: 'Greet Ann' },
      ],
    });
    expect(output).toEqual({
      session: { id: expect.stringMatching(/^ses_[0-9a-f]{24}$/), name: 'writer: Do the work' },
      head: expect.stringMatching(/^[0-9a-f]{64}$/),
      preview: 'Hello Ann',
      calls: [],
      result: { value: 'Hello Ann', bytes: 11, preview: 'Hello Ann' },
      correction: null,
      replayed: false,
      usage: {
        provider: 'compatible',
        requestedModel: 'some-model',
        model: 'some-model-7',
        inputTokens: 50,
        outputTokens: 9,
        cacheReadTokens: 20,
        cacheWriteTokens: 0,
        reasoningTokens: 4,
        totalTokens: 59,
        costMicros: null,
        priceVersion: null,
        durationMs: expect.any(Number),
        firstTokenMs: expect.any(Number),
        finishReason: 'stop',
      },
    });
  });

  it('keeps the whole transcript, and only references go on', async () => {
    const path = 'x'.repeat(2_000);
    vendor.next({ reply: 'I look.', toolCalls: [{ id: 'c1', name: 'read_file', arguments: { path } }] });
    const input = begin(withTools);
    const first = await take(input);
    expect(first).toMatchObject({
      result: null,
      calls: [{ id: 'c1', name: 'read_file', input: { ref: { bytes: expect.any(Number) } } }],
    });
    expect(first.calls[0]?.preview).toHaveLength(200);
    expect(vendor.requests.at(-1)?.tools).toEqual(['read_file']);

    const big = JSON.stringify('y'.repeat(5_000));
    const ref = { $blob: 'b'.repeat(64), bytes: big.length };
    await database.query(
      sql`insert into blobs (hash, bytes, content) values (${ref.$blob}, ${ref.bytes}, ${big})`,
    );
    vendor.next({ reply: 'Done' });
    const results = [{ call: 'c1', name: 'read_file', output: { ref }, isError: false }];
    const second = await take(
      nextTurn(input, first, {
        append: [
          { type: 'tool_results', results },
          { type: 'user', source: 'notice', text: 'Be brief.', by: null },
        ],
      }),
    );
    expect(second).toMatchObject({ session: first.session, result: { value: 'Done' } });
    expect(vendor.requests.at(-1)?.tools).toEqual(['read_file']);
    expect(vendor.requests.at(-1)?.messages).toEqual([
      { role: 'system', content: 'You write.' },
      { role: 'user', content: 'Greet Ann' },
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [
          {
            id: 'c1',
            type: 'function',
            function: { name: 'read_file', arguments: JSON.stringify({ path }) },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'y'.repeat(5_000) },
      { role: 'user', content: 'Be brief.' },
    ]);
    const rows = await transcript(first.session.id);
    expect(rows.map(({ role }) => role)).toEqual(['setup', 'user', 'assistant', 'tool', 'user', 'assistant']);
    expect(rows.map(({ depth }) => depth)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(rows[3]?.content).toEqual({ results });
  });

  it('gives each call an id of its own, and keeps arguments that are none', async () => {
    vendor.next({
      toolCalls: [
        { id: 'same', name: 'read_file', arguments: '{"path": broken' },
        { id: 'same', name: 'read_file', arguments: '["list"]' },
        { id: 'other', name: 'no_such_tool', arguments: { a: 1 } },
      ],
    });
    const { calls: asks } = await take(begin(withTools));
    expect(asks.map(({ id, name, input }) => [id, name, input])).toEqual([
      ['same', 'read_file', { value: { $invalid: '{"path": broken' } }],
      [expect.any(String), 'read_file', { value: { $invalid: '["list"]' } }],
      ['other', 'no_such_tool', { value: { a: 1 } }],
    ]);
    expect(new Set(asks.map(({ id }) => id)).size).toBe(3);
  });

  it('answers with the value that output_schema asks for, or with what is wrong', async () => {
    const spec = agentSpec({ outputSchema: { type: 'object', required: ['severity'] } });
    vendor.next({ reply: 'It is high.' }, { reply: '{"severity":"high"}' });
    const input = begin(spec);
    const first = await take(input);
    expect(first).toMatchObject({ result: null, calls: [], correction: expect.stringContaining('no JSON') });
    expect(vendor.requests.at(-1)?.messages[0]?.content).toContain('"required":["severity"]');
    const text = first.correction ?? '';
    const second = await take(
      nextTurn(input, first, { append: [{ type: 'user', source: 'correction', text, by: null }] }),
    );
    expect(second).toMatchObject({ result: { value: { severity: 'high' } }, correction: null });
    expect(vendor.requests.at(-1)?.messages.at(-1)).toEqual({ role: 'user', content: text });
  });

  it('stores text that Postgres would refuse, and shows no secret to anybody', async () => {
    vendor.next({
      reply: 'nul \0 half \ud83d token hush-hush',
      toolCalls: [{ name: 'read_file', arguments: { path: 'hush-hush\0' } }],
    });
    const values = { inputs: { who: { value: 'hush-hush \0' } }, steps: {} };
    const input = begin(withTools);
    const output = await take({ ...input, opening: input.opening && { ...input.opening, values } });
    expect(output).toMatchObject({
      preview: 'nul \ufffd half \ufffd token ***',
      calls: [{ input: { value: { path: '***\ufffd' } } }],
    });
    expect(vendor.requests.at(-1)?.messages.at(-1)?.content).toBe('Greet *** \ufffd');
  });

  it('sends the smaller of two token limits', async () => {
    await take(begin(agentSpec({ maxOutputTokens: 500 }), { maxOutputTokens: 40 }));
    expect(vendor.requests.at(-1)?.body).toMatchObject({ max_tokens: 40 });
  });
});

describe('a turn that is tried again', () => {
  it('finds its answer and calls nobody', async () => {
    const input = begin();
    const first = await take(input);
    const again = await take({ ...input, maxOutputTokens: 10 });
    expect(again).toEqual({ ...first, replayed: true });
    expect(calls()).toBe(1);
    expect(await transcript(first.session.id)).toHaveLength(3);
  });

  it.each([
    ['another model', (input: TurnInput) => ({ ...input, model: 'compatible/other' })],
    ['another turn', (input: TurnInput) => ({ ...input, idempotencyKey: `${run}/0/work/2` })],
    [
      'other entries',
      (input: TurnInput): TurnInput => ({
        ...input,
        append: [{ type: 'user', source: 'continue', text: 'Go on.', by: 'ann' }],
      }),
    ],
  ])('asks anew for %s', async (_, other) => {
    const input = begin();
    const first = await take(input);
    const second = await take(other(input));
    expect(calls()).toBe(2);
    expect(second).toMatchObject({ session: first.session, replayed: false });
  });

  it('asks anew in another epoch', async () => {
    const input = begin();
    const first = await take(input);
    const second = await take({ ...input, idempotencyKey: `${run}/1/work/1` });
    expect(second.session.id).not.toBe(first.session.id);
    expect(calls()).toBe(2);
  });

  it('ends with the answer that was stored first when two attempts are at work at once', async () => {
    const gate = new Gate();
    vendor.next({ reply: 'slow', gate: gate.wait }, { reply: 'quick' });
    const input = begin();
    const slow = take(input);
    await until(() => calls() === 1);
    const quick = await take(input);
    expect(quick.result?.value).toBe('quick');
    gate.open();
    expect(await slow).toMatchObject({ head: quick.head, result: { value: 'quick' }, replayed: false });
    expect(await take(input)).toMatchObject({ head: quick.head, replayed: true });
    expect(calls()).toBe(2);
  });
});

describe('a session whose stored value is gone', () => {
  it('fails, naming the tool', async () => {
    vendor.next({ toolCalls: [{ id: 'c1', name: 'read_file' }] });
    const input = begin(withTools);
    const first = await take(input);
    const output = { ref: { $blob: 'f'.repeat(64), bytes: 5_000 } };
    const results = [{ call: 'c1', name: 'read_file', output, isError: false }];
    const second = nextTurn(input, first, { append: [{ type: 'tool_results', results }] });
    expect(await failureOf(take(second))).toMatchObject({
      type: 'value_missing',
      message: expect.stringContaining('read_file'),
    });
  });
});

describe('a turn that fails', () => {
  it('says whom it asked, and in which session', async () => {
    vendor.next({ status: 429, retryAfter: '3' });
    const failure = await failureOf(take(begin()));
    expect(failure).toMatchObject({
      type: 'model_rate_limited',
      details: {
        retryAfterMs: 3_000,
        asked: { provider: 'compatible', model: 'some-model' },
        session: { id: expect.stringMatching(/^ses_/) },
      },
    });
    expect(failure.details.usage).toBeUndefined();
    expect((await take(begin())).replayed).toBe(false);
  });

  it('says what a withheld answer has cost', async () => {
    vendor.next({ finishReason: 'content_filter', reply: '', usage: { input: 3, output: 0 } });
    expect(await failureOf(take(begin()))).toMatchObject({
      type: 'model_refused',
      details: { usage: { totalTokens: 3 }, session: {} },
    });
  });

  it('names a wrong schema before anybody is asked', async () => {
    const failure = await failureOf(take(begin(agentSpec({ outputSchema: { type: 'nonsense' } }))));
    expect(failure).toMatchObject({ type: 'model_output_invalid', details: { retryable: false } });
    expect(calls()).toBe(0);
  });

  it('is lost with its session, also in that of another run', async () => {
    const input = begin();
    const { session, head } = await take(input);
    const unknown = { session, head: '0'.repeat(64) };
    const foreign = { session: { ...session, id: 'ses_other' }, head };
    for (const place of [unknown, foreign]) {
      const failure = await failureOf(take(nextTurn(input, place)));
      expect(failure).toMatchObject({ type: 'session_lost', details: { session: place.session } });
    }
    expect(calls()).toBe(1);
  });

  it('hangs up at a cancel, and the cancel says whom it had asked', async () => {
    vendor.next({ delayMs: 60_000 });
    const environment = patientEnvironment();
    const ending = take(begin(), environment);
    await until(() => calls() === 1);
    environment.cancel();
    const error = await ending.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CancelledFailure);
    expect((error as CancelledFailure).details).toEqual([
      { asked: { provider: 'compatible', model: 'some-model' }, session: expect.any(Object), partial: null },
    ]);
    await until(() => vendor.requests.at(-1)?.aborted);
  });

  it("says whom it had asked when the worker shuts down, which is the machinery's fault", async () => {
    vendor.next({ delayMs: 60_000 });
    const environment = patientEnvironment();
    const failing = failureOf(take(begin(), environment));
    await until(() => calls() === 1);
    environment.cancel('WORKER_SHUTDOWN', {
      cancelRequested: false,
      notFound: false,
      paused: false,
      timedOut: false,
      workerShutdown: true,
      reset: false,
    });
    expect(await failing).toMatchObject({
      type: 'worker_shutdown',
      details: { asked: { model: 'some-model' }, session: {} },
    });
  });

  it('says whom it had asked when its time is up', async () => {
    vendor.next({ delayMs: 60_000 });
    expect(await failureOf(take(begin(undefined, { timeoutMs: 10_000 })))).toMatchObject({
      type: 'timeout',
      details: { asked: { model: 'some-model' } },
    });
  });
});
