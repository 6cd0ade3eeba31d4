import { EventSourceParserStream } from 'eventsource-parser/stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { EventEnvelope, RunEvent } from '../../src/contract/event.ts';
import { RunMessage } from '../../src/contract/message.ts';
import { sql } from '../../src/database/sql.ts';
import { runId, until } from '../support/index.ts';
import type { Page } from '../../src/contract/shared/common.ts';
import { projectEvent, projectMessage, projectRun, startApi, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi(50);
});

/** A run with events 1 to `count`. */
async function runWith(count: number, status = 'running'): Promise<string> {
  const id = runId('told');
  await projectRun(api.database, id);
  for (let seq = 1; seq <= count; seq++)
    await projectEvent(api.database, id, seq, seq === 1 ? 'workflow_start' : 'tick');
  await projectRun(api.database, id, { status });
  return id;
}

interface Stream {
  readonly status: number;
  readonly type: string | null;
  /** seq of what has come so far. */
  readonly seen: readonly number[];
  readonly events: readonly { id: string | undefined; event: string | undefined; data: string }[];
  /** Resolves when the server has ended it. */
  readonly ended: Promise<void>;
  close(): void;
}

async function follow(id: string, headers: Record<string, string> = {}, query = ''): Promise<Stream> {
  const stop = new AbortController();
  const response = await fetch(`${api.url}/api/v1/runs/${id}/events${query}`, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: stop.signal,
  });
  const events: Stream['events'][number][] = [];
  const read = async () => {
    if (response.body === null) return;
    const parsed = response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    for await (const message of parsed) events.push(message as Stream['events'][number]);
  };
  const ended = read().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    get seen() {
      return events.map((event) => Number(event.id));
    },
    events,
    ended,
    close: () => stop.abort(),
  };
}

describe('the list of events', () => {
  it('comes in order, page by page, and is filtered by type and step', async () => {
    const id = await runWith(5);
    const first = await api.get<Page<RunEvent>>(`/runs/${id}/events?limit=3`);
    expect(first.body.items.map((event) => RunEvent.strict().parse(event).seq)).toEqual([1, 2, 3]);
    expect(first.body.next_cursor).toBe('3');
    const rest = await api.get<Page<RunEvent>>(`/runs/${id}/events?limit=3&after=${first.body.next_cursor}`);
    expect(rest.body).toMatchObject({
      items: [{ seq: 4 }, { seq: 5, at: '2026-11-21T10:00:00.000Z' }],
      next_cursor: null,
    });
    const some = async (query: string) =>
      (await api.get<Page<RunEvent>>(`/runs/${id}/events?${query}`)).body.items.map((event) => event.seq);
    await expect(some('type=workflow_start')).resolves.toEqual([1]);
    await expect(some('type=workflow_start,tick&step=even')).resolves.toEqual([2, 4]);
    await expect(some('scope=run')).resolves.toEqual([1, 3, 5]);
    await expect(some('after=99')).resolves.toEqual([]);
  });

  it('is read from its end, too', async () => {
    const id = await runWith(5);
    const page = async (query: string) => {
      const { body } = await api.get<Page<RunEvent>>(`/runs/${id}/events?${query}`);
      return [...body.items.map(({ seq }) => seq), body.next_cursor];
    };
    await expect(page('order=desc&limit=2')).resolves.toEqual([5, 4, '4']);
    await expect(page('order=desc&limit=2&before=4')).resolves.toEqual([3, 2, '2']);
    await expect(page('order=desc&limit=2&before=2')).resolves.toEqual([1, null]);
    await expect(page('after=1&before=4&type=tick')).resolves.toEqual([2, 3, null]);
    expect((await api.get(`/runs/${id}/events?order=newest`)).status).toBe(400);
  });
});

describe('the messages of a run', () => {
  it('are its receipts, page by page', async () => {
    const id = await runWith(0);
    for (const message of ['m-1', 'm-2', 'm-3']) await projectMessage(api.database, id, message);
    const first = await api.get<Page<RunMessage>>(`/runs/${id}/messages?limit=2`);
    expect(first.body.items.map((message) => RunMessage.strict().parse(message).message_id)).toEqual([
      'm-1',
      'm-2',
    ]);
    const rest = await api.get(`/runs/${id}/messages?limit=2&after=2`);
    expect(rest.body).toMatchObject({ items: [{ message_id: 'm-3' }], next_cursor: null });
  });

  it('are read from the newest on, too', async () => {
    const id = await runWith(0);
    for (const message of ['m-1', 'm-2', 'm-3']) await projectMessage(api.database, id, message);
    const newest = await api.get<Page<RunMessage>>(`/runs/${id}/messages?order=desc&limit=2`);
    expect(newest.body).toMatchObject({
      items: [{ message_id: 'm-3' }, { message_id: 'm-2' }],
      next_cursor: '2',
    });
    const older = await api.get(`/runs/${id}/messages?order=desc&limit=2&before=2`);
    expect(older.body).toMatchObject({ items: [{ message_id: 'm-1' }], next_cursor: null });
  });
});

