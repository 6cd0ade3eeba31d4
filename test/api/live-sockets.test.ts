/** Live events over Socket.IO, from real runs: complete, in order, each once, whatever happens to the connection. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { io } from 'socket.io-client';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { sql } from '../../src/database/sql.ts';
import { startBaton } from '../support/baton.ts';
import { runId, until } from '../support/index.ts';
import { liveClient, type Heard, type LiveClient } from '../support/live-client.ts';
import { followStream } from '../support/stream-reader.ts';
import { temporaryHome } from '../support/temporary-home.ts';

const script = join(temporaryHome(), 'script.yaml');
writeFileSync(
  script,
  `script: 1
calls:
  - step: look
    turns:
      - tool_calls: [{ name: list_files, input: {} }]
        usage: { input_tokens: 90, output_tokens: 10 }
      - reply: Nothing there.
        usage: { input_tokens: 120, output_tokens: 5 }
`,
);
const baton = await startBaton({ BATON_SCRIPT: script, BATON_MODEL: 'scripted/any' });

await baton.publish(`name: agent-live
version: 1.0.0
workspace: {}
steps: [{ key: look, agent: code, prompt: Look around, tools: [list_files] }]
`);
await baton.publish(`name: page-live
version: 1.0.0
workspace: {}
steps:
  - { key: hold, wait: 1h }
  - { key: look, agent: code, prompt: Look around, tools: [list_files], dependencies: [hold] }
`);
await baton.publish(`name: held-live
version: 1.0.0
steps: [{ key: hold, wait: 1h }]
`);
/** Lanes of waits: some 200 events in some seconds. */
const lanes = 'a b c d e f g h'.split(' ').flatMap((lane) =>
  Array.from({ length: 6 }, (_, n) => {
    const before = n === 0 ? '' : `, dependencies: [${lane}${n - 1}]`;
    return `  - { key: ${lane}${n}, wait: 100ms${before} }`;
  }),
);
await baton.publish(`name: busy-live\nversion: 1.0.0\nsteps:\n${lanes.join('\n')}\n`);

interface Recorded {
  readonly seq: number;
  readonly type: string;
  readonly step: string | null;
  readonly data: unknown;
}

const start = async (workflow: string) => (await baton.start({ workflow })).id;

/** The whole record, as GET /events has it. */
async function recordOf(id: string): Promise<Recorded[]> {
  const { body } = await baton.call<{ items: Recorded[]; next_cursor: string | null }>(
    'GET',
    `/runs/${id}/events?limit=1000`,
  );
  expect(body.next_cursor).toBeNull();
  return body.items.map(essential);
}

const essential = ({ seq, type, step, data }: Recorded | Heard): Recorded => ({ seq, type, step, data });
const of = (client: LiveClient, id: string) => client.heard.filter((event) => event.runId === id);
const isOver = (client: LiveClient, id: string) => of(client, id).some((event) => event.type === 'complete');

/** What was told as an entry of the thread alone, and comes under another name too, counts once. */
const once = (heard: readonly Heard[]) => heard.filter(({ seq }, i) => heard[i - 1]?.seq !== seq);

async function expectRecord(heard: readonly Heard[], id: string): Promise<void> {
  const record = await recordOf(id);
  expect(record.map((event) => event.seq)).toEqual(record.map((_, n) => n + 1));
  expect(once(heard).map(essential)).toEqual(record);
}

/** Writes events of a made-up run as the projector would. */
async function makeRun(events: number, bytes: number): Promise<string> {
  const id = runId('made');
  await baton.database.query(sql`
    insert into workflow_runs (id, workflow, version, status, execution_id, created_at, updated_at, last_seq)
    values (${id}, 'w', '1.0.0', 'completed', 'e', now(), now(), ${events})`);
  await baton.database.query(sql`
    insert into workflow_events (run_id, seq, type, data, at, execution_id, event_id)
    select ${id}, n, 'tick', jsonb_build_object('text', repeat('x', ${bytes}::int)), now(), 'e', n
    from generate_series(1, ${events}::int) n`);
  return id;
}

