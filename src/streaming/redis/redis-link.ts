/**
 * The connection of a process to Redis: made at the first use, and again whenever it is lost.
 *
 * Nothing is queued while Redis is away: a command waits {@link PATIENCE_MS} for the connection, then fails. A server
 * that says nothing is noticed by a ping that nobody answers: its connection, and all that waits for it, is given up.
 * An outage is logged once, without user and password.
 */
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, UnavailableError } from '../../errors/errors.ts';
import type { Logger } from '../../log/log.ts';

/** Loaded by those who have a Redis: it is half of all that a program of Baton's would load. */
const redis = () => createRequire(import.meta.url)('@redis/client') as typeof import('@redis/client');

/** Long enough for a connection to be made; readers and the writer stand still meanwhile. */
const PATIENCE_MS = 2_000;
const LONGEST_PAUSE_MS = 1_000;
const PING_MS = 2_000;
const ANSWER_MS = 3_000;

type Client = ReturnType<typeof clientFor>;

interface Subscription {
  readonly channel: string;
  readonly heard: (message: string) => void;
  readonly gap: () => void;
}

export class RedisLink {
  readonly #url: string;
  readonly #outages: Outages;
  #client: Client;
  readonly #subscriptions: Subscription[] = [];
  #pulse: NodeJS.Timeout | undefined;
  #state: 'unused' | 'used' | 'closed' = 'unused';
  /** Shared by all who wait. */
  #connected: Promise<void> | undefined;

  /** @param url `redis:` or `rediss:` */
  constructor(url: string, log: Logger) {
    this.#url = url;
    this.#outages = outagesOf(new URL(url).host, log);
    this.#client = this.#open();
  }

  /**
   * Runs commands.
   *
   * @throws UnavailableError `redis_unavailable` when they cannot be sent, or are not answered; ErrorReply
   */
  async run<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.client();
    try {
      return await work(client);
    } catch (error) {
      throw error instanceof redis().ErrorReply ? error : unavailable(error);
    }
  }

  /** The connected client. @throws UnavailableError `redis_unavailable` when there is no connection in time */
  async client(): Promise<Client> {
    this.#use();
    if (!this.#client.isReady) {
      this.#connected ??= nextReady(this.#client).finally(() => (this.#connected = undefined));
      await this.#connected;
    }
    return this.#client;
  }

  /** Hears every message of a channel. `gap` is called whenever hearing begins: what was said before is not heard. */
  subscribe(channel: string, heard: (message: string) => void, gap: () => void): void {
    const subscription = { channel, heard, gap };
    this.#subscriptions.push(subscription);
    if (this.#client.isReady) begin(this.#client, subscription);
    this.#use();
  }

  /** Every use after it fails. */
  close(): void {
    clearInterval(this.#pulse);
    if (this.#state === 'used') this.#client.destroy();
    this.#state = 'closed';
  }

  #use(): void {
    if (this.#state === 'closed') throw unavailable();
    if (this.#state === 'used') return;
    this.#state = 'used';
    this.#connect();
    this.#pulse = setInterval(() => void this.#ask(this.#client), PING_MS).unref();
  }

  #open(): Client {
    const client = clientFor(this.#url);
    // Without a listener a lost connection would end the process.
    client.on('error', this.#outages.away);
    client.on('ready', () => {
      this.#outages.back();
      for (const subscription of this.#subscriptions) begin(client, subscription);
    });
    return client;
  }

  #connect(): void {
    // It tries until it is destroyed, which alone makes it fail.
    this.#client.connect().catch(() => undefined);
  }

  /** Never throws. */
  async #ask(client: Client): Promise<void> {
    if (!client.isReady) return;
    const ping = client.ping().then(
      () => true,
      () => true,
    );
    const isAlive = await Promise.race([ping, sleep(ANSWER_MS, false, { ref: false })]);
    if (isAlive || client !== this.#client || this.#state !== 'used') return;
    this.#outages.away(new Error(`nothing was heard for ${ANSWER_MS} ms`));
    this.#client = this.#open();
    this.#connect();
    client.destroy();
  }
}

function begin(client: Client, { channel, heard, gap }: Subscription): void {
  // The client takes up its subscriptions by itself: this one is new the first time only. When it fails the connection
  // is lost again, and the next one begins anew.
  client.subscribe(channel, heard).then(gap, () => undefined);
}

function clientFor(url: string) {
  return redis().createClient({
    url,
    name: 'baton-streaming',
    disableOfflineQueue: true,
    socket: {
      connectTimeout: PATIENCE_MS,
      reconnectStrategy: (retries) => Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(retries, 10)),
    },
  });
}

/** @throws UnavailableError when it takes too long */
function nextReady(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    const ready = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      client.off('ready', ready);
      reject(unavailable());
    }, PATIENCE_MS);
    client.once('ready', ready);
  });
}

const unavailable = (cause?: unknown) =>
  new UnavailableError('redis_unavailable', 'Redis cannot be reached.', { cause });

interface Outages {
  readonly away: (error: unknown) => void;
  readonly back: () => void;
}

function outagesOf(host: string, log: Logger): Outages {
  let away = false;
  return {
    away: (error) => {
      if (!away) log.warn({ reason: messageOf(error), host }, 'Redis is away; trying again');
      away = true;
    },
    back: () => {
      if (away) log.info({ host }, 'Redis is back');
      away = false;
    },
  };
}
