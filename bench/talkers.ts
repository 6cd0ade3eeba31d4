/**
 * People in a process of their own: they post messages at an even pace, to each run in turn, whether or not the ones
 * before have been answered, and note when each stands in the tables. Tells its parent once all do.
 */
import { once } from 'node:events';
import pg from 'pg';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { sql } from '../src/database/sql.ts';

export interface Talk {
  readonly url: string;
  readonly databaseUrl: string;
  readonly runs: readonly string[];
  readonly messages: number;
  readonly perSecond: number;
}

export interface Told {
  /** ms from the post to the commit that shows it, of those that were acknowledged and are there. */
  readonly delays: readonly number[];
  /** How often the API answered so. */
  readonly answers: Readonly<Record<string, number>>;
  /** Acknowledged, and not there within a minute after the last. */
  readonly lost: number;
  /** Ids that stand there more than once. */
  readonly doubled: number;
  /** Acknowledged commands that came to nothing. */
  readonly ignored: number;
}

const TEXT = 'Mind the tests of the importer, they are slow and easily broken. '.repeat(2);
const LAST_WORDS_MS = 60_000;
/** Who finds none free waits, and the time counts. */
const connections = new Agent({ connections: 2_000, headersTimeout: 0, bodyTimeout: 0 });

const [talk] = (await once(process, 'message')) as [Talk];
const posted = new Map<string, number>();
const arrived = new Map<string, number>();
const answers: Record<string, number> = {};
const acknowledged: string[] = [];
let doubled = 0;
let ignored = 0;

const stopWatching = await watch();
await Promise.all(Array.from({ length: talk.messages }, (_, n) => post(n)));
const deadline = Date.now() + LAST_WORDS_MS;
while (acknowledged.some((id) => !arrived.has(id)) && Date.now() < deadline) await sleep(100);
await stopWatching();

const there = acknowledged.filter((id) => arrived.has(id));
const delays = there.map((id) => (arrived.get(id) ?? 0) - (posted.get(id) ?? 0));
const lost = acknowledged.length - there.length;
process.send?.({ delays, answers, lost, doubled, ignored } satisfies Told, () => process.exit(0));

/** Every tenth is for the agent. */
async function post(n: number): Promise<void> {
  await sleep((n * 1_000) / talk.perSecond);
  const id = `m${n}`;
  const run = talk.runs[n % talk.runs.length] ?? '';
  const action_type = Math.floor(n / talk.runs.length) % 10 === 9 ? 'instruction' : 'comment';
  posted.set(id, Date.now());
  const status = await request(`${talk.url}/api/v1/runs/${run}/messages`, {
    method: 'POST',
    dispatcher: connections,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, action_type, content: `${TEXT}${n}`, by: 'bench' }),
  }).then(statusOf, (error: Error) => error.message);
  answers[status] = (answers[status] ?? 0) + 1;
  if (status === 200 || status === 202) acknowledged.push(id);
}

async function statusOf({ statusCode, body }: Dispatcher.ResponseData): Promise<number> {
  await body.dump();
  return statusCode;
}

/** Reads what is new of the runs that the projector speaks of. Answers what ends it. */
async function watch(): Promise<() => Promise<void>> {
  const listener = new pg.Client({ connectionString: talk.databaseUrl });
  const reader = new pg.Client({ connectionString: talk.databaseUrl });
  await Promise.all([listener.connect(), reader.connect()]);
  const read = new Map(talk.runs.map((run) => [run, 0]));
  const changed = new Set(talk.runs);
  let ended = false;
  listener.on('notification', ({ payload = '' }) => {
    if (read.has(payload)) changed.add(payload);
  });
  await listener.query('listen baton_run');
  const reading = (async () => {
    while (!ended) {
      if (changed.size > 0) await readNew(reader, read, changed);
      await sleep(5);
    }
  })();
  return async () => {
    ended = true;
    await reading;
    await Promise.all([listener.end(), reader.end()]);
  };
}

async function readNew(reader: pg.Client, read: Map<string, number>, changed: Set<string>): Promise<void> {
  const runs = [...changed];
  changed.clear();
  const since = runs.map((run) => read.get(run) ?? 0);
  const { rows } = await reader.query<{ run_id: string; seq: number; id: string; status: string }>(sql`
    select m.run_id, m.seq::int, m.message_id as id, m.action_status as status
    from unnest(${runs}::text[], ${since}::int[]) as r (run_id, seq)
    join workflow_messages m on m.run_id = r.run_id and m.seq > r.seq
    where m.message_id is not null order by m.seq`);
  const now = Date.now();
  for (const { run_id, seq, id, status } of rows) {
    read.set(run_id, seq);
    if (arrived.has(id)) doubled++;
    else arrived.set(id, now);
    if (status === 'ignored') ignored++;
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