describe('a subscription', () => {
  it('tells what an agent does, in order, under the names of the protocol', async () => {
    const client = await liveClient(baton.url);
    const id = await start('agent-live');
    await expect(client.subscribe(id, 0)).resolves.toEqual({ ok: true, seq: expect.any(Number) });
    await baton.finished(id);
    await until(() => isOver(client, id));
    await expectRecord(client.heard, id);
    const told = (name: string) => client.heard.filter((event) => event.name === name);
    expect(told('usage:updated').map((event) => event.data)).toMatchObject([
      { usage: { input_tokens: 90, output_tokens: 10 } },
      { usage: { input_tokens: 120, output_tokens: 5 } },
    ]);
    expect(told('step:updated').map((event) => event.data)).toMatchObject([
      { to: 'running' },
      { to: 'completed' },
    ]);
    expect(told('step:updated')[0]?.message).toMatchObject({
      content: 'Starting code agent…',
      author: 'code',
    });
    expect(told('message:new').every((event) => event.message !== null)).toBe(true);
    expect(client.heard.at(-1)).toMatchObject({ name: 'workflow:updated', type: 'complete' });
    // The thread is complete: what the list of messages has came with some event.
    const { body } = await baton.call<{ items: { seq: number; content: string }[] }>(
      'GET',
      `/runs/${id}/messages`,
    );
    const said = once(client.heard).flatMap(({ seq, message }) =>
      message === null ? [] : [{ seq, ...message }],
    );
    expect(said.map(({ seq, content }) => ({ seq, content }))).toEqual(
      body.items.map(({ seq, content }) => ({ seq, content })),
    );
  });

  it('serves a page that knows nothing but the thread: every entry is a new message', async () => {
    const id = await start('page-live');
    const { socket } = await liveClient(baton.url);
    interface Entry {
      readonly id: number;
      readonly content: string;
    }
    const shown: Entry[] = [];
    socket.on('message:new', (data: { workflowId: string; message: Entry }) => {
      if (data.workflowId === id) shown.push(data.message);
    });
    // Only text, and nobody waits for an answer.
    socket.emit('subscribe:workflow', id);
    const thread = `${baton.url}/api/workflows/${id}/messages`;
    const posted = await fetch(thread, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'For people', action_type: 'comment' }),
    });
    const { messageId } = (await posted.json()) as { messageId: number };
    const goOn = await baton.call('POST', `/runs/${id}/steps/hold/skip`, { value: 'go' });
    expect(goOn.status).toBeLessThan(300);
    await baton.finished(id);
    const { messages } = (await (await fetch(thread)).json()) as { messages: Entry[] };
    const last = messages.at(-1)?.id;
    await until(() => shown.at(-1)?.id === last);
    // What came before the subscription was in the list that such a page loads at first.
    const first = shown[0]?.id ?? 0;
    const listed = messages.filter((entry) => entry.id >= first);
    const known = shown.map((entry) => Object.entries(entry).filter(([name]) => name !== 'agent'));
    expect(listed).toMatchObject(known.map((entry) => Object.fromEntries(entry) as object));
    expect(Object.keys(shown[0] ?? {})).toEqual(
      expect.arrayContaining([
        'id',
        'message_type',
        'agent_type',
        'content',
        'action_type',
        'action_status',
        'created_at',
        'metadata',
      ]),
    );
    expect(messages.find((entry) => entry.id === messageId)?.content).toBe('For people');
    expect((await fetch(`${baton.url}/api/workflows/${id}`)).status).toBe(200);
  });

  it('tells what agents say as the stream over SSE does, from any position to its end', async () => {
    const id = await start('agent-live');
    const client = await liveClient(baton.url);
    interface Piece {
      readonly runId: string;
      readonly workflowId: string;
      readonly id: number;
    }
    const pieces: Piece[] = [];
    const ends: Piece[] = [];
    client.socket.on('stream:piece', (piece: Piece) => pieces.push(piece));
    client.socket.on('stream:end', (end: Piece) => ends.push(end));
    await expect(client.ask('subscribe:stream', id)).resolves.toEqual({ ok: true });
    await until(() => ends.length === 1);
    const reader = await followStream(baton.url, id);
    await reader.ended;
    expect(reader.text()).toContain('Nothing there.');
    const run = { runId: id, workflowId: id };
    expect(pieces).toEqual(reader.pieces.map((piece) => ({ ...run, ...piece })));
    const { id: position } = pieces.at(-1) ?? { id: 0 };
    expect(ends).toEqual([{ ...run, id: position }]);
    // Behind the last there is only the end.
    pieces.length = 0;
    await client.ask('subscribe:stream', { runId: id, after: position - 1 });
    await until(() => ends.length === 2);
    expect(pieces.map((piece) => piece.id)).toEqual([position]);
    await expect(client.ask('subscribe:stream', 'nobody')).resolves.toMatchObject({ code: 'run_not_found' });
    await expect(client.ask('unsubscribe:stream', id)).resolves.toEqual({ ok: true });
  });

  it('is what the program in the docs makes', async () => {
    const docs = readFileSync(new URL('../../docs/live.md', import.meta.url), 'utf8');
    const program = /```js\n([^]*?)```/.exec(docs)?.[1] ?? '';
    const id = await start('agent-live');
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', program, '--', id],
      { env: { ...process.env, BATON_URL: baton.url }, timeout: 150_000 },
    );
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => Number(line.split(' ')[0]))).toEqual(
      (await recordOf(id)).map(({ seq }) => seq),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^\d+ step:updated look Starting code agent…$/));
  });

  it('without `since` tells what happens from then on: a pause, its end, a cancel', async () => {
    const client = await liveClient(baton.url);
    const id = await start('held-live');
    await until(async () => (await baton.steps(id))['hold']?.status === 'waiting');
    const answer = await client.subscribe(id);
    const seq = answer.ok ? (answer.seq ?? 0) : 0;
    expect(seq).toBeGreaterThan(0);
    await baton.call('POST', `/runs/${id}/pause`, { reason: 'lunch', by: 'ada' });
    await until(() => client.heard.some((event) => event.name === 'workflow:paused'));
    await baton.call('POST', `/runs/${id}/resume`, {});
    await until(() => client.heard.some((event) => event.name === 'workflow:unpaused'));
    await baton.call('POST', `/runs/${id}/cancel`, {});
    await until(() => isOver(client, id));
    expect(once(client.heard).map(essential)).toEqual((await recordOf(id)).slice(seq));
    const message = client.heard.find((event) => event.name === 'message:new')?.message;
    expect(message).toMatchObject({ action_type: 'pause', author: 'ada' });
  });

  it('of two runs on one socket keeps each in order; one that is left is silent', async () => {
    const client = await liveClient(baton.url);
    const [left, kept] = await Promise.all([start('busy-live'), start('busy-live')]);
    await Promise.all([client.subscribe(left, 0), client.subscribe(kept, 0)]);
    await until(() => of(client, left).length > 10 && of(client, kept).length > 10);
    await expect(client.ask('unsubscribe:workflow', { runId: left })).resolves.toEqual({ ok: true });
    const heardOfLeft = of(client, left).length;
    await until(() => isOver(client, kept));
    await expectRecord(of(client, kept), kept);
    expect(of(client, left)).toHaveLength(heardOfLeft);
    // Taken up again where it was left.
    await client.subscribe(left, of(client, left).at(-1)?.seq);
    await until(() => isOver(client, left));
    await expectRecord(of(client, left), left);
  });

  it('of a long run comes whole, also by polling and to many at once', async () => {
    const id = await makeRun(1_000, 10);
    const clients = await Promise.all([
      liveClient(baton.url, { transports: ['polling'] }),
      liveClient(baton.url, { transports: ['polling', 'websocket'] }),
      ...Array.from({ length: 6 }, () => liveClient(baton.url)),
    ]);
    await Promise.all(clients.map((client, n) => client.subscribe(id, n * 100)));
    await until(() => clients.every((client) => client.heard.at(-1)?.seq === 1_000), {
      describe: () => clients.map(({ heard, cuts }) => ({ heard: heard.length, cuts })),
    });
    for (const [n, client] of clients.entries()) {
      expect(client.heard.map((event) => event.seq)).toEqual(
        Array.from({ length: 1_000 - n * 100 }, (_, i) => n * 100 + i + 1),
      );
    }
  });
});

