/** Bells that ring when a run's rows have changed (`NOTIFY baton_run`, payload: the run id), and waiting by them. */
import { Channel } from '../../database/channel.ts';
import type { Database } from '../../database/database.ts';
import type { Logger } from '../../log/log.ts';
import { Bell } from './bell.ts';

export class RunChanges {
  readonly #channel: Channel;

  constructor(database: Database, log: Logger) {
    this.#channel = new Channel('baton_run', database, log);
  }

  /** A bell that rings at each change of the run, until `release` is called. */
  subscribe(runId: string): { readonly bell: Bell; readonly release: () => void } {
    const bell = new Bell();
    return { bell, release: this.watch(runId, () => bell.ring()) };
  }

  /** Calls `tell` at each change of the run, until the function it answers is called. */
  watch(runId: string, tell: () => void): () => void {
    return this.#channel.subscribe(runId, tell);
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
}
