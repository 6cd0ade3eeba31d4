/**
 * Writes the pieces of all calls of this process together, at most every 50 ms and one write at a time.
 *
 * A write that fails, or takes five seconds, is logged and ends the streaming of the calls that were in it; no caller
 * notices. What waits is bounded by what each call holds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors/errors.ts';
import type { Logger } from '../log/log.ts';
import type { Piece } from './piece.ts';

const EVERY_MS = 50;
const PATIENCE_MS = 5_000;
const CLOSE_MS = 1_000;

/** A call as the outbox knows it. */
interface Teller {
  /** What is to be written now, in order. */
  take(): readonly Piece[];
  /** No more text of it is told. */
  stop(): void;
}

export class Outbox {
  readonly #write: (pieces: readonly Piece[]) => Promise<unknown>;
  readonly #log: Logger;
  readonly #waiting = new Set<Teller>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor(write: (pieces: readonly Piece[]) => Promise<unknown>, log: Logger) {
    this.#write = write;
    this.#log = log;
  }

  /** The call has something to tell. */
  ring(call: Teller): void {
    this.#waiting.add(call);
    this.#schedule();
  }

  /** Writes what waits, for at most a second. */
  async close(): Promise<void> {
    const all = (async () => {
      await this.#writing;
      await this.#flush();
    })();
    await Promise.race([all, sleep(CLOSE_MS, undefined, { ref: false })]);
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#writing !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#writing = this.#flush().finally(() => {
        this.#writing = undefined;
        if (this.#waiting.size > 0) this.#schedule();
      });
    }, EVERY_MS);
    this.#timer.unref();
  }

  /** Never throws. */
  async #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const calls = [...this.#waiting];
    this.#waiting.clear();
    try {
      const pieces = calls.flatMap((call) => call.take());
      if (pieces.length > 0) await inTime(this.#write(pieces));
    } catch (error) {
      for (const call of calls) call.stop();
      this.#log.warn({ reason: messageOf(error), calls: calls.length }, 'answers are not streamed any more');
    }
  }
}

async function inTime(work: Promise<unknown>): Promise<void> {
  const late = new AbortController();
  const { signal } = late;
  const failure = sleep(PATIENCE_MS, undefined, { signal, ref: false }).then(() => {
    throw new Error(`the write took more than ${PATIENCE_MS} ms`);
  });
  try {
    await Promise.race([work, failure]);
  } finally {
    failure.catch(() => undefined);
    work.catch(() => undefined);
    late.abort();
  }
}