describe('a connection', () => {
  it('killed 100 times at random points loses nothing and doubles nothing', async () => {
    const id = await start('busy-live');
    const steady = await liveClient(baton.url);
    await steady.subscribe(id, 0);
    const heard: Heard[] = [];
    for (let kills = 0; kills < 100; kills++) {
      const client = await liveClient(baton.url);
      const mine = Math.floor(Math.random() * 4);
      const enough = new Promise<void>((resolve) => {
        if (mine === 0) resolve();
        client.socket.onAny(() => client.heard.length >= mine && resolve());
      });
      void client.subscribe(id, heard.at(-1)?.seq ?? 0).catch(() => undefined);
      // The run may end before the last kill.
      await Promise.race([
        enough,
        until(() => heard.at(-1)?.type === 'complete', { timeout: 500 }).catch(() => undefined),
      ]);
      client.kill();
      heard.push(...client.heard);
    }
    const last = await liveClient(baton.url);
    await last.subscribe(id, heard.at(-1)?.seq ?? 0);
    await until(() => heard.at(-1)?.type === 'complete' || isOver(last, id));
    await expectRecord([...heard, ...last.heard], id);
    await until(() => isOver(steady, id));
    await expectRecord(steady.heard, id);
  });

  it('goes on at another API when its own ends', async () => {
    const first = await baton.startApi();
    const id = await start('busy-live');
    const before = await liveClient(first.url);
    await before.subscribe(id, 0);
    await until(() => before.heard.length > 10);
    const left = new Promise<string>((resolve) => before.socket.once('disconnect', resolve));
    await first.stop();
    await expect(left).resolves.toBe('transport close');
    const after = await liveClient(baton.url);
    await after.subscribe(id, before.heard.at(-1)?.seq);
    await until(() => isOver(after, id));
    await expectRecord([...before.heard, ...after.heard], id);
  });

  it('that takes nothing is cut off and told why, and goes on from where it was', async () => {
    const strict = await baton.startApi({ readerStallMs: 8_000 });
    const id = await makeRun(2_000, 20_000);
    const idle = await liveClient(strict.url);
    await idle.subscribe(id, 0);
    await until(() => idle.heard.length > 0);
    idle.stopReading();
    const other = await liveClient(strict.url);
    await other.subscribe(id, 0);
    await until(async () =>
      (await (await fetch(`${strict.url}/metrics`)).text()).includes('sockets_cut_total 1'),
    );
    const gone = new Promise((resolve) => idle.socket.once('disconnect', resolve));
    idle.startReading();
    await expect(gone).resolves.toBe('transport close');
    expect(idle.cuts).toMatchObject([{ code: 'reader_too_slow' }]);
    await until(() => other.heard.at(-1)?.seq === 2_000);
    expect(other.cuts).toEqual([]);
    const seen = idle.heard.map((event) => event.seq);
    expect(seen.length).toBeLessThan(2_000);
    const again = await liveClient(strict.url);
    await again.subscribe(id, seen.at(-1));
    await until(() => again.heard.at(-1)?.seq === 2_000);
    expect([...seen, ...again.heard.map((event) => event.seq)]).toEqual(
      Array.from({ length: 2_000 }, (_, n) => n + 1),
    );
  });

  it('is refused to pages of another origin, and under names that are not loopback', async () => {
    const opening = () => request(baton.url).get('/socket.io/?EIO=4&transport=polling');
    await opening().expect(200);
    await opening().set('Origin', baton.url).expect(200);
    await opening()
      .set('Origin', 'https://evil.example')
      .expect(403, /may not call this API/);
    await opening()
      .set('Host', 'evil.example')
      .expect(403, /loopback only/);
    const page = { extraHeaders: { origin: 'https://evil.example' }, transports: ['websocket'] };
    const socket = io(baton.url, { ...page, reconnection: false, forceNew: true });
    const outcome = await new Promise<string>((resolve) => {
      socket.once('connect_error', () => resolve('refused')).once('connect', () => resolve('let in'));
    });
    expect(outcome).toBe('refused');
    // Nor with the id of a session that stands.
    const { sid } = JSON.parse((await opening()).text.slice(1)) as { sid: string };
    const path = `/socket.io/?EIO=4&transport=polling&sid=${sid}`;
    const standing = () => request(baton.url).get(path);
    await standing().set('Origin', 'null').expect(403);
    await standing().set('Host', 'evil.example').expect(403);
    // What is asked for is answered at once; without a question the next answer would be the ping in 25 s.
    await request(baton.url).post(path).type('text/plain').send('40').expect(200);
    await standing().expect(200, /^40/);
  });
});

