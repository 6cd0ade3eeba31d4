/**
 * The last lines of a terminal, drawn again and again in their place.
 *
 * Counts the rows that its lines take in the terminal as it is now: a terminal that became narrower has broken them
 * into more. What it draws must fit the screen's height with one row to spare; what was scrolled out cannot be erased.
 */
import { terminalText } from './style.ts';
import { widthOf } from './text-width.ts';

/** As much of a terminal as it takes. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

/** Terminals that know it show all at once what is between them. */
const TOGETHER = ['\u001b[?2026h', '\u001b[?2026l'] as const;
const ERASE_BELOW = '\u001b[0J';

export class LiveArea {
  readonly #terminal: Terminal;
  #shown: readonly string[] = [];
  #drawn = '';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Puts a text in the place of what was drawn before. */
  draw(text: string): void {
    const shown = text === '' ? [] : text.split('\n');
    const drawn = `${this.#terminal.columns} ${text}`;
    if (drawn === this.#drawn) return;
    const up = Math.min(rowsOf(this.#shown, this.#terminal.columns), this.#terminal.rows - 1);
    const back = up > 0 ? `\u001b[${up}A\r` : '\r';
    const lines = shown.map((line) => `${line}\n`).join('');
    this.#terminal.write(`${TOGETHER[0]}${back}${ERASE_BELOW}${terminalText(lines)}${TOGETHER[1]}`);
    this.#shown = shown;
    this.#drawn = drawn;
  }
}

/** Rows that lines take where they are broken at the last cell. */
function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(widthOf(line) / Math.max(1, columns))), 0);
}
