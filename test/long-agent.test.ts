/**
 * Agents of many turns: what they leave in Temporal stays small, because transcripts stand in Postgres, and no turn is
 * lost or paid twice, also where the execution continues as new in the middle.
 */
import { Client } from '@temporalio/client';
import { beforeAll, expect, test } from 'vitest';
import { sql } from '../src/database/sql.ts';
import { verifyRun } from '../src/projections/index.ts';
import { connectTemporal } from '../src/temporal/connection.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import type { RunNow } from '../src/contract/run.ts';
import type { Baton } from './support/baton.ts';
import { startFakeOpenAi } from './support/fake-openai.ts';
import type { FakeOpenAi } from './support/fake-openai.ts';
import { temporalTarget } from './support/index.ts';

/** Of each agent: enough for the two to fill more than one execution. */
const TURNS = 30;
/** Of all executions together: what an agent of 200 turns may leave, by the turn. */
const HISTORY_BYTES = (4 * 1024 * 1024 * TURNS) / 200;
const LIST = { toolCalls: [{ name: 'list_files', arguments: {} }], usage: { input: 90, output: 10 } };
const DONE = { reply: 'all is swept', usage: { input: 90, output: 10 } };

let vendor: FakeOpenAi;
let baton: Baton;

beforeAll(async () => {
  vendor = await startFakeOpenAi({
    answer: ({ messages }) =>
      messages.filter(({ role }) => role === 'assistant').length + 1 < TURNS ? LIST : DONE,
  });
  afterFile(() => vendor.stop());
  baton = await startBaton({ BATON_COMPATIBLE_BASE_URL: vendor.url, BATON_ALLOW_PRIVATE_NETWORK: '1' });
});

/** Runs agents beside each other, each with a model of its own name. */
async function sweep(agents: readonly string[]): Promise<RunNow> {
  const steps = agents.map(
    (key) =>
      `  - { key: ${key}, agent: code, prompt: Sweep, model: compatible/${key}, tools: [list_files], max_turns: 1000 }`,
  );
  await baton.publish(`name: sweep\nversion: 1.0.0\nworkspace: {}\nsteps:\n${steps.join('\n')}\n`);
  const { id } = await baton.start({ workflow: 'sweep', inputs: {} });
  const run = await baton.finished(id);
  const turns = agents.length * TURNS;
  expect(run).toMatchObject({ status: 'completed', diverged: null, turns, total_tokens: turns * 100 });
  return run;
}

/** Bytes of the histories of a run's executions, in their order, as Temporal counts them. */
async function historySizes(runId: string): Promise<number[]> {
  const { rows } = await baton.database.query<{ execution_id: string }>(
    sql`select execution_id from executions where run_id = ${runId} order by started_at`,
  );
  const { address, namespace } = temporalTarget();
  const connection = await connectTemporal({ address, namespace });
  try {
    const { workflow } = new Client({ connection, namespace });
    const described = rows.map(({ execution_id: id }) => workflow.getHandle(runId, id).describe());
    return (await Promise.all(described)).map(({ historySize }) => historySize ?? Number.NaN);
  } finally {
    await connection.close();
  }
}

/** Every turn has one row, was asked for once, and stands in the transcript once. */
async function expectEachTurnOnce(runId: string, step: string): Promise<void> {
  const { rows: calls } = await baton.database.query<{ turn: number; status: string; replayed: boolean }>(
    sql`select turn, status, replayed from llm_calls where run_id = ${runId} and step = ${step} order by turn`,
  );
  const wanted = Array.from({ length: TURNS }, (_, i) => i + 1);
  expect(calls).toEqual(wanted.map((turn) => ({ turn, status: 'completed', replayed: false })));
  const asked = Object.entries(vendor.counts()).filter(([name]) => name.startsWith(`${step}/`));
  expect(asked.map(([, times]) => times)).toEqual(wanted.map(() => 1));
  const { rows: said } = await baton.database.query<{ role: string; entries: number }>(sql`
    select role, count(*)::int as entries from session_messages
    where session_id = (select session_id from workflow_step_executions where run_id = ${runId} and key = ${step})
    group by role`);
  expect(Object.fromEntries(said.map(({ role, entries }) => [role, entries]))).toEqual({
    setup: 1,
    user: 1,
    assistant: TURNS,
    tool: TURNS - 1,
  });
}

test(
  'two agents of many turns: small histories, continued as new in their middle, no turn lost',
  { timeout: 300_000 },
  async () => {
    const run = await sweep(['left', 'right']);
    for (const step of ['left', 'right']) await expectEachTurnOnce(run.id, step);
    const sizes = await historySizes(run.id);
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(HISTORY_BYTES);
    expect(await verifyRun(baton.database, run.id)).toMatchObject({ ok: true });
  },
);
