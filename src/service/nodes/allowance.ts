/** How much of something may come: so many a second, and so many at once after a silence. */
export class Allowance {
  readonly #aSecond: number;
  readonly #most: number;
  #left: number;
  #at = performance.now();

  constructor(aSecond: number, most: number) {
    this.#aSecond = aSecond;
    this.#most = most;
    this.#left = most;
  }

  /** False: too much. */
  take(): boolean {
    const now = performance.now();
    this.#left = Math.min(this.#most, this.#left + ((now - this.#at) / 1_000) * this.#aSecond);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
