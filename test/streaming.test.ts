/** What agents say, live: from the vendor's pieces to readers of `/runs/:id/stream`. */
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { StreamPiece } from '../src/api/schemas/stream.ts';
import { createProviders } from '../src/activities/agents/providers/index.ts';
import { turnActivity } from '../src/activities/agents/turn.ts';
import { readSecrets } from '../src/activities/secrets.ts';
import { openDatabase, type Database } from '../src/database/database.ts';
import { sql } from '../src/database/sql.ts';
import { createLogger } from '../src/log/log.ts';
import { runProjector } from '../src/projections/projector.ts';
import { addPieces } from '../src/streaming/add-pieces.ts';
import { PostgresStreamer } from '../src/streaming/postgres-streamer.ts';
import { RING, type StreamEvent } from '../src/streaming/streamer.ts';
import { startBaton } from './support/baton.ts';
import { openLink } from './support/cuttable-link.ts';
import { startFakeOpenAi } from './support/fake-openai.ts';
import { runId, until } from './support/index.ts';
import { runActivity, testConfig } from './support/step-attempt.ts';
import { firstTurn } from './support/turn-input.ts';

/** Lets a vendor's stream go on, event by event. */
class Gate {
  #open = 0;
  #waiting: (() => void)[] = [];
  readonly wait = async (n: number): Promise<void> => {
    while (n >= this.#open) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  };
  /** The first `count` events may go; all, unless told. */
  open(count = Infinity): void {
    this.#open = count;
    for (const go of this.#waiting.splice(0)) go();
  }
}

type Answer = NonNullable<NonNullable<Parameters<typeof startFakeOpenAi>[0]>['answer']>;
const models: Record<string, Answer> = {};
const vendor = await startFakeOpenAi({ answer: (request, n) => models[request.model]?.(request, n) ?? {} });
afterAll(() => vendor.stop());
const baton = await startBaton({
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_ALLOW_PRIVATE_NETWORK: '1',
});
const other = await baton.startApi();

const readers = new AbortController();
afterAll(() => readers.abort());

interface Reader {
  readonly status: number;
  readonly pieces: readonly (StreamPiece & { readonly id: number })[];
  /** What a reader shows who follows the pieces of the first turn. */
  text(): string;
  readonly ended: Promise<void>;
}

async function follow(id: string, query = '', headers = {}, base = baton.url): Promise<Reader> {
  const url = `${base}/api/v1/runs/${id}/stream${query}`;
  const response = await fetch(url, { headers, signal: readers.signal });
  const pieces: (StreamPiece & { readonly id: number })[] = [];
  const read = async () => {
    if (response.body === null) return;
    const events = response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    for await (const { id: position, event, data } of events) {
      const piece = StreamPiece.strict().parse(JSON.parse(data));
      expect(event).toBe(piece.type);
      pieces.push({ id: Number(position), ...piece });
    }
  };
  const ended = read();
  ended.catch(() => undefined);
  return { status: response.status, pieces, text: () => shown(pieces), ended };
}

/** @throws when a piece is missing or comes twice */
function shown(pieces: readonly StreamPiece[]): string {
  return pieces.reduce((text, { type, content, offset }) => {
    if (type === 'reset') return '';
    expect(offset).toBe(text.length);
    return text + content;
  }, '');
}

async function startAgent(model: string, more = ''): Promise<string> {
  const step = `{ key: work, agent: plan, prompt: Work, model: compatible/${model}${more} }`;
  await baton.publish(`name: ${model}\nversion: 1.0.0\nsteps:\n  - ${step}\n`);
  return (await baton.start({ workflow: model, inputs: {} })).id;
}

const WORDS = ['Once ', 'upon ', 'a ', 'time ', 'there ', 'was.'];
const STORY = WORDS.join('');

describe('the stream of a run', () => {
  test('tells the answer while it comes, to all who read, and ends with the stored message', async () => {
    const gate = new Gate();
    models['tale'] = () => ({ chunks: WORDS, gate: gate.wait });
    const id = await startAgent('tale');
    const early = await follow(id);
    gate.open(2);
    await until(() => early.text() === 'Once upon ');
    expect((await baton.run(id)).status).toBe('running');

    const late = await follow(id);
    await until(() => late.text() === 'Once upon ');
    gate.open(3);
    await until(() => early.text() === 'Once upon a ');
    const half = early.pieces[0]!;
    const known = half.offset + half.content.length;
    const resumed = await follow(id, '', { 'last-event-id': String(half.id) });
    const elsewhere = await follow(id, `?after=${half.id}&step=work&turn=1`, {}, other.url);
    const foreign = await follow(id, '?turn=2');
    gate.open();
    await Promise.all([early, late, resumed, elsewhere, foreign].map(({ ended }) => ended));

    expect(early.text()).toBe(STORY);
    expect(late.pieces).toEqual(early.pieces);
    const rest = early.pieces.filter((piece) => piece.id > half.id);
    expect(rest[0]?.offset).toBe(known);
    expect(resumed.pieces).toEqual(rest);
    expect(elsewhere.pieces).toEqual(rest);
    expect(foreign.pieces).toEqual([]);
    const last = early.pieces.at(-1)!;
    expect(last).toMatchObject({ type: 'end', content: '', offset: STORY.length, step: 'work', turn: 1 });
    const { message } = last;
    const transcript = await baton.call<{ items: { hash: string; role: string; content: object }[] }>(
      'GET',
      `/sessions/${message?.session_id}/messages?head=${message?.head}`,
    );
    expect(transcript.body.items.at(-1)).toMatchObject({
      ...{ hash: message?.head, role: 'assistant' },
      content: { text: STORY },
    });
    const over = await follow(id, '', { 'last-event-id': String(last.id) });
    expect(over.status).toBe(204);
  });

  test('says that what came is void when the call is tried again', async () => {
    const gate = new Gate();
    const again = new Gate();
    let calls = 0;
    models['moody'] = () =>
      ++calls === 1
        ? { chunks: ['False ', 'start'], streamError: 'server_error', gate: gate.wait }
        : { chunks: WORDS, gate: again.wait };
    const id = await startAgent('moody', ', retry: { attempts: 2, initial: 10ms }');
    const reader = await follow(id);
    gate.open(2);
    await until(() => reader.text() === 'False start');
    gate.open();
    await until(() => reader.pieces.some(({ type }) => type === 'reset'));
    expect(reader.text()).toBe('');
    again.open(1);
    await until(() => reader.text() === WORDS[0]);
    const late = await follow(id);
    await until(() => late.text() === WORDS[0]);
    again.open();
    await Promise.all([reader.ended, late.ended]);
    expect(reader.text()).toBe(STORY);
    expect(late.pieces).toEqual(reader.pieces.slice(reader.pieces.findIndex(({ type }) => type === 'reset')));
    expect(reader.pieces.filter(({ type }) => type === 'reset')).toMatchObject([{ attempt: 2, turn: 1 }]);
    expect(reader.pieces.at(-1)).toMatchObject({ type: 'end', attempt: 2 });
  });

  test('is refused with a reason', async () => {
    const codeOf = async (path: string, headers = {}) => {
      const answer = await baton.call<{ code: string }>('GET', path, undefined, headers);
      return `${answer.status} ${answer.body.code}`;
    };
    expect(await codeOf('/runs/nobody/stream')).toBe('404 run_not_found');
    expect(await codeOf('/runs/nobody/stream?after=-1')).toBe('400 invalid_request');
    expect(await codeOf('/runs/nobody/stream?turn=x')).toBe('400 invalid_request');
    expect(await codeOf('/runs/nobody/stream?stepp=x')).toBe('400 invalid_request');
    const id = await startAgent('plain');
    await baton.finished(id);
    expect(await codeOf(`/runs/${id}/stream`, { 'last-event-id': 'x' })).toBe('400 invalid_request');
  });
});

describe('a streamer', () => {
  const log = createLogger('test', 'silent');
  const PLAIN = readSecrets({});
  const MESSAGE = { session: 'ses_1', head: 'a'.repeat(64) };
  const streamer = new PostgresStreamer(baton.database, log);
  let run: string;
  beforeEach(() => {
    run = runId();
  });
  const address = (turn = 1, attempt = 1) => ({ runId: run, step: 'work', attempt, turn });
  const all = async (id = run) => {
    const events: StreamEvent[] = [];
    for (;;) {
      const page = await streamer.read(id, events.at(-1)?.position ?? 0);
      if (page.length === 0) return events;
      events.push(...page);
    }
  };

  test('gives every reader all of what many write at once, in one order', async () => {
    const second = new PostgresStreamer(baton.database, log);
    const seen: StreamEvent[] = [];
    let reading = Promise.resolve();
    const more = async () => seen.push(...(await streamer.read(run, seen.at(-1)?.position ?? 0)));
    const unwatch = streamer.watch(run, () => {
      reading = reading.then(async () => void (await more()));
    });
    const calls = Array.from({ length: 20 }, (_, i) =>
      (i % 2 ? second : streamer).begin(address(i + 1), PLAIN),
    );
    for (let word = 0; word < 40; word++) {
      for (const call of calls) call.push(`${word} `);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const call of calls) call.end(MESSAGE);
    const ends = () => seen.filter(({ type }) => type === 'end').length;
    await until(() => ends() === calls.length);
    unwatch();
    expect(await all()).toEqual(seen);
    const text = Array.from({ length: 40 }, (_, word) => `${word} `).join('');
    for (let turn = 1; turn <= calls.length; turn++) {
      const own = seen.filter((event) => event.turn === turn);
      expect(own.map(({ content }) => content).join('')).toBe(text);
      own.reduce((length, { offset, content }) => {
        expect(offset).toBe(length);
        return length + content.length;
      }, 0);
    }
  });

  test('tells nothing before what was written earlier but not committed yet', async () => {
    const client = await baton.database.connect();
    const piece = { type: 'token', content: 'first', offset: 0, message: null, keepFrom: 0 } as const;
    await client.query('begin');
    await client.query(addPieces([{ ...address(1), ...piece }]));
    streamer.begin(address(2), PLAIN).push('second');
    const waits = sql`select from pg_locks where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())`;
    await until(async () => {
      const { rowCount } = await baton.database.query(waits);
      return (rowCount ?? 0) > 0 || (await all()).length > 0;
    });
    const early = await all();
    await client.query('commit');
    client.release();
    expect(early).toEqual([]);
    await until(async () => (await all()).length === 2);
    expect((await all()).map(({ content }) => content)).toEqual(['first', 'second']);
  });

  test('keeps no more of a turn than its ring, and goes on telling', async () => {
    const call = streamer.begin(address(), PLAIN);
    const neighbour = streamer.begin(address(2), PLAIN);
    neighbour.push('stays');
    const part = 'x'.repeat(RING / 4);
    for (let i = 1; i <= 8; i++) {
      call.push(part);
      await until(async () =>
        (await all()).some(({ offset, content }) => offset + content.length === i * part.length),
      );
    }
    call.end(MESSAGE);
    await until(async () => (await all()).some(({ type }) => type === 'end'));
    const events = await all();
    const own = events.filter(({ turn }) => turn === 1);
    expect(own.reduce((sum, { content }) => sum + content.length, 0)).toBeLessThanOrEqual(RING);
    expect(own.at(-1)).toMatchObject({ type: 'end', offset: 8 * part.length, message: MESSAGE });
    expect(events.filter(({ turn }) => turn === 2)).toMatchObject([{ content: 'stays' }]);
  });

  test('masks a secret that comes in pieces', async () => {
    const call = streamer.begin(address(), readSecrets({ BATON_SECRET_TOKEN: 'hush-hush' }));
    call.push('It is hush');
    await until(async () => (await all()).length === 1);
    call.push('-hush.');
    call.end(MESSAGE);
    await until(async () => (await all()).some(({ type }) => type === 'end'));
    expect((await all()).map(({ content }) => content)).toEqual(['It is ', '***.', '']);
  });

  test('forgets a turn some time after its last piece, and not before', async () => {
    streamer.begin(address(1), PLAIN).push('old');
    streamer.begin(address(2), PLAIN).push('still told');
    await until(async () => (await all()).length === 2);
    const age = (turn: number, interval: string) =>
      baton.database.query(
        sql`update stream_pieces set created_at = now() - ${interval}::interval where run_id = ${run} and turn = ${turn}`,
      );
    await age(1, '31 minutes');
    await age(2, '29 minutes');
    await streamer.clean(30);
    expect((await all()).map(({ content }) => content)).toEqual(['still told']);
  });

  test('is cleaned by the projector', async () => {
    streamer.begin(address(), PLAIN).push('soon forgotten');
    await until(async () => (await all()).length === 1);
    const stop = new AbortController();
    const config = { ...baton.config, BATON_STREAM_MINUTES: 0.01 };
    const projector = runProjector({ config, log, signal: stop.signal });
    await until(async () => (await all()).length === 0);
    stop.abort();
    await projector;
  });

  test('whose database goes away in the middle of an answer does not harm the turn', async () => {
    const url = new URL(baton.databaseUrl);
    const link = await openLink(url.hostname, Number(url.port));
    url.hostname = '127.0.0.1';
    url.port = String(link.port);
    const remote = openDatabase(url.href, { log, name: 'test', max: 1 });
    const turn = turnOn(remote, baton.database);
    const gate = new Gate();
    models['steady'] = () => ({ chunks: WORDS, gate: gate.wait });
    const input = firstTurn(undefined, {
      ...{ model: 'compatible/steady', idempotencyKey: `${run}/0/work/1` },
      run: { id: run, workflow: 'demo', version: '1.0.0' },
    });
    const answering = runActivity(turn, input);
    gate.open(2);
    await until(async () => (await all()).map(({ content }) => content).join('') === 'Once upon ');
    await link.cut();
    gate.open();
    const output = await answering;
    expect(output.result).toMatchObject({ value: STORY });
    await link.join();
    const next = runActivity(turn, { ...input, idempotencyKey: `${run}/0/work/1b` });
    expect((await next).result).toMatchObject({ value: STORY });
    await until(async () => (await all()).some(({ type }) => type === 'end'));
    await remote.end();
    await link.cut();
  });

  function turnOn(streaming: Database, database: Database) {
    const config = testConfig({ BATON_COMPATIBLE_BASE_URL: vendor.url });
    const env = {};
    return turnActivity({
      database,
      log,
      secrets: readSecrets(env),
      models: { config, env },
      providers: createProviders({ config, env }, undefined),
      offerTools: async () => [],
      streamer: new PostgresStreamer(streaming, log),
    });
  }
});
