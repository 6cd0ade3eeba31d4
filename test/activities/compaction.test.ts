/** Sessions with summaries in them: a real database, the real client. */
import type { CancelledFailure } from '@temporalio/common';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { createProviders } from '../../src/activities/agents/providers/index.ts';
import { turnActivity } from '../../src/activities/agents/turn.ts';
import { readSecrets } from '../../src/activities/secrets.ts';
import type { Database } from '../../src/database/database.ts';
import { sql } from '../../src/database/sql.ts';
import { createLogger } from '../../src/log/log.ts';
import type { Appended, TurnActivity, TurnInput, TurnOutput } from '../../src/protocol/agent.ts';
import { PostgresStreamer } from '../../src/streaming/postgres-streamer.ts';
import { afterFile } from '../support/after-file.ts';
import { startFakeOpenAi, type FakeAnswer, type FakeOpenAi } from '../support/fake-openai.ts';
import { freshDatabase, runId, until } from '../support/index.ts';
import { failureOf, patientEnvironment, runActivity, testConfig } from '../support/step-attempt.ts';
import { agentSpec, firstTurn, nextTurn } from '../support/turn-input.ts';
import { openTestDatabase } from '../support/test-database.ts';

const log = createLogger('test', 'silent');
const READ = { name: 'read_file', description: 'Reads.', inputSchema: { type: 'object' } } as const;
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
    secrets: readSecrets({ BATON_SECRET_TOKEN: 'hush-hush' }),
    models: { config, env: {} },
    providers: createProviders({ config, env: {} }, undefined),
    offerTools: async () => [READ],
    streamer: new PostgresStreamer(database, log),
  });
});
afterFile(() => Promise.all([database.end(), vendor.stop()]));

/** An agent at work: each step goes on from the one before. */
let input: TurnInput;
let output: TurnOutput;
beforeEach(async () => {
  input = firstTurn(agentSpec({ tools: ['read_file'] }), { idempotencyKey: `${runId()}/0/work/1` });
  await answer(call('a'));
});

const call = (path: string): FakeAnswer => ({
  toolCalls: [{ id: `c-${path}`, name: 'read_file', arguments: { path } }],
});
async function answer(given: FakeAnswer): Promise<void> {
  vendor.next(given);
  output = await runActivity(turn, input);
}
const resultOf = (path: string, text = `text of ${path}`): Appended => ({
  type: 'tool_results',
  results: [{ call: `c-${path}`, name: 'read_file', output: { value: text }, isError: false }],
});
const said = (text: string, source: 'instruction' | 'notice' | 'cut' = 'instruction'): Appended => ({
  ...{ type: 'user', source, text, by: 'ann' },
});
const goOn = (append: readonly Appended[], over: Partial<TurnInput> = {}) => {
  input = nextTurn(input, output, { append, ...over });
};
async function compact(given: FakeAnswer, window: number | null = null): Promise<void> {
  goOn([], { compact: { window } });
  await answer(given);
}
const seen = () =>
  (vendor.requests.at(-1)?.messages ?? []).map((message) => {
    const {
      role,
      content,
      tool_calls: calls,
    } = message as unknown as {
      role: string;
      content: string | null;
      tool_calls?: { id: string }[];
    };
    return [role, calls === undefined ? content : calls.map(({ id }) => id).join()];
  });

/** Three answers, the last with a call that is open. */
async function work(): Promise<void> {
  goOn([resultOf('a'), said('Mind the tabs')]);
  await answer(call('b'));
  goOn([resultOf('b', 'y'.repeat(5_000))]);
  await answer(call('c'));
}

