/**
 * Tells who is interested that something with a key has changed (`NOTIFY channel`, payload: the key).
 *
 * One database connection listens for the whole process while anybody is subscribed. Whenever it begins to listen
 * everybody is told once, so a change that fell into a gap is not missed. A call says "look again", not what is new.
 */
import type { Logger } from '../log/log.ts';
import type { Database } from './database.ts';
import { listen } from './listen.ts';

export class Channel {
  readonly #name: string;
  readonly #database: Database;
  readonly #log: Logger;
  readonly #told = new Map<string, Set<() => void>>();
  #listening = false;
  /** Ends the present listening once nobody is left. */
  #stop = new AbortController();

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
    if (this.#told.size === 0) this.#stop.abort();
  }

  /** Listens as long as anybody is subscribed. Never throws. */
  async #listen(): Promise<void> {
    this.#listening = true;
    while (this.#told.size > 0) {
      this.#stop = new AbortController();
      await listen({
        database: this.#database,
        channel: this.#name,
        log: this.#log,
        signal: this.#stop.signal,
        onMessage: (key) => this.#tell(key),
        onListening: () => {
          for (const key of this.#told.keys()) this.#tell(key);
        },
      });
    }
    this.#listening = false;
  }

  #tell(key: string): void {
    for (const entry of this.#told.get(key) ?? []) entry();
  }
}