describe('bad input', () => {
  it('is answered with its reason, and harms nothing', async () => {
    const client = await liveClient(baton.url);
    const id = await makeRun(3, 10);
    const wrong = { ok: false, code: 'invalid_request', detail: expect.any(String) };
    await expect(client.subscribe('nobody')).resolves.toMatchObject({ ok: false, code: 'run_not_found' });
    for (const since of [-1, 1.5, '1', null, {}, 4, 1e300]) {
      await expect(client.subscribe(id, since), JSON.stringify(since)).resolves.toEqual(wrong);
    }
    for (const sent of [
      [],
      [null],
      [''],
      [7],
      [[]],
      [{}],
      [{ runId: '' }],
      [{ runId: 7 }],
      [{ runId: id, sinse: 1 }],
    ]) {
      await expect(client.ask('subscribe:workflow', ...sent), JSON.stringify(sent)).resolves.toEqual(wrong);
      await expect(client.ask('unsubscribe:workflow', ...sent), JSON.stringify(sent)).resolves.toEqual(wrong);
    }
    await expect(client.subscribe('a\0b')).resolves.toEqual(wrong);
    await expect(client.ask('unsubscribe:workflow', { runId: 'nobody' })).resolves.toEqual({ ok: true });
    client.socket.emit('subscribe:workflow', Buffer.from('binary'));
    client.socket.emit('subscribe:workflow');
    client.socket.emit('no such event', 1, 2, 3);
    await expect(client.subscribe(id, 1)).resolves.toEqual({ ok: true, seq: 3 });
    await until(() => client.heard.length === 2);
    expect(client.heard.map((event) => event.seq)).toEqual([2, 3]);
  });

  it('that is too large ends its connection only', async () => {
    const [client, other] = await Promise.all([liveClient(baton.url), liveClient(baton.url)]);
    const gone = new Promise((resolve) => client.socket.once('disconnect', resolve));
    client.socket.emit('subscribe:workflow', { runId: 'x'.repeat(2_000_000) });
    await gone;
    await expect(other.subscribe(await makeRun(1, 1), 0)).resolves.toEqual({ ok: true, seq: 1 });
  });
});
