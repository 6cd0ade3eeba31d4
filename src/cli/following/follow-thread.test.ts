import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiClient } from '../client/api-client.ts';
import { awaitReceipt } from '../client/await-receipt.ts';
import { readThread, type ThreadFilter } from './follow-thread.ts';
import type { RunMessage } from '../../contract/message.ts';

/** A run's thread as the API gives it: each change is an event. It can go away and come back under the same address. */
class Thread {
  readonly #messages = new Map<number, RunMessage>();
  readonly #events: { readonly seq: number; readonly data: object; readonly message: object | null }[] = [];
  readonly #readers = new Set<ServerResponse>();
  #server: Server | undefined;
  #port = 0;
  #ended = false;
  /** Called when somebody asks for a message that is not there. */
  onMissed: (() => void) | undefined;
  /** So many looks at messages fail, as while the database is away. */
  failing = 0;

  say(changes: Partial<RunMessage>): number {
    const seq = this.#events.length + 1;
    const message = { seq, updated_seq: seq, step: null, ...changes } as RunMessage;
    this.#messages.set(seq, message);
    this.#add({ message_id: message.message_id }, message);
    return seq;
  }

  change(seq: number, changes: Partial<RunMessage>): void {
    const updated = { ...this.#messages.get(seq), ...changes, updated_seq: this.#events.length + 1 };
    this.#messages.set(seq, updated as RunMessage);
    this.#add({ receipt: true, message: seq }, null);
  }

  end(): void {
    this.#ended = true;
    this.#add({}, null);
    for (const reader of this.#readers) reader.end();
  }

  async up(): Promise<ApiClient> {
    const server = createServer((request, response) => this.#answer(request, response));
    this.#server = server;
    await once(server.listen(this.#port, '127.0.0.1'), 'listening');
    this.#port = (server.address() as AddressInfo).port;
    return new ApiClient(`http://127.0.0.1:${this.#port}`);
  }

  async down(): Promise<void> {
    this.#readers.clear();
    this.#server?.closeAllConnections();
    await new Promise((closed) => this.#server?.close(closed) ?? closed(undefined));
    this.#server = undefined;
  }

  #add(data: object, message: object | null): void {
    const event = { seq: this.#events.length + 1, data, message };
    this.#events.push(event);
    for (const reader of this.#readers) write(reader, event);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://api');
    if (url.pathname.endsWith('/events')) this.#stream(Number(request.headers['last-event-id']), response);
    else if (url.pathname.includes('/messages') && this.failing-- > 0) response.writeHead(503).end('{}');
    else if (url.pathname.endsWith('/messages')) response.end(JSON.stringify(this.#page(url.searchParams)));
    else if (url.pathname.includes('/messages/')) this.#one(response);
    else response.end(JSON.stringify({ id: 'r', last_seq: this.#events.length }));
  }

  #stream(after: number, response: ServerResponse): void {
    const rest = this.#events.filter(({ seq }) => seq > after);
    if (this.#ended && rest.length === 0) return void response.writeHead(204).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    for (const event of rest) write(response, event);
    if (this.#ended) response.end();
    else this.#readers.add(response);
  }

  #page(query: URLSearchParams): object {
    const statuses = query.get('action_status')?.split(',');
    const items = [...this.#messages.values()].filter(
      ({ seq, action_status }) =>
        seq > Number(query.get('after')) && (statuses?.includes(action_status) ?? true),
    );
    return { items: items.slice(0, Number(query.get('limit'))), next_cursor: null };
  }

  #one(response: ServerResponse): void {
    const [message] = this.#messages.values();
    if (message !== undefined) return void response.end(JSON.stringify(message));
    this.onMissed?.();
    response.writeHead(404).end(JSON.stringify({ detail: 'no such message', code: 'message_not_found' }));
  }
}

function write(response: ServerResponse, event: { readonly seq: number }): void {
  response.write(`id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`);
}

const threads: Thread[] = [];
afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.down()));
});
function newThread(): Thread {
  const thread = new Thread();
  threads.push(thread);
  return thread;
}

/** Follows the thread: each time something is told, `next` gives it. */
function follow(client: ApiClient, filter: ThreadFilter = {}, stays = true) {
  const told = readThread(client, 'r', filter, stays);
  return async () => {
    const { value, done } = await told.next();
    if (done === true) return 'end';
    const { message, again } = value;
    return `${again ? '↳ ' : ''}${message.message_id} ${message.action_status}`;
  };
}
const PENDING = { action_status: 'pending', message_type: 'user', action_type: 'instruction' } as const;

describe('a thread that is followed', () => {
  it('tells each message and each state of its receipt once', async () => {
    const thread = newThread();
    const first = thread.say({ ...PENDING, message_id: 'a' });
    const next = follow(await thread.up());
    expect(await next()).toBe('a pending');
    const second = thread.say({ ...PENDING, message_id: 'b' });
    expect(await next()).toBe('b pending');
    thread.change(first, { action_status: 'acknowledged' });
    expect(await next()).toBe('↳ a acknowledged');
    // Two changes at once are looked at once, as the message is then.
    thread.change(second, { action_status: 'acknowledged' });
    thread.change(second, { action_status: 'processed' });
    expect(await next()).toBe('↳ b processed');
    thread.say({ ...PENDING, message_id: 'c' });
    expect(await next()).toBe('c pending');
    thread.end();
    expect(await next()).toBe('end');
  });

  it('goes on where it was when the API comes back, without a gap or a double', async () => {
    const thread = newThread();
    const first = thread.say({ ...PENDING, message_id: 'a' });
    const next = follow(await thread.up());
    expect(await next()).toBe('a pending');
    thread.say({ ...PENDING, message_id: 'b' });
    thread.failing = 2;
    expect(await next()).toBe('b pending');
    const following = next();
    await thread.down();
    thread.change(first, { action_status: 'processed' });
    thread.say({ ...PENDING, message_id: 'c' });
    await thread.up();
    expect(await following).toBe('↳ a processed');
    expect(await next()).toBe('c pending');
    thread.end();
    expect(await next()).toBe('end');
  });

  it('tells what comes to fit its filter, and what becomes of that', async () => {
    const thread = newThread();
    const first = thread.say({ ...PENDING, message_id: 'a' });
    const next = follow(await thread.up(), { status: 'acknowledged,ignored' });
    const told = next();
    thread.say({ ...PENDING, message_id: 'b' });
    thread.change(first, { action_status: 'acknowledged' });
    expect(await told).toBe('a acknowledged');
    thread.change(first, { action_status: 'processed' });
    expect(await next()).toBe('↳ a processed');
    thread.end();
    expect(await next()).toBe('end');
  });

  it('ends at once where nobody follows', async () => {
    const thread = newThread();
    thread.say({ ...PENDING, message_id: 'a' });
    const next = follow(await thread.up(), {}, false);
    expect([await next(), await next()]).toEqual(['a pending', 'end']);
  });
});

describe('a receipt that is waited for', () => {
  it('is told at each change, from when the message is there to its end', async () => {
    const thread = newThread();
    const client = await thread.up();
    const seen: string[] = [];
    const waiting = awaitReceipt(client, { runId: 'r', messageId: 'a' }, ({ action_status: status }) => {
      seen.push(status);
      if (status === 'pending') thread.change(1, { action_status: 'acknowledged' });
      if (status === 'acknowledged') thread.change(1, { action_status: 'ignored' });
    });
    thread.onMissed = () => thread.say({ ...PENDING, message_id: 'a' });
    await expect(waiting).resolves.toMatchObject({ action_status: 'ignored' });
    expect(seen).toEqual(['pending', 'acknowledged', 'ignored']);
  });
});
