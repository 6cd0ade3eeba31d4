/**
 * What a process remembers of the definitions that it has read: the newest few. Without it everything comes to the same,
 * only later.
 */
import { outlineAgain, type Outline } from './outline.ts';

const MOST = 4;
/** Characters of the texts that are remembered: their values take some twenty times that. */
const MOST_CHARS = 2 * 1024 * 1024;

export class Recall {
  /** The newest first. */
  #outlines: readonly Outline[] = [];
  #memories: readonly { readonly offered: string; readonly kinds: object; readonly steps: object }[] = [];

  /** The outline of this text, where that follows from one that is known; it is remembered then. */
  near(text: string): Outline | undefined {
    for (const outline of this.#outlines) {
      const found = outline.text === text ? outline : outlineAgain(outline, text);
      if (found === null) continue;
      this.keep(found);
      return found;
    }
    return undefined;
  }

  /**
   * What is known of steps that are offered the same.
   *
   * @param offered as a text
   * @param kinds what steps there are
   */
  stepsOf<Memory extends object>(offered: string, kinds: object, make: () => Memory): Memory {
    const known = this.#memories.find((one) => one.offered === offered && one.kinds === kinds);
    const memory = known ?? { offered, kinds, steps: make() };
    this.#memories = [memory, ...this.#memories.filter((one) => one !== known)].slice(0, MOST);
    return memory.steps as Memory;
  }

  keep(outline: Outline): void {
    const others = this.#outlines.filter(({ text }) => text !== outline.text);
    let chars = 0;
    this.#outlines = [outline, ...others]
      .slice(0, MOST)
      .filter(({ text }, at) => (chars += text.length) <= MOST_CHARS || at === 0);
  }
}
