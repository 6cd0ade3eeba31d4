/**
 * Asks a thread beside the page, one thing at a time; of what is asked meanwhile only the last. A thread that takes too long
 * is ended, and begun anew with the next: what it was asked is not answered.
 */
const PATIENCE_MS = 10_000;

export class Latest<Ask, Answer> {
  readonly #make: () => Worker;
  readonly #told: (answer: Answer) => void;
  #worker: Worker | undefined;
  #isBusy = false;
  #next: Ask | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(make: () => Worker, told: (answer: Answer) => void) {
    this.#make = make;
    this.#told = told;
  }

  ask(what: Ask): void {
    this.#next = what;
    if (!this.#isBusy) this.#begin();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#isBusy = false;
  }

  #begin(): void {
    const ask = this.#next;
    if (ask === undefined) return;
    this.#next = undefined;
    this.#isBusy = true;
    this.#worker ??= this.#made();
    this.#worker.postMessage(ask);
    this.#timer = setTimeout(() => {
      this.end();
      this.#begin();
    }, PATIENCE_MS);
  }

  #made(): Worker {
    const worker = this.#make();
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      clearTimeout(this.#timer);
      this.#isBusy = false;
      this.#told(data);
      this.#begin();
    });
    return worker;
  }
}
