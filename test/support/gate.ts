/** What lets a fake vendor's answer come as a test wants it. */

/** Lets a vendor's stream go on, event by event. */
export class Gate {
  #open = 0;
  #waiting: (() => void)[] = [];
  readonly wait = async (n: number): Promise<void> => {
    while (n >= this.#open) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  };
  /** The first `count` events may go; all, unless told. */
  open(count = Infinity): void {
    this.#open = count;
    for (const go of this.#waiting.splice(0)) go();
  }
}
