/** What is wrong with a definition: all of it at once, each with its place in the text. */
import type { ErrorDetail } from '../../errors/errors.ts';
import type { Path } from '../../plan/json.ts';
import { Effort } from './effort.ts';
import type { Source, Target } from './source.ts';

/** An error or warning of a definition. Lines and columns count from 1. */
export interface DefinitionProblem extends ErrorDetail {
  readonly file: string | null;
  readonly line: number;
  readonly column: number;
  /** Such as `steps[2].prompt`; empty for the definition as a whole. */
  readonly path: string;
}

/** What to write instead. One that has to be searched for comes as a function. */
export type Hint = string | (() => string | undefined);

/** More than this many errors, and more than this many warnings, help nobody. */
const MAX_PROBLEMS = 500;
/** So many hints are searched for: each may look at thousands of names. */
const MAX_SEARCHES = 100;
/** Most characters of a message, a hint or a path. */
const MAX_CHARS = 1_000;

/** A problem whose place has not been looked for. */
interface Noted {
  readonly at: Path;
  readonly target: Target;
  readonly said: Pick<DefinitionProblem, 'code' | 'message' | 'hint'>;
}

/** Collects problems, up to {@link MAX_PROBLEMS} of each kind; errors and warnings in the order of the text. */
export class Problems {
  /** What the definition has asked for so far. */
  readonly effort = new Effort();
  readonly #source: Source;
  readonly #errors: Noted[] = [];
  readonly #warnings: Noted[] = [];
  /** By map and field: the word that is read as this field. */
  readonly #words = new Map<string, string>();
  #noted = 0;
  #more = 0;
  #searches = 0;
  #ended = false;

  constructor(source: Source) {
    this.#source = source;
  }

  get errors(): readonly DefinitionProblem[] {
    const errors = this.#errors.map((noted) => this.#located(noted)).toSorted(byPlace);
    return this.#more === 0 ? errors : [...errors, this.#located(this.#andMore())];
  }

  /** The text of a scalar as it is written. */
  written(path: Path): string | undefined {
    return this.#source.written(this.#writtenPath(path));
  }

  /** What stands in the map at `path` under `word` is read as `field`: problems are told where it stands. */
  readAs(path: Path, field: string, word: string): void {
    this.#words.set(pathText([...path, field]), word);
  }

  /** The word that is read as the field at `path`, else its own name. */
  nameOf(path: Path): string | number | undefined {
    return this.#writtenPath(path).at(-1);
  }

  /** How much has been noted so far, of errors and warnings. */
  get noted(): number {
    return this.#noted;
  }

  get failed(): boolean {
    return this.#errors.length > 0;
  }

  get warnings(): readonly DefinitionProblem[] {
    return this.#warnings.map((noted) => this.#located(noted)).toSorted(byPlace);
  }

  /** True when further errors are no longer noted, so that looking for them is in vain. */
  get full(): boolean {
    return this.#ended || this.#errors.length >= MAX_PROBLEMS;
  }

  error(code: string, path: Path, message: string, hint?: Hint, target: Target = 'value'): void {
    this.#noted++;
    if (this.full) this.#more += this.#ended ? 0 : 1;
    else this.#errors.push(this.#problem(code, path, message, hint, target));
  }

  warn(code: string, path: Path, message: string, hint?: Hint, target: Target = 'value'): void {
    this.#noted++;
    if (this.#warnings.length < MAX_PROBLEMS)
      this.#warnings.push(this.#problem(code, path, message, hint, target));
  }

  /** The last error: there is too much of something for the rest to be looked at. */
  end(code: string, path: Path, message: string, hint: string): void {
    this.error(code, path, message, hint, 'key');
    this.#ended = true;
  }

  #andMore(): Noted {
    const message = `There are at least ${this.#more} more errors: only the first ${MAX_PROBLEMS} are told.`;
    return this.#problem('too_many_errors', [], message, 'Correct these first.', 'value');
  }

  #problem(code: string, meant: Path, message: string, given: Hint | undefined, target: Target): Noted {
    const hint = typeof given === 'function' ? this.#searched(given) : given;
    const said = { code, message: cut(message), ...(hint === undefined ? {} : { hint: cut(hint) }) };
    return { at: this.#writtenPath(meant), target, said };
  }

  /** Its place is looked for only now: where nobody asks, nobody waits for it. */
  #located({ at, target, said }: Noted): DefinitionProblem {
    const { line, column } = this.#source.locate(at, target);
    return { file: this.#source.file, line, column, path: cut(pathText(at)), ...said };
  }

  #writtenPath(path: Path): Path {
    if (this.#words.size === 0) return path;
    return path.map((part, at) => this.#words.get(pathText(path.slice(0, at + 1))) ?? part);
  }

  #searched(search: () => string | undefined): string | undefined {
    return ++this.#searches > MAX_SEARCHES ? undefined : search();
  }
}

/** `['steps', 2, 'prompt']` as `steps[2].prompt`. */
export function pathText(path: Path): string {
  return path
    .map((part) =>
      typeof part === 'number' ? `[${part}]` : /^\w+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`,
    )
    .join('')
    .replace(/^\./, '');
}

/** Names of the author's may be as long as the definition. */
function cut(text: string): string {
  return text.length <= MAX_CHARS ? text : `${text.slice(0, MAX_CHARS - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** In the order of the text. */
export function byPlace(a: DefinitionProblem, b: DefinitionProblem): number {
  return a.line - b.line || a.column - b.column;
}
