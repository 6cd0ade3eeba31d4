/** What is wrong with a definition: all of it at once, each with its place in the text. */
import type { ErrorDetail } from '../errors/errors.ts';
import type { Path } from '../plan/json.ts';
import type { Source, Target } from './source.ts';

/** An error or warning of a definition. Lines and columns count from 1. */
export interface DefinitionProblem extends ErrorDetail {
  readonly file: string | null;
  readonly line: number;
  readonly column: number;
  /** Such as `steps[2].prompt`; empty for the definition as a whole. */
  readonly path: string;
}

/** More than this many errors help nobody. */
const MAX_PROBLEMS = 500;

/** Collects problems; errors and warnings in the order of the text. */
export class Problems {
  readonly #source: Source;
  readonly #errors: DefinitionProblem[] = [];
  readonly #warnings: DefinitionProblem[] = [];

  constructor(source: Source) {
    this.#source = source;
  }

  get errors(): readonly DefinitionProblem[] {
    return this.#errors.toSorted(byPlace);
  }

  get warnings(): readonly DefinitionProblem[] {
    return this.#warnings.toSorted(byPlace);
  }

  /** True when further errors are no longer noted, so that looking for them is in vain. */
  get full(): boolean {
    return this.#errors.length >= MAX_PROBLEMS;
  }

  error(code: string, path: Path, message: string, hint?: string, target: Target = 'value'): void {
    if (this.#errors.length < MAX_PROBLEMS)
      this.#errors.push(this.#problem(code, path, message, hint, target));
  }

  warn(code: string, path: Path, message: string, hint?: string, target: Target = 'value'): void {
    if (this.#warnings.length < MAX_PROBLEMS)
      this.#warnings.push(this.#problem(code, path, message, hint, target));
  }

  #problem(
    code: string,
    path: Path,
    message: string,
    hint: string | undefined,
    target: Target,
  ): DefinitionProblem {
    const { line, column } = this.#source.locate(path, target);
    const place = { file: this.#source.file, line, column, path: pathText(path) };
    return { ...place, code, message, ...(hint === undefined ? {} : { hint }) };
  }
}

/** `['steps', 2, 'prompt']` as `steps[2].prompt`. */
function pathText(path: Path): string {
  return path
    .map((part) =>
      typeof part === 'number' ? `[${part}]` : /^\w+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`,
    )
    .join('')
    .replace(/^\./, '');
}

function byPlace(a: DefinitionProblem, b: DefinitionProblem): number {
  return a.line - b.line || a.column - b.column;
}
