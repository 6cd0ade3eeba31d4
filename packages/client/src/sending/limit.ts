/** Ends one try: when its time is over, or when its caller wants no more of it. */

export class Limit {
  readonly #controller = new AbortController();
  readonly #callers: AbortSignal | undefined;
  readonly #callOff = () => this.#controller.abort(this.#callers?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  /** @param ms 0: there is no limit of time */
  constructor(callers: AbortSignal | undefined, ms: number) {
    this.#callers = callers;
    if (callers?.aborted === true) this.#callOff();
    callers?.addEventListener('abort', this.#callOff);
    this.wind(ms);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** True once the time was over before anything else. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The time begins anew. */
  wind(ms: number): void {
    clearTimeout(this.#timer);
    if (ms <= 0 || this.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      this.#controller.abort();
    }, ms);
  }

  /** Lets go of clock and caller; what is open stays open. */
  release(): void {
    clearTimeout(this.#timer);
    this.#callers?.removeEventListener('abort', this.#callOff);
  }

  /** Ends what is open. */
  end(): void {
    this.release();
    this.#controller.abort();
  }
}

/** Resolves after `ms`. @throws the reason of `signal` once that is aborted */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
