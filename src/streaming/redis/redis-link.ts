/**
 * The connection of a process to Redis: made at the first use, and again whenever it is lost.
 *
 * Nothing is queued while Redis is away: a command waits {@link PATIENCE_MS} for the connection, then fails. An outage
 * is logged once, without user and password.
 */
import { createClient } from '@redis/client';
import { messageOf, UnavailableError } from '../../errors/errors.ts';
import type { Logger } from '../../log/log.ts';

/** Long enough for a connection to be made; readers and the writer stand still meanwhile. */
const PATIENCE_MS = 2_000;
const LONGEST_PAUSE_MS = 1_000;
/** A server that vanished without a word is noticed by a ping that nobody answers. */
const PING_MS = 5_000;
const SILENCE_MS = 15_000;

type Client = ReturnType<typeof clientFor>;

export class RedisLink {
  readonly #client: Client;
  #state: 'unused' | 'used' | 'closed' = 'unused';
  /** Shared by all who wait. */
  #connected: Promise<void> | undefined;

  /** @param url `redis:` or `rediss:` */
  constructor(url: string, log: Logger) {
    this.#client = clientFor(url);
    logOutages(this.#client, new URL(url).host, log);
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
    const begin = async () => {
      // The client takes up its subscriptions by itself: this one is new the first time only.
      await this.#client.subscribe(channel, heard);
      gap();
    };
    // When it fails the connection is lost again, and the next one begins anew.
    this.#client.on('ready', () => void begin().catch(() => undefined));
    if (this.#client.isReady) void begin().catch(() => undefined);
    this.#use();
  }

  /** Every use after it fails. */
  close(): void {
    if (this.#state === 'used') this.#client.destroy();
    this.#state = 'closed';
  }

  #use(): void {
    if (this.#state === 'closed') throw unavailable();
    if (this.#state === 'used') return;
    this.#state = 'used';
    // It tries until it is closed, which alone makes it fail.
    this.#client.connect().catch(() => undefined);
  }
}

function clientFor(url: string) {
  return createClient({
    url,
    name: 'baton-streaming',
    disableOfflineQueue: true,
    pingInterval: PING_MS,
    socket: {
      connectTimeout: PATIENCE_MS,
      socketTimeout: SILENCE_MS,
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

const unavailable = () => new UnavailableError('redis_unavailable', 'Redis cannot be reached.');

function logOutages(client: Client, host: string, log: Logger): void {
  let away = false;
  // Without a listener a lost connection would end the process.
  client.on('error', (error) => {
    if (!away) log.warn({ reason: messageOf(error), host }, 'Redis is away; trying again');
    away = true;
  });
  client.on('ready', () => {
    if (away) log.info({ host }, 'Redis is back');
    away = false;
  });
}
