/**
 * Shares out the long polls. Temporal allows some 1,200 at once for each frontend, namespace and call.
 *
 * Up to 300 followed runs each have one open all the time. Above that, runs that moved lately keep theirs, shorter, and
 * the others are looked at every two seconds; the polls that were open at that moment are cut so that no run waits
 * for its turn behind an idle one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { LONG_POLL_MS } from '../../temporal/history-source.ts';

const MAX_LONG = 300;
const MAX_GLANCES = 32;
const MOVED_LATELY_MS = 5_000;
const SHORT_POLL_MS = 5_000;
const GLANCE_MS = 100;
const GLANCE_EVERY_MS = 2_000;

/** A poll of at most `ms`; `cut` may end it before. */
export type Poll<T> = (ms: number, cut: AbortSignal) => Promise<T>;

export class PollBudget {
  readonly #limit: number;
  readonly #long = pLimit(MAX_LONG);
  readonly #glances = pLimit(MAX_GLANCES);
  readonly #stop: AbortSignal;
  /** Polls that are open. Each has its own: a signal that hundreds listen to is slow to leave. */
  readonly #open = new Set<AbortController>();
  #crowded = false;

  /** @param stop ends every poll */
  constructor(stop: AbortSignal, limit = MAX_LONG) {
    this.#stop = stop;
    this.#limit = limit;
    stop.addEventListener('abort', () => this.#cutAll(), { once: true });
  }

  /** Tells how many runs are followed now. */
  resize(tails: number): void {
    const crowded = tails > this.#limit;
    if (crowded && !this.#crowded) this.#cutAll();
    this.#crowded = crowded;
  }

  /** Polls when it is this run's turn. @param idleMs since the run moved last */
  async run<T>(idleMs: number, poll: Poll<T>): Promise<T> {
    if (!this.#crowded || idleMs < MOVED_LATELY_MS) {
      return this.#long(() => this.#cuttable(this.#crowded ? SHORT_POLL_MS : LONG_POLL_MS, poll));
    }
    await sleep(GLANCE_EVERY_MS, undefined, { signal: this.#stop });
    return this.#glances(() => this.#cuttable(GLANCE_MS, poll));
  }

  async #cuttable<T>(ms: number, poll: Poll<T>): Promise<T> {
    this.#stop.throwIfAborted();
    const cut = new AbortController();
    this.#open.add(cut);
    try {
      return await poll(ms, cut.signal);
    } finally {
      this.#open.delete(cut);
    }
  }

  #cutAll(): void {
    for (const cut of this.#open) cut.abort();
  }
}
