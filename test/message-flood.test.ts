/**
 * Many people talk to one run as fast as the API takes it, and to many runs at once: nothing is lost, doubled or out of
 * its sender's order, histories stay small, and the tables are what the events say.
 */
import { Client } from '@temporalio/client';
import { beforeAll, expect, test } from 'vitest';
import { sql } from '../src/database/sql.ts';
import { verifyRun } from '../src/projections/index.ts';
import { BATCH_SIGNAL } from '../src/protocol/signals.ts';
import { connectTemporal } from '../src/temporal/connection.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import type { Baton } from './support/baton.ts';
import { startFakeOpenAi } from './support/fake-openai.ts';
import type { FakeOpenAi, FakeRequest } from './support/fake-openai.ts';
import { temporalTarget, until } from './support/index.ts';
import { Sender } from './support/sender.ts';
import type { Said } from './support/sender.ts';

const SENDERS = 15;
/** Of each sender. */
const MESSAGES = 20;
const RUNS = 10;
/** In each run. */
const FEW = 10;
/** Enough for a run's history to outgrow one execution (4 MB). */
const LONG_TEXT = 'All work and no play makes a dull history. '.repeat(375);
/** What Temporal suggests to continue at, and what comes until an agent's call under way has ended. */
const MAX_HISTORY = { events: 2_000, bytes: 10 * 1024 * 1024 };

let vendor: FakeOpenAi;
let baton: Baton;
/** Everything was said. */
let isOver = false;

beforeAll(async () => {
  vendor = await startFakeOpenAi({
    // An agent that goes on as long as somebody has something to say: a message that waits makes a further turn.
    answer: async (request) => {
      const heard = instructionsIn(request).length;
      await until(() => isOver || promised(request.model) > heard, { timeout: 300_000 });
      return { reply: 'heard', delayMs: 100 };
    },
  });
  afterFile(() => vendor.stop());
  baton = await startBaton({ BATON_COMPATIBLE_BASE_URL: vendor.url, BATON_ALLOW_PRIVATE_NETWORK: '1' });
});

/** Acknowledged instructions, by model: each run has one of its own. */
const counts = new Map<string, number>();
const promised = (model: string): number => counts.get(model) ?? 0;

async function startRun(model: string): Promise<string> {
  const step = `{ key: work, agent: code, prompt: Listen, model: compatible/${model}, max_turns: 10000 }`;
  await baton.publish(`name: ${model}\nversion: 1.0.0\nsteps: [${step}]\n`);
  const { id } = await baton.start({ workflow: model, inputs: {} });
  await until(() => vendor.requests.some((request) => request.model === model));
  return id;
}

/** Every tenth is for the agent, and every fifth is said twice. */
async function talk(sender: Sender, model: string, messages: number): Promise<void> {
  for (let n = 1; n <= messages; n++) {
    const isForAgent = n % 10 === 0;
    if (isForAgent) await sender.say('instruction', `instruction ${sender.name}/${n}`);
    else await sender.say('comment', `comment ${sender.name}/${n} ${LONG_TEXT}`);
    if (isForAgent) counts.set(model, promised(model) + 1);
    if (n % 5 === 0) await sender.repeat();
  }
}

/** The instructions that stand in a request, in their order, each as often as it stands there. */
function instructionsIn({ messages }: FakeRequest): string[] {
  const said = messages.filter(({ role }) => role === 'user').map(({ content }) => JSON.stringify(content));
  return said.join('\n').match(/instruction [\w-]+\/\d+/g) ?? [];
}

interface Told extends Said {
  readonly status: string;
  readonly author: string;
}

async function thread(runId: string): Promise<Told[]> {
  const { rows } = await baton.database.query<Told>(sql`
    select message_id as id, action_type as action, content, action_status as status, author
    from workflow_messages where run_id = ${runId} and message_type = 'user' order by seq`);
  return rows;
}

/** The thread holds what was promised to each sender, once and in order, and the agent has heard it in that order. */
async function expectAllTold(runId: string, model: string, senders: readonly Sender[]): Promise<void> {
  const told = await thread(runId);
  expect([...new Set(told.map(({ status }) => status))]).toEqual(['processed']);
  for (const { name, acknowledged } of senders) {
    const ours = told.filter(({ author }) => author === name);
    expect(ours.map(({ id, action, content }) => ({ id, action, content }))).toEqual(acknowledged);
  }
  expect(told).toHaveLength(senders.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0));
  const instructions = told.flatMap(({ action, content }) => (action === 'instruction' ? [content] : []));
  const last = vendor.requests.filter((request) => request.model === model).at(-1);
  expect(last === undefined ? [] : instructionsIn(last)).toEqual(instructions);
  expect(await verifyRun(baton.database, runId)).toMatchObject({ ok: true });
}

/** Says what was said again, past the API, which would know it. */
async function signalAgain(runId: string, said: readonly Said[]): Promise<void> {
  const { address, namespace } = temporalTarget();
  const connection = await connectTemporal({ address, namespace });
  const { workflow } = new Client({ connection, namespace });
  await workflow.getHandle(runId).signal(BATCH_SIGNAL, { messages: said });
  await connection.close();
}

/** What Temporal keeps of each execution of a run. */
async function histories(runId: string) {
  const { address, namespace } = temporalTarget();
  const { rows } = await baton.database.query<{ id: string }>(
    sql`select execution_id as id from executions where run_id = ${runId}`,
  );
  const connection = await connectTemporal({ address, namespace });
  try {
    const { workflow } = new Client({ connection, namespace });
    return await Promise.all(rows.map(({ id }) => workflow.getHandle(runId, id).describe()));
  } finally {
    await connection.close();
  }
}

test('fifteen people talk to one run at once', { timeout: 600_000 }, async () => {
  const id = await startRun('crowded');
  const senders = Array.from({ length: SENDERS }, (_, n) => new Sender(`s${n}`, () => baton.url, id));
  await Promise.all(senders.map((sender) => talk(sender, 'crowded', MESSAGES)));
  const some = senders.flatMap(({ acknowledged, name: by }) =>
    acknowledged.slice(8, 10).map((said) => ({ ...said, by })),
  );
  for (let times = 0; times < 5; times++) await signalAgain(id, some.toReversed());
  isOver = true;
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', diverged: null });

  await expectAllTold(id, 'crowded', senders);
  const executions = await histories(id);
  expect(executions.length).toBeGreaterThan(1);
  for (const { historyLength, historySize } of executions) {
    expect(historyLength).toBeLessThan(MAX_HISTORY.events);
    expect(historySize).toBeLessThan(MAX_HISTORY.bytes);
  }
});

test(`one person each talks to ${RUNS} runs`, { timeout: 600_000 }, async () => {
  isOver = false;
  const models = Array.from({ length: RUNS }, (_, n) => `quiet-${n}`);
  const ids = await Promise.all(models.map(startRun));
  const senders = ids.map((id, n) => new Sender(`t${n}`, () => baton.url, id));
  await Promise.all(senders.map((sender, n) => talk(sender, models[n] ?? '', FEW)));
  isOver = true;
  for (const [n, sender] of senders.entries()) {
    const [id = '', model = ''] = [ids[n], models[n]];
    expect(await baton.finished(id)).toMatchObject({ status: 'completed', diverged: null });
    await expectAllTold(id, model, [sender]);
  }
});
