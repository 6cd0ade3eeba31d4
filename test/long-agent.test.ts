/**
 * Agents of hundreds of turns: what they leave in Temporal stays small, because transcripts stand in Postgres, and no
 * turn is lost or paid twice, also where the execution continues as new in the middle.
 */
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../src/database/sql.ts';
import { verifyRun } from '../src/projections/index.ts';
import { connectTemporal } from '../src/temporal/connection.ts';
import { startBaton } from './support/baton.ts';
import type { Baton, RunJson } from './support/baton.ts';
import { startFakeOpenAi } from './support/fake-openai.ts';
import type { FakeOpenAi } from './support/fake-openai.ts';
import { temporalTarget } from './support/index.ts';

const MEGABYTE = 1024 * 1024;
const LIST = { toolCalls: [{ name: 'list_files', arguments: {} }], usage: { input: 90, output: 10 } };
const DONE = { reply: 'all is swept', usage: { input: 90, output: 10 } };

let vendor: FakeOpenAi;
let baton: Baton;

beforeAll(async () => {
  // Models are named NAME-N: N is the turn that is to be their last.
  vendor = await startFakeOpenAi({
    answer: ({ model, messages }) => {
      const turns = messages.filter(({ role }) => role === 'assistant').length;
      return turns + 1 < Number(model.split('-')[1]) ? LIST : DONE;
    },
  });
  afterAll(() => vendor.stop());
  baton = await startBaton({ BATON_COMPATIBLE_BASE_URL: vendor.url, BATON_ALLOW_PRIVATE_NETWORK: '1' });
});

/** Runs agents beside each other, each for so many turns. */
async function sweep(name: string, agents: readonly string[], turns: number): Promise<RunJson> {
  const steps = agents.map(
    (key) =>
      `  - { key: ${key}, agent: code, prompt: Sweep, model: compatible/${key}-${turns}, tools: [list_files], max_turns: 1000 }`,
  );
  await baton.publish(`name: ${name}\nversion: 1.0.0\nworkspace: {}\nsteps:\n${steps.join('\n')}\n`);
  const { id } = await baton.start({ workflow: name, inputs: {} });
  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'completed', diverged: null, turns: agents.length * turns });
  expect(run.total_tokens).toBe(agents.length * turns * 100);
  return run;
}

/** Executions of a run in their order, with what Temporal says of their histories. */
async function historiesOf(runId: string): Promise<{ events: number; bytes: number }[]> {
  const { rows } = await baton.database.query<{ execution_id: string }>(
    sql`select execution_id from executions where run_id = ${runId} order by started_at`,
  );
  const { address, namespace } = temporalTarget();
  const connection = await connectTemporal({ address, namespace });
  try {
    const { workflow } = new Client({ connection, namespace });
    const described = rows.map(({ execution_id: id }) => workflow.getHandle(runId, id).describe());
    return (await Promise.all(described)).map(({ historyLength, historySize }) => ({
      events: historyLength,
      bytes: historySize ?? Number.NaN,
    }));
  } finally {
    await connection.close();
  }
}

/** Every turn has one row, was asked for once, and stands in the transcript once. */
async function expectEachTurnOnce(runId: string, step: string, turns: number): Promise<void> {
  const { rows: calls } = await baton.database.query<{ turn: number; status: string; replayed: boolean }>(
    sql`select turn, status, replayed from llm_calls where run_id = ${runId} and step = ${step} order by turn`,
  );
  const wanted = Array.from({ length: turns }, (_, i) => i + 1);
  expect(calls).toEqual(wanted.map((turn) => ({ turn, status: 'completed', replayed: false })));
  const asked = Object.entries(vendor.counts()).filter(([name]) => name.startsWith(`${step}-`));
  expect(asked.map(([, times]) => times)).toEqual(wanted.map(() => 1));
  const { rows: said } = await baton.database.query<{ role: string; entries: number }>(sql`
    select role, count(*)::int as entries from session_messages
    where session_id = (select session_id from workflow_step_executions where run_id = ${runId} and key = ${step})
    group by role`);
  expect(Object.fromEntries(said.map(({ role, entries }) => [role, entries]))).toEqual({
    setup: 1,
    user: 1,
    assistant: turns,
    tool: turns - 1,
  });
}

test.concurrent('200 turns with a tool each: one execution, far below the limits of Temporal', async () => {
  const run = await sweep('alone', ['sweep'], 200);
  await expectEachTurnOnce(run.id, 'sweep', 200);
  const histories = await historiesOf(run.id);
  expect(histories).toHaveLength(1);
  expect(histories[0]?.bytes).toBeLessThan(MEGABYTE);
});

test.concurrent('two agents of 200 turns: the execution continues as new in their middle', async () => {
  const run = await sweep('together', ['left', 'right'], 200);
  await expectEachTurnOnce(run.id, 'left', 200);
  await expectEachTurnOnce(run.id, 'right', 200);
  const histories = await historiesOf(run.id);
  expect(histories.length).toBeGreaterThan(1);
  for (const { bytes } of histories) expect(bytes).toBeLessThan(4 * MEGABYTE);
  expect(await verifyRun(baton.database, run.id)).toMatchObject({ ok: true });
});
