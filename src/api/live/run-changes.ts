/**
 * Tells who is interested that a run's rows have changed (`NOTIFY baton_run`, payload: the run id).
 *
 * One database connection listens for the whole process while anybody is subscribed, and is made again when it is
 * lost. Whenever it begins to listen everybody is told once, so a change that fell into a gap is not missed. A ring
 * says "look again", not what is new.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Database, DatabaseClient } from '../../database/database.ts';
import type { Logger } from '../../log/log.ts';
import { Bell } from './bell.ts';

const RECONNECT_MS = 500;

export class RunChanges {
  readonly #database: Database;
  readonly #log: Logger;
  readonly #bells = new Map<string, Set<Bell>>();
  #listening = false;
  /** Ends the present listening once nobody is left. */
  #stop: (() => void) | undefined;

  constructor(database: Database, log: Logger) {
    this.#database = database;
    this.#log = log;
  }

  /** A bell that rings at each change of the run, until `release` is called. */
  subscribe(runId: string): { readonly bell: Bell; readonly release: () => void } {
    const bell = new Bell();
    const bells = this.#bells.get(runId) ?? new Set();
    this.#bells.set(runId, bells.add(bell));
    if (!this.#listening) void this.#listen();
    return { bell, release: () => this.#release(runId, bell) };
  }

  /** Reads until `done` accepts what was read or `ms` have passed; answers the last value either way. */
  async readUntil<T>(
    runId: string,
    read: () => Promise<T>,
    done: (value: T) => boolean,
    ms: number,
  ): Promise<T> {
    const deadline = Date.now() + ms;
    const { bell, release } = this.subscribe(runId);
    try {
      let value = await read();
      while (!done(value) && Date.now() < deadline) {
        await bell.wait(deadline - Date.now());
        value = await read();
      }
      return value;
    } finally {
      release();
    }
  }

  #release(runId: string, bell: Bell): void {
    const bells = this.#bells.get(runId);
    bells?.delete(bell);
    if (bells?.size === 0) this.#bells.delete(runId);
    if (this.#bells.size === 0) this.#stop?.();
  }

  /** Listens as long as anybody is subscribed. Never throws. */
  async #listen(): Promise<void> {
    this.#listening = true;
    while (this.#bells.size > 0) {
      try {
        await this.#listenOnce();
      } catch (error) {
        this.#log.warn({ err: error }, 'listening for changes was cut off; trying again');
        await delay(RECONNECT_MS);
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
      client.on('end', reject);
    });
    client.on('notification', (message) => this.#ring(message.payload));
    await Promise.race([stopped, client.query('listen baton_run')]);
    for (const runId of this.#bells.keys()) this.#ring(runId);
    if (this.#bells.size === 0) this.#stop?.();
    await stopped;
    await client.query('unlisten baton_run');
    client.removeAllListeners('error').removeAllListeners('end');
  }

  #ring(runId: string | undefined): void {
    for (const bell of this.#bells.get(runId ?? '') ?? []) bell.ring();
  }
}
