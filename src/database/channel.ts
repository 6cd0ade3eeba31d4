/**
 * Tells who is interested that something with a key has changed (`NOTIFY channel`, payload: the key).
 *
 * One database connection listens for the whole process while anybody is subscribed, and is made again when it is
 * lost. Whenever it begins to listen everybody is told once, so a change that fell into a gap is not missed. A call
 * says "look again", not what is new.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log/log.ts';
import type { Database, DatabaseClient } from './database.ts';

const RECONNECT_MS = 500;

export class Channel {
  readonly #name: string;
  readonly #database: Database;
  readonly #log: Logger;
  readonly #told = new Map<string, Set<() => void>>();
  #listening = false;
  /** Ends the present listening once nobody is left. */
  #stop: (() => void) | undefined;

  /** @param name a plain SQL name */
  constructor(name: string, database: Database, log: Logger) {
    this.#name = name;
    this.#database = database;
    this.#log = log;
  }

  /** Calls `tell` at each change, until the function it answers is called. */
  subscribe(key: string, tell: () => void): () => void {
    // One for each subscription, also when the same function subscribes twice.
    const entry = () => tell();
    const entries = this.#told.get(key) ?? new Set();
    this.#told.set(key, entries.add(entry));
    if (!this.#listening) void this.#listen();
    return () => this.#release(key, entry);
  }

  #release(key: string, entry: () => void): void {
    const entries = this.#told.get(key);
    entries?.delete(entry);
    if (entries?.size === 0) this.#told.delete(key);
    if (this.#told.size === 0) this.#stop?.();
  }

  /** Listens as long as anybody is subscribed. Never throws. */
  async #listen(): Promise<void> {
    this.#listening = true;
    while (this.#told.size > 0) {
      try {
        await this.#listenOnce();
      } catch (error) {
        this.#log.warn({ err: error, channel: this.#name }, 'listening was cut off; trying again');
        await sleep(RECONNECT_MS, undefined, { ref: false });
      }
    }
    this.#listening = false;
  }

  async #listenOnce(): Promise<void> {
    const client = await this.#database.connect();
    let whole = false;
    try {
      await this.#untilStopped(client);
      whole = true;
    } finally {
      client.removeAllListeners('notification');
      client.release(!whole);
    }
  }

  async #untilStopped(client: DatabaseClient): Promise<void> {
    const stopped = new Promise<void>((resolve, reject) => {
      this.#stop = resolve;
      // Both stay on a lost client: an error event that nobody hears would end the process.
      client.on('error', reject);
      client.on('end', () => reject(new Error('the connection ended')));
    });
    client.on('notification', ({ payload }) => this.#tell(payload ?? ''));
    await Promise.race([stopped, client.query(`listen ${this.#name}`)]);
    for (const key of this.#told.keys()) this.#tell(key);
    if (this.#told.size === 0) this.#stop?.();
    await stopped;
    await client.query(`unlisten ${this.#name}`);
    client.removeAllListeners('error').removeAllListeners('end');
  }

  #tell(key: string): void {
    for (const entry of this.#told.get(key) ?? []) entry();
  }
}
