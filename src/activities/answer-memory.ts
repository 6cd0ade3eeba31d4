/**
 * What a worker holds in memory of the world's answers at once: bounded over all of its activities together.
 *
 * An activity takes what it reads, piece by piece, and gives all of it back at its end. One that would go over the
 * bound waits until others have ended. When all that hold something wait, the first of them may go on nevertheless, so
 * that never all wait for each other: the bound is passed by one answer at most.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { getHeapStatistics } from 'node:v8';

const MB = 1024 * 1024;
/** Bytes that a parsed value takes. */
export const BYTES_PER_VALUE = 128;
/** Of each byte that was read: itself, its text, and the text that is stored. */
export const COPIES = 3;

interface Share {
  readonly signal: AbortSignal;
  held: number;
  waiting: boolean;
}

interface Waiter {
  readonly share: Share;
  readonly bytes: number;
  readonly go: () => void;
}

export class AnswerMemory {
  readonly #bound: number;
  readonly #shares = new AsyncLocalStorage<Share>();
  readonly #holders = new Set<Share>();
  readonly #waiters = new Set<Waiter>();
  #held = 0;

  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Does `work`; what it takes meanwhile is given back when it has ended. */
  async share<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const share: Share = { signal, held: 0, waiting: false };
    try {
      return await this.#shares.run(share, work);
    } finally {
      this.#held -= share.held;
      this.#holders.delete(share);
      this.#wake();
    }
  }

  /**
   * Takes so many bytes for the activity that this is called in, as soon as there is room. Outside of any it takes
   * nothing.
   *
   * @throws the reason of the activity's signal when that is aborted before
   */
  async take(bytes: number): Promise<void> {
    const share = this.#shares.getStore();
    if (share === undefined || bytes <= 0) return;
    if (!this.#fits(bytes)) await this.#room(share, bytes);
    else this.#give(share, bytes);
  }

  #fits(bytes: number): boolean {
    return this.#held + bytes <= this.#bound;
  }

  #give(share: Share, bytes: number): void {
    share.held += bytes;
    this.#held += bytes;
    this.#holders.add(share);
  }

  #room(share: Share, bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        share.signal.removeEventListener('abort', giveUp);
        this.#waiters.delete(waiter);
        share.waiting = false;
      };
      const giveUp = (): void => {
        leave();
        reject(share.signal.reason as Error);
      };
      const go = (): void => {
        leave();
        this.#give(share, bytes);
        resolve();
      };
      const waiter = { share, bytes, go };
      if (share.signal.aborted) return giveUp();
      share.signal.addEventListener('abort', giveUp);
      share.waiting = true;
      this.#waiters.add(waiter);
      this.#wake();
    });
  }

  #wake(): void {
    for (const waiter of this.#waiters) if (this.#fits(waiter.bytes)) waiter.go();
    const [first] = this.#waiters;
    if (first !== undefined && [...this.#holders].every(({ waiting }) => waiting)) first.go();
  }
}

/** Of this process: a quarter of its heap, at most 512 MB. */
export const answerMemory = new AnswerMemory(Math.min(512 * MB, getHeapStatistics().heap_size_limit / 4));