describe('a stream of events', () => {
  it('gives what happened and what happens, each once, and ends with the run', async () => {
    const id = await runWith(2);
    const stream = await follow(id);
    expect(stream.type).toMatch(/^text\/event-stream/);
    await until(() => stream.seen.length === 2);
    await projectEvent(api.database, id, 3, 'tick');
    await until(() => stream.seen.length === 3);
    await projectEvent(api.database, id, 4, 'complete');
    await projectRun(api.database, id, { status: 'completed' });
    await stream.ended;
    expect(stream.seen).toEqual([1, 2, 3, 4]);
    const [first] = stream.events;
    // No type that a browser's EventSource has a meaning of its own for.
    expect(first).toMatchObject({ id: '1', event: 'run.workflow_start' });
    expect(EventEnvelope.strict().parse(JSON.parse(first?.data ?? ''))).toEqual({
      runId: id,
      workflowId: id,
      seq: 1,
      type: 'workflow_start',
      ts: '2026-11-21T10:00:00.000Z',
      step: null,
      attempt: null,
      turn: null,
      revision: null,
      data: { n: 1 },
      message: null,
    });
  });

  it('goes on after Last-Event-ID, and does not invite a reader back when all is told', async () => {
    const id = await runWith(3, 'completed');
    const rest = await follow(id, { 'last-event-id': '1' });
    await rest.ended;
    expect(rest.seen).toEqual([2, 3]);
    const nothing = await follow(id, { 'last-event-id': '3' });
    expect(nothing.status).toBe(204);
    const fresh = await follow(id, {}, '?after=3');
    await fresh.ended;
    expect(fresh).toMatchObject({ status: 200, seen: [] });
    await expect(
      api.get(`/runs/${id}/events`, { accept: 'text/event-stream', 'last-event-id': 'x' }),
    ).resolves.toMatchObject({
      status: 400,
    });
  });

  it('is given by follow=true too, filtered, to readers that ask for JSON', async () => {
    const id = await runWith(5, 'failed');
    const stream = await follow(id, { accept: '*/*' }, '?follow=true&step=even');
    await stream.ended;
    expect(stream.seen).toEqual([2, 4]);
  });

  it('gives more than one page', async () => {
    const id = await runWith(0);
    await api.database.query(sql`
      insert into workflow_events (run_id, seq, type, data, at, execution_id, event_id)
      select ${id}, n, 'tick', '{}', now(), 'e', n from generate_series(1, 1200) n`);
    await projectRun(api.database, id, { status: 'completed' });
    const stream = await follow(id);
    await stream.ended;
    expect(stream.seen).toEqual(Array.from({ length: 1_200 }, (_, n) => n + 1));
  });

  it('serves many readers over one listening connection', async () => {
    const id = await runWith(1);
    const streams = await Promise.all(Array.from({ length: 12 }, () => follow(id)));
    await until(() => streams.every((stream) => stream.seen.length === 1));
    const listeners = async () => {
      const { rows } = await api.database.query<{ listeners: number }>(sql`
        select count(*)::int as listeners from pg_stat_activity
        where datname = current_database() and query ~ 'listen(s to)? baton_run$'`);
      return rows;
    };
    // That of the readers before may not have ended yet.
    await expect.poll(listeners).toEqual([{ listeners: 1 }]);
    await projectEvent(api.database, id, 2, 'tick');
    await until(() => streams.every((stream) => stream.seen.length === 2));
    for (const stream of streams) stream.close();
  });

  it('outlives the listening connection', async () => {
    const id = await runWith(1);
    const stream = await follow(id);
    await until(() => stream.seen.length === 1);
    await until(async () => {
      const { rowCount } = await api.database.query(sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query ~ 'listen(s to)? baton_run$'`);
      return rowCount === 1;
    });
    await projectEvent(api.database, id, 2, 'tick');
    await until(() => stream.seen.length === 2);
    await projectEvent(api.database, id, 3, 'complete');
    await projectRun(api.database, id, { status: 'completed' });
    await stream.ended;
    expect(stream.seen).toEqual([1, 2, 3]);
  });

  it('lets the listening connection go with the last reader', async () => {
    const id = await runWith(1);
    const stream = await follow(id);
    await until(() => stream.seen.length === 1);
    stream.close();
    await until(async () => {
      const { rowCount } = await api.database.query(sql`
        select pid from pg_stat_activity where datname = current_database() and query ~ 'listen(s to)? baton_run$'`);
      return rowCount === 0;
    });
    await until(() => api.database.totalCount === api.database.idleCount);
  });

  it('waits for a run that was started and has no row yet', async () => {
    const id = runId('told');
    await api.temporal.workflow.start('w', { workflowId: id, taskQueue: api.queue, args: [] });
    const stream = await follow(id);
    expect(stream.status).toBe(200);
    await projectRun(api.database, id);
    await projectEvent(api.database, id, 1, 'complete');
    await projectRun(api.database, id, { status: 'completed' });
    await stream.ended;
    expect(stream.seen).toEqual([1]);
  });
});
