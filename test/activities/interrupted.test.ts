/** Turns of agents that are stopped: what the model had said stays, and the next turn goes on from it. */
import { CancelledFailure } from '@temporalio/common';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { createProviders } from '../../src/activities/agents/providers/index.ts';
import { turnActivity } from '../../src/activities/agents/turn.ts';
import { readSecrets } from '../../src/activities/secrets.ts';
import type { Database } from '../../src/database/database.ts';
import { sql } from '../../src/database/sql.ts';
import { createLogger } from '../../src/log/log.ts';
import type { AbortedTurn, TurnActivity, TurnInput } from '../../src/protocol/agent.ts';
import type { FailureDetails } from '../../src/protocol/failure.ts';
import { PostgresStreamer } from '../../src/streaming/postgres-streamer.ts';
import { afterFile } from '../support/after-file.ts';
import { openLink } from '../support/cuttable-link.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../support/fake-openai.ts';
import { freshDatabase, runId, until } from '../support/index.ts';
import { failureOf, patientEnvironment, runActivity, testConfig } from '../support/step-attempt.ts';
import { firstTurn, nextTurn } from '../support/turn-input.ts';
import { openTestDatabase } from '../support/test-database.ts';

const log = createLogger('test', 'silent');
let databaseUrl: string;
let database: Database;
let streamer: PostgresStreamer;
let vendor: FakeOpenAi;
let turn: TurnActivity;
beforeAll(async () => {
  databaseUrl = await freshDatabase();
  database = openTestDatabase(databaseUrl, log);
  streamer = new PostgresStreamer(database, log);
  vendor = await startFakeOpenAi();
  turn = activityOn(database);
});
afterFile(() => Promise.all([database.end(), vendor.stop()]));

function activityOn(own: Database): TurnActivity {
  const config = testConfig({ BATON_COMPATIBLE_BASE_URL: vendor.url });
  const env = { BATON_SECRET_TOKEN: 'hush-hush' };
  return turnActivity({
    database: own,
    log,
    secrets: readSecrets(env),
    models: { config, env },
    providers: createProviders({ config, env }, undefined),
    offerTools: async () => [],
    streamer,
  });
}

/** The vendor sends these pieces and then nothing more. */
const says = (...pieces: string[]) =>
  vendor.next({
    chunks: [...pieces, 'never said'],
    gate: async (n) => {
      if (n === pieces.length) await new Promise(() => {});
    },
  });

let run: string;
let input: TurnInput;
beforeEach(() => {
  run = runId();
  input = firstTurn(undefined, {
    idempotencyKey: `${run}/0/work/1`,
    run: { id: run, workflow: 'demo', version: '1.0.0' },
  });
});

const told = async () => (await streamer.read(run, 0)).map(({ content }) => content).join('');
const lastTold = async () => (await streamer.read(run, 0)).at(-1);

type Details = AbortedTurn & FailureDetails;

/** Begins the turn, and cancels it once readers of the stream have seen so much. */
async function stopped(text: string, on = turn, before?: () => Promise<void>): Promise<Details> {
  const environment = patientEnvironment();
  const asked = vendor.requests.length;
  const ending = runActivity(on, input, environment).catch((thrown: unknown) => thrown);
  await until(async () => vendor.requests.length > asked && (await told()) === text);
  await before?.();
  environment.cancel();
  const error = await ending;
  expect(error).toBeInstanceOf(CancelledFailure);
  return (error as CancelledFailure).details[0] as Details;
}

async function entries(session: string): Promise<readonly { role: string; content: object }[]> {
  const { rows } = await database.query<{ role: string; content: object }>(
    sql`select role, content from session_messages where session_id = ${session} order by depth`,
  );
  return rows;
}

it('keeps what had come, and the next turn goes on from there', async () => {
  says('Once ', 'upon ');
  const aborted = await stopped('Once upon ');
  expect(aborted).toEqual({
    session: { id: expect.stringMatching(/^ses_/), name: 'writer: Do the work' },
    asked: { provider: 'compatible', model: 'some-model' },
    partial: { head: expect.stringMatching(/^[0-9a-f]{64}$/), preview: 'Once upon ' },
  });
  expect((await entries(aborted.session.id)).at(-1)).toEqual({
    role: 'assistant',
    content: {
      ...{ text: 'Once upon ', calls: [], native: null, interrupted: true },
      ...{ provider: 'compatible', model: 'some-model' },
    },
  });
  await until(() => vendor.requests.at(-1)?.aborted);

  vendor.next({ reply: 'A sad story.' });
  const { session, partial } = aborted;
  const output = await runActivity(
    turn,
    nextTurn(
      input,
      { session, head: partial?.head ?? '' },
      {
        append: [
          { type: 'user', source: 'notice', text: 'You were interrupted.', by: null },
          { type: 'user', source: 'instruction', text: 'Make it sad.', by: 'ann' },
        ],
      },
    ),
  );
  expect(output.result?.value).toBe('A sad story.');
  expect(vendor.requests.at(-1)?.messages).toEqual([
    { role: 'system', content: 'You write.' },
    { role: 'user', content: 'Greet Ann' },
    { role: 'assistant', content: 'Once upon ' },
    { role: 'user', content: 'You were interrupted.\n\nMake it sad.' },
  ]);
  expect(await entries(session.id)).toMatchObject([
    { role: 'setup' },
    { role: 'user', content: { source: 'prompt' } },
    { role: 'assistant', content: { interrupted: true } },
    { role: 'user', content: { source: 'notice', by: null } },
    { role: 'user', content: { source: 'instruction', text: 'Make it sad.', by: 'ann' } },
    { role: 'assistant', content: { text: 'A sad story.' } },
  ]);
});