it('goes on from summary, words of people and the last turns; no call is torn from its result', async () => {
  await work();
  await compact({ reply: 'I read a.', usage: { input: 70, output: 9 } });
  expect(output).toMatchObject({
    compacted: { entries: 3 },
    calls: [],
    result: null,
    preview: 'I read a.',
    usage: { totalTokens: 79 },
  });
  const [system, asked] = vendor.requests.at(-1)?.messages ?? [];
  expect(system?.content).toContain('You summarise the work of an agent');
  expect(asked?.content).toMatch(/Greet Ann[^]*\[calls read_file\][^]*text of a[^]*Mind the tabs/);
  expect(asked?.content).not.toContain('yyy');
  expect(vendor.requests.at(-1)?.tools).toEqual([]);

  goOn([resultOf('c')]);
  await answer({ reply: 'Done' });
  expect(seen()).toEqual([
    ['system', 'You write.'],
    ['user', expect.stringMatching(/^Greet Ann\n\nMind the tabs\n\nYour older turns[^]*I read a\.$/)],
    ['assistant', 'c-b'],
    ['tool', 'y'.repeat(5_000)],
    ['assistant', 'c-c'],
    ['tool', 'text of c'],
  ]);
  expect(output.result).toMatchObject({ value: 'Done' });
  const { rows } = await database.query<{ role: string }>(
    sql`select role from session_messages where session_id = ${output.session.id} order by depth`,
  );
  expect(rows.map(({ role }) => role).join(' ')).toBe(
    'setup user assistant tool user assistant tool assistant summary tool assistant',
  );
});

it('a second summary takes the place of the first, and people are still heard', async () => {
  await work();
  await compact({ reply: 'I read a.' });
  for (const path of ['d', 'e']) {
    goOn([resultOf(path === 'd' ? 'c' : 'd'), said(`Then ${path}`)]);
    await answer(call(path));
  }
  await compact({ reply: 'I read a to c.' });
  expect(vendor.requests.at(-1)?.messages.at(-1)?.content).toMatch(
    /<earlier-summary>\nI read a\.\n<\/earlier-summary>[^]*yyy[^]*text of c/,
  );
  goOn([resultOf('e')]);
  await answer({ reply: 'Done' });
  expect(seen().slice(1)).toEqual([
    [
      'user',
      expect.stringMatching(/^Greet Ann\n\nMind the tabs\n\nThen d\n\nYour older turns[^]*I read a to c\.$/),
    ],
    ['assistant', 'c-d'],
    ['tool', 'text of d'],
    ['user', 'Then e'],
    ['assistant', 'c-e'],
    ['tool', 'text of e'],
  ]);
});

it('is found stored, and cut to what the window takes', async () => {
  await work();
  goOn([resultOf('c', 'z'.repeat(60_000))]);
  await answer(call('d'));
  goOn([resultOf('d')]);
  await answer(call('e'));
  await compact({ reply: 'Short.' }, 4_000);
  expect(String(vendor.requests.at(-1)?.messages.at(-1)?.content).length).toBeLessThan(4_000 * 3);
  const asked = vendor.requests.length;
  const first = output;
  const again = await runActivity(turn, { ...input, step: { ...input.step, attempt: 2 } });
  expect(again).toEqual({ ...first, replayed: true });
  expect(vendor.requests).toHaveLength(asked);
});

it('comes between an answer that was cut and its rest', async () => {
  await work();
  goOn([resultOf('c')]);
  await answer({ reply: 'First half, ', finishReason: 'length' });
  await compact({ reply: 'I read all.' });
  goOn([said('Go on.', 'cut')]);
  await answer({ reply: 'second half' });
  expect(output.result).toMatchObject({ value: 'First half, second half' });
});

it('fails with what it has cost, and leaves nothing behind', async () => {
  const early = nextTurn(input, output, { compact: { window: null } });
  const asked = vendor.requests.length;
  expect(await failureOf(runActivity(turn, early))).toMatchObject({ type: 'compaction_failed' });
  expect(vendor.requests).toHaveLength(asked);

  await work();
  vendor.next({ reply: 'I re', finishReason: 'length', usage: { input: 70, output: 9 } });
  goOn([], { compact: { window: null } });
  expect(await failureOf(runActivity(turn, input))).toMatchObject({
    type: 'compaction_failed',
    details: { usage: { totalTokens: 79 }, asked: { model: 'some-model' } },
  });

  vendor.next({ chunks: ['I', ' re'], gate: async (n) => (n === 0 ? undefined : new Promise(() => {})) });
  const before = vendor.requests.length;
  const environment = patientEnvironment();
  const ending = runActivity(turn, { ...input, idempotencyKey: `${runId()}/0/work/9` }, environment);
  await until(() => vendor.requests.length > before);
  environment.cancel();
  const error = await ending.catch((thrown: unknown) => thrown);
  expect((error as CancelledFailure).details).toMatchObject([{ partial: null }]);
  const { rows } = await database.query(
    sql`select from session_messages where session_id = ${output.session.id} and role = 'summary'`,
  );
  expect(rows).toEqual([]);
});
