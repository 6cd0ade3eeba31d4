/**
 * Shares out the long polls. Temporal allows some 1,200 at once for each frontend, namespace and call.
 *
 * Up to 300 followed runs each have one open all the time. Above that, runs that moved lately keep theirs, shorter, and
 * the others are looked at every two seconds; the polls that were open at that moment are cut so that no run waits
 * for its turn behind an idle one. A run at rest, of which nothing is under way, is looked at the more seldom the more of them
 * there are, but at once when it is stirred, and when its timer is due.
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
/** A run at rest waits so long for each run that is followed: fifty of them are looked at in a second. */
const REST_MS_EACH = 20;
/** What nobody tells of, such as a signal past the API, is seen after this at the latest, where there is time to look. */
const LONGEST_REST_MS = 30_000;

/** A poll of at most `ms`; `cut` may end it before. */
export type Poll<T> = (ms: number, cut: AbortSignal) => Promise<T>;

/** Whose turn it is. */
export interface Turn {
  readonly runId: string;
  /** Since the run moved last. */
  readonly idleMs: number;
  /** Until it goes on by itself: 0 while something of it is under way, Infinity for one that waits for people. */
  readonly restMs: number;
}

/** Ends early when the signal aborts; never throws. */
type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

interface PollOptions {
  /** Runs that have a long poll each. */
  readonly limit?: number;
  readonly pause?: Pause;
}

const usualPause: Pause = (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {});

export class PollBudget {
  readonly #limit: number;
  readonly #long = pLimit(MAX_LONG);
  readonly #glances = pLimit(MAX_GLANCES);
  readonly #stop: AbortSignal;
  /** Polls that are open. Each has its own: a signal that hundreds listen to is slow to leave. */
  readonly #open = new Set<AbortController>();
  /** Runs that wait for their turn. */
  readonly #waiting = new Map<string, AbortController>();
  #tails = 0;

  readonly #pause: Pause;

  /** @param stop ends every poll @param options for tests */
  constructor(stop: AbortSignal, { limit = MAX_LONG, pause = usualPause }: PollOptions = {}) {
    this.#stop = stop;
    this.#limit = limit;
    this.#pause = pause;
    stop.addEventListener('abort', () => this.#cutAll(), { once: true });
  }

  get #isCrowded(): boolean {
    return this.#tails > this.#limit;
  }

  /** Tells how many runs are followed now. */
  resize(tails: number): void {
    const wasCrowded = this.#isCrowded;
    this.#tails = tails;
    if (this.#isCrowded && !wasCrowded) this.#cutAll();
    if (wasCrowded && !this.#isCrowded) for (const waiting of this.#waiting.values()) waiting.abort();
  }

  /** Something is about to happen to the run: it does not wait any longer. */
  stir(runId: string): void {
    this.#waiting.get(runId)?.abort();
  }

  /** Polls when it is this run's turn. */
  async run<T>(turn: Turn, poll: Poll<T>): Promise<T> {
    if (!this.#isCrowded || turn.idleMs < MOVED_LATELY_MS) return this.#longPoll(poll);
    const isRoused = await this.#wait(turn);
    return isRoused ? this.#longPoll(poll) : this.#glances(() => this.#cuttable(GLANCE_MS, poll));
  }

  #longPoll<T>(poll: Poll<T>): Promise<T> {
    return this.#long(() => this.#cuttable(this.#isCrowded ? SHORT_POLL_MS : LONG_POLL_MS, poll));
  }

  /** True when there is something to be expected of the run now. */
  async #wait({ runId, restMs }: Turn): Promise<boolean> {
    const longest = Math.min(Math.max(GLANCE_EVERY_MS, this.#tails * REST_MS_EACH), LONGEST_REST_MS);
    const isDue = restMs > 0 && restMs <= longest;
    const ms = isDue ? restMs : restMs === 0 ? GLANCE_EVERY_MS : longest;
    const waiting = new AbortController();
    this.#waiting.set(runId, waiting);
    await this.#pause(ms, waiting.signal);
    if (this.#waiting.get(runId) === waiting) this.#waiting.delete(runId);
    return isDue || waiting.signal.aborted;
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
    for (const cut of [...this.#open, ...this.#waiting.values()]) cut.abort();
  }
}
