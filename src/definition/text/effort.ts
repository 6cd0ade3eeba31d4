/** What one definition may ask for beyond its size: an expression costs far more than the letters it is written in. */

/** Most expressions of a definition. */
export const MAX_EXPRESSIONS = 20_000;
/** Most characters of all its expressions together. */
export const MAX_EXPRESSION_CHARS = 256 * 1024;
/** Most inputs, declared or not. */
export const MAX_INPUTS = 1_000;
/** Most entries in the lists of tools of an agent or a step. */
export const MAX_TOOLS = 200;

/** Most agents that a definition declares. */
export const MAX_AGENTS = 500;

/** What was asked for. */
export interface Spent {
  readonly expressions: number;
  readonly chars: number;
}

/** Counts the expressions of a definition. */
export class Effort {
  #expressions = 0;
  #chars = 0;

  get spent(): Spent {
    return { expressions: this.#expressions, chars: this.#chars };
  }

  since({ expressions, chars }: Spent): Spent {
    return { expressions: this.#expressions - expressions, chars: this.#chars - chars };
  }

  /** Counts what takes no more looking at; false, and counts nothing, when it is too much. */
  spends({ expressions, chars }: Spent): boolean {
    const [all, length] = [this.#expressions + expressions, this.#chars + chars];
    if (all > MAX_EXPRESSIONS || length > MAX_EXPRESSION_CHARS) return false;
    this.#expressions = all;
    this.#chars = length;
    return true;
  }

  /** False when this expression is one too many. */
  takes(expression: string): boolean {
    this.#expressions++;
    this.#chars += expression.length;
    return this.#expressions <= MAX_EXPRESSIONS && this.#chars <= MAX_EXPRESSION_CHARS;
  }
}