it('ends its stream with where that stands', async () => {
  says('Once ', 'upon ');
  const { session, partial } = await stopped('Once upon ');
  const last = await until(async () => {
    const event = await lastTold();
    return event?.type === 'end' ? event : null;
  });
  expect(last).toMatchObject({ interrupted: true, message: { session: session.id, head: partial?.head } });
});

it('is no answer to the same turn tried again', async () => {
  says('Once ');
  const { session } = await stopped('Once ');
  vendor.next({ reply: 'Hello Ann' });
  expect(await runActivity(turn, input)).toMatchObject({
    session,
    result: { value: 'Hello Ann' },
    replayed: false,
  });
  expect(vendor.requests.at(-1)?.messages).toHaveLength(2);
});

it.each([
  ['nothing', []],
  ['nothing but blanks', [' ', '\n']],
])('keeps nothing when the model had said %s', async (_, pieces) => {
  says(...pieces);
  const { session, partial } = await stopped(pieces.join(''));
  expect(partial).toBeNull();
  expect((await entries(session.id)).map(({ role }) => role)).toEqual(['setup', 'user']);
  const last = await until(async () => {
    const event = await lastTold();
    return event?.type === 'end' ? event : null;
  });
  expect(last).toMatchObject({ interrupted: true, message: null });
});

it('shows no secret, nor the beginning of one, and stores what Postgres would refuse', async () => {
  says('a\0b hush-', 'hush and hus');
  const { session, partial } = await stopped('a\ufffdb *** and ');
  expect(partial?.preview).toBe('a\ufffdb *** and ');
  expect((await entries(session.id)).at(-1)?.content).toMatchObject({ text: 'a\ufffdb *** and ' });
});

it('ends without what had come when the database is away', async () => {
  const url = new URL(databaseUrl);
  const link = await openLink(url.hostname, Number(url.port));
  url.hostname = '127.0.0.1';
  url.port = String(link.port);
  const remote = openTestDatabase(url.href, log);
  says('Once ');
  const { session, partial } = await stopped('Once ', activityOn(remote), () => link.cut());
  expect(partial).toBeNull();
  expect((await entries(session.id)).map(({ role }) => role)).toEqual(['setup', 'user']);
  await remote.end();
});

it('completes when the answer had come whole', async () => {
  const client = await database.connect();
  await client.query('begin; lock table session_turns in exclusive mode');
  vendor.next({ reply: 'Hello Ann', usage: { input: 5, output: 2 } });
  const environment = patientEnvironment();
  const ending = runActivity(turn, input, environment);
  const waits = sql`select from pg_locks where not granted and relation = 'session_turns'::regclass`;
  await until(async () => ((await database.query(waits)).rowCount ?? 0) > 0);
  environment.cancel();
  await client.query('commit');
  client.release();
  expect(await ending).toMatchObject({ result: { value: 'Hello Ann' }, usage: { totalTokens: 7 } });
});

it('keeps nothing when the worker shuts down: the turn is tried again', async () => {
  says('Once ');
  const environment = patientEnvironment();
  const failing = failureOf(runActivity(turn, input, environment));
  await until(async () => (await told()) === 'Once ');
  environment.cancel('WORKER_SHUTDOWN', {
    ...{ cancelRequested: false, notFound: false, paused: false, timedOut: false, reset: false },
    workerShutdown: true,
  });
  const { type, details } = await failing;
  expect(type).toBe('worker_shutdown');
  expect(details).not.toHaveProperty('partial');
  expect((await entries(details.session?.id ?? '')).map(({ role }) => role)).toEqual(['setup', 'user']);
});

it('keeps what a vendor had said who breaks off, or refuses in the end', async () => {
  for (const end of [{ streamError: 'server_error' }, { finishReason: 'content_filter' }] as const) {
    vendor.next({ chunks: ['Once ', 'upon '], ...end });
    const failed = await failureOf(runActivity(turn, input));
    const { session } = failed.details as Details;
    expect((await entries(session.id)).at(-1)?.content).toMatchObject({
      text: 'Once upon ',
      interrupted: true,
    });
    expect((await lastTold())?.type).not.toBe('end');
  }
  vendor.next({ reply: 'Hello Ann' });
  expect(await runActivity(turn, input)).toMatchObject({
    result: { value: 'Hello Ann' },
  });
  expect(vendor.requests.at(-1)?.messages).toHaveLength(2);
});
