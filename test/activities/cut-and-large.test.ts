/** Answers that were cut, and answers that are larger than what travels: a real database, the real client. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProviders } from '../../src/activities/agents/providers/index.ts';
import { turnActivity } from '../../src/activities/agents/turn.ts';
import { readSecrets } from '../../src/activities/secrets.ts';
import type { Database } from '../../src/database/database.ts';
import { createLogger } from '../../src/log/log.ts';
import type { TurnActivity, TurnInput, TurnOutput } from '../../src/protocol/agent.ts';
import { PostgresStreamer } from '../../src/streaming/postgres-streamer.ts';
import { afterFile } from '../support/after-file.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../support/fake-openai.ts';
import { freshDatabase, runId } from '../support/index.ts';
import { failureOf, runActivity, testConfig } from '../support/step-attempt.ts';
import { agentSpec, firstTurn, nextTurn } from '../support/turn-input.ts';
import { openTestDatabase } from '../support/test-database.ts';

const log = createLogger('test', 'silent');
let database: Database;
let vendor: FakeOpenAi;
let turn: TurnActivity;
beforeAll(async () => {
  database = openTestDatabase(await freshDatabase(), log);
  vendor = await startFakeOpenAi();
  const config = testConfig({ BATON_COMPATIBLE_BASE_URL: vendor.url });
  turn = turnActivity({
    database,
    log,
    secrets: readSecrets({}),
    models: { config, env: {} },
    providers: createProviders({ config, env: {} }, undefined),
    offerTools: async () => [{ name: 'read_file', description: 'Reads.', inputSchema: { type: 'object' } }],
    streamer: new PostgresStreamer(database, log),
  });
});
afterFile(() => Promise.all([database.end(), vendor.stop()]));

let run: string;
beforeEach(() => {
  run = runId();
});
const begin = (spec = agentSpec(), over: Partial<TurnInput> = {}) =>
  firstTurn(spec, { idempotencyKey: `${run}/0/work/1`, ...over });
const take = (input: TurnInput) => runActivity(turn, input);
const after = (input: TurnInput, output: TurnOutput, source: 'cut' | 'instruction') =>
  nextTurn(input, output, { append: [{ type: 'user', source, text: 'Go on.', by: null }] });
const CUT = { finishReason: 'length' } as const;

describe('an answer that was cut', () => {
  it('says what cut it: the budget, or any other limit', async () => {
    const cutOf = async (own: number | null, budget: number | null, output: number) => {
      run = runId();
      vendor.next({ reply: 'half', ...CUT, usage: { input: 5, output } });
      return (await take(begin(agentSpec({ maxOutputTokens: own }), { maxOutputTokens: budget }))).cut;
    };
    expect(await cutOf(null, null, 7)).toBe('length');
    expect(await cutOf(null, 7, 7)).toBe('budget');
    expect(await cutOf(9, 7, 7)).toBe('budget');
    expect(await cutOf(7, 9, 7)).toBe('length');
    // Nobody counts: so no limit of tokens would ever end it.
    expect(await cutOf(null, 7, 0)).toBe('length');
    // The vendor's own ceiling is lower than what the budget leaves.
    expect(await cutOf(null, 500, 7)).toBe('length');
  });

  it('is one value with its rest, whatever the seam', async () => {
    const spec = agentSpec({ outputSchema: { type: 'object', required: ['name'] } });
    vendor.next({ reply: '{"na', ...CUT }, { reply: 'me": "A', ...CUT }, { reply: 'nn"}' });
    const first = begin(spec);
    const one = await take(first);
    expect(one).toMatchObject({ cut: 'length', preview: '{"na' });
    const second = after(first, one, 'cut');
    const two = await take(second);
    const three = await take(after(second, two, 'cut'));
    expect(three).toMatchObject({ result: { value: { name: 'Ann' } }, correction: null });
    expect(three.cut).toBeUndefined();
    expect(vendor.requests.at(-1)?.messages.map(({ content }) => content)).toEqual([
      expect.stringContaining('You write.'),
      'Greet Ann',
      ...['{"na', 'Go on.', 'me": "A', 'Go on.'],
    ]);
  });

  it('is no part of an answer to something else', async () => {
    vendor.next({ reply: 'half', ...CUT }, { reply: 'all of it' });
    const first = begin();
    const one = await take(first);
    expect((await take(after(first, one, 'instruction'))).result).toMatchObject({ value: 'all of it' });
  });

  it('marks calls whose arguments are cut, and no others', async () => {
    const whole = { name: 'read_file', arguments: { path: 'a' } };
    const marked = async (...toolCalls: { name: string; arguments?: unknown }[]) => {
      run = runId();
      vendor.next({ toolCalls, ...CUT });
      return (await take(begin())).calls.map(({ cut }) => cut === true);
    };
    expect(await marked(whole, { name: 'read_file', arguments: '{"path": "a' })).toEqual([false, true]);
    // Vendors make an empty object of arguments that had not begun.
    expect(await marked(whole, { name: 'read_file', arguments: '' })).toEqual([false, true]);
    expect(await marked(whole, whole)).toEqual([false, false]);
  });

  it('before its first word it is a failure that says what was spent', async () => {
    vendor.next({ reply: '', ...CUT, usage: { input: 5, output: 7, reasoning: 7 } });
    expect(await failureOf(take(begin()))).toMatchObject({
      type: 'answer_cut',
      details: { usage: { outputTokens: 7 } },
    });
  });
});

describe('an answer that is large', () => {
  const MB = 1024 * 1024;
  const sizeOf = (output: unknown) => JSON.stringify(output).length;

  it('goes by reference: texts, values, and what does not fit its schema', async () => {
    const huge = 'x'.repeat(2.5 * MB);
    vendor.next({ reply: huge });
    const plain = await take(begin());
    expect(plain).toMatchObject({
      result: { ref: { bytes: huge.length + 2 } },
      usage: { model: 'some-model' },
    });
    expect(sizeOf(plain)).toBeLessThan(4_000);

    run = runId();
    const closed = agentSpec({ outputSchema: { type: 'object', additionalProperties: false } });
    vendor.next({ reply: JSON.stringify({ [huge]: 1 }) });
    const wrong = await take(begin(closed));
    expect(wrong.correction).toContain('does not fit the JSON Schema');
    expect(sizeOf(wrong)).toBeLessThan(10_000);
  });

  it('may ask for hundreds of calls, and for one with endless arguments', async () => {
    const toolCalls = Array.from({ length: 900 }, (_, i) => ({
      name: 'read_file',
      arguments: { path: `${i}`.padEnd(900, 'x') },
    }));
    vendor.next({
      toolCalls: [{ name: 'read_file', arguments: { path: 'y'.repeat(3 * MB) } }, ...toolCalls],
    });
    const output = await take(begin());
    expect(output.calls).toHaveLength(901);
    expect(output.calls[0]).toMatchObject({ input: { ref: { bytes: expect.any(Number) } } });
    expect(sizeOf(output)).toBeLessThan(MB);
  });

  it('of which nobody has thought is a failure that says what it has cost', async () => {
    vendor.next({ reply: 'hi', model: 'm'.repeat(2 * MB), usage: { input: 5, output: 7 } });
    const failure = await failureOf(take(begin()));
    expect(failure).toMatchObject({
      type: 'result_too_large',
      details: { usage: { totalTokens: 12 }, session: { id: expect.any(String) } },
    });
    expect(sizeOf(failure)).toBeLessThan(10_000);

    run = runId();
    const toolCalls = Array.from({ length: 1_001 }, () => ({ name: 'read_file' }));
    vendor.next({ toolCalls, usage: { input: 5, output: 7 } });
    expect(await failureOf(take(begin()))).toMatchObject({
      type: 'result_too_large',
      details: { usage: { totalTokens: 12 } },
    });
  });
});
