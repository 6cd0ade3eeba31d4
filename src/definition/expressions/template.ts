/** Compiles templates: any JSON value whose strings may hold `{{ }}`. */
import type { Json, Path } from '../../plan/json.ts';
import type { Template, TemplateNode, Use, ValueInterpolation } from '../../plan/template.ts';
import { noteBare } from '../text/doubtful-texts.ts';
import type { Place } from './expression-place.ts';
import type { Compiled } from './expression.ts';
import { compileNoted } from './noted-expression.ts';
import type { Problems } from '../text/problem.ts';
import { mergedUses } from './uses.ts';

const RESERVED: ReadonlySet<string> = new Set(['$expr', '$text', '$blob']);

/** Gathers what several templates read together. */
export class TemplateCompiler {
  readonly #place: Place;
  readonly #problems: Problems;
  readonly #uses: Use[] = [];

  constructor(place: Place, problems: Problems) {
    this.#place = place;
    this.#problems = problems;
  }

  /** What everything compiled so far reads. */
  get uses(): readonly Use[] {
    return mergedUses(this.#uses);
  }

  /** The node for `value`, which stands at `path`. Faults become problems; the node is then of no use. */
  node(value: Json, path: Path): TemplateNode {
    if (typeof value === 'string') return this.#text(value, path);
    if (typeof value !== 'object' || value === null) return value;
    if (isList(value)) return value.map((item, at) => this.node(item, [...path, at]));
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, this.#member(name, member, path)]),
    );
  }

  /** The node for an expression that stands bare, without `{{ }}`. */
  expression(text: string, path: Path): ValueInterpolation | null {
    const compiled = this.#compile(text, path, null);
    return compiled === null ? null : { $expr: compiled.source };
  }

  #member(name: string, member: Json, path: Path): TemplateNode {
    const at = [...path, name];
    if (RESERVED.has(name)) {
      this.#problems.error(
        'name_forbidden',
        at,
        `The name "${name}" cannot be used here.`,
        'Choose another name.',
        'key',
      );
    }
    return this.node(member, at);
  }

  #text(text: string, path: Path): TemplateNode {
    const parts = splitTemplate(text);
    if (typeof parts === 'number') {
      const message = 'There is a "{{" without its "}}".';
      const hint = 'Close it, or write {{ "{{" }} for the two braces themselves.';
      this.#problems.error('template_unclosed', path, message, hint, { opening: parts });
      return null;
    }
    noteForeign(parts, path, this.#problems);
    if (parts.length === 1 && parts[0] === text) noteBare(text, this.#place.steps, path, this.#problems);
    const nodes = parts.map((part) => (typeof part === 'string' ? part : this.#interpolation(part, path)));
    const [only] = nodes;
    if (only === undefined) return '';
    return nodes.length === 1 ? only : { $text: nodes };
  }

  #interpolation({ expression, opening }: Interpolation, path: Path): ValueInterpolation {
    return { $expr: this.#compile(expression, path, opening)?.source ?? '' };
  }

  #compile(text: string, path: Path, opening: number | null): Compiled | null {
    const target = opening === null ? 'value' : { opening };
    const compiled = compileNoted(text, { path, target }, this.#place, this.#problems);
    this.#uses.push(...(compiled?.uses ?? []));
    return compiled;
  }
}

/** A template on its own. */
export function compileTemplate(value: Json, path: Path, place: Place, problems: Problems): Template {
  const compiler = new TemplateCompiler(place, problems);
  const node = compiler.node(value, path);
  return { node, uses: compiler.uses };
}

/** What other languages write around or instead of `{{ }}`. */
function noteForeign(parts: readonly (string | Interpolation)[], path: Path, problems: Problems): void {
  for (const [at, part] of parts.entries()) {
    const before = parts[at - 1];
    if (typeof part === 'string') noteForeignText(part, path, problems);
    else noteForeignBraces(part, typeof before === 'string' ? before : '', path, problems);
  }
}

function noteForeignBraces(
  { expression, opening }: Interpolation,
  before: string,
  path: Path,
  problems: Problems,
): void {
  const shown = `{{${expression}}}`;
  if (before.endsWith('$')) {
    const hint = `Write ${shown} without the $. For a dollar sign itself write {{ "$" }}${shown}.`;
    problems.error('template_dollar', path, 'A "$" before "{{" stays in the text.', hint, { opening });
  }
  if (!hasBraces(expression) || isOneString(expression)) return;
  const message = 'Braces inside of braces are text, and not computed.';
  if (expression.length > MAX_MENDED)
    return problems.error('template_nested', path, message, undefined, { opening });
  const hint = `Write {{ ${expression.replaceAll(/(["'])\s*\{\{\s*([^{}"']*?)\s*\}\}\s*\1/g, '$2').trim()} }}`;
  problems.error('template_nested', path, message, hint, { opening });
}

/** Longer expressions are not shown as they should be. */
const MAX_MENDED = 500;

const isOneString = (expression: string): boolean =>
  /^\s*(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')\s*$/.test(expression);

const FOREIGN =
  /\{%[^]{0,200}?%\}|<%=?[^]{0,200}?%>|(?<!\{)\$?\{\s*(?:inputs|steps|secrets)\.[\w.-]+\s*\}(?!\})|\$\(\s*(?:inputs|steps|params)\.[\w.-]+\s*\)|\{ \{[^{}]*\} \}/;

function noteForeignText(text: string, path: Path, problems: Problems): void {
  const [found] = FOREIGN.exec(text) ?? [];
  if (found === undefined) return;
  const shown = found.length > 60 ? `${found.slice(0, 60)}…` : found;
  const message = `${JSON.stringify(shown)} is no template here, and stays as it is written.`;
  const name = /[\w.-]*\w/.exec(found)?.[0] ?? 'inputs.NAME';
  const hint = /^(?:\{%|<%)/.test(found)
    ? 'There are no statements in templates: write {{ CONDITION ? "…" : "" }}, or {{ join(list, ", ") }}.'
    : `Write {{ ${name} }}.`;
  problems.warn('template_foreign', path, message, hint);
}

/** Two braces that are closed again. */
export function hasBraces(text: string): boolean {
  const at = text.indexOf('{{');
  return at >= 0 && text.includes('}}', at + 2);
}

export interface Interpolation {
  readonly expression: string;
  /** Which `{{` of the text begins it, from 0. */
  readonly opening: number;
}

/** The parts of a text; the number of the `{{` that is never closed when there is one. */
export function splitTemplate(text: string): readonly (string | Interpolation)[] | number {
  const parts: (string | Interpolation)[] = [];
  let at = 0;
  let opening = 0;
  for (let start = text.indexOf('{{'); start >= 0; start = text.indexOf('{{', at)) {
    const end = endOfExpression(text, start + 2);
    if (end < 0) return opening;
    if (start > at) parts.push(text.slice(at, start));
    parts.push({ expression: text.slice(start + 2, end), opening });
    opening += openingsBetween(text, start, (at = end + 2));
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}

/** Where the `}}` stands that closes an expression: not inside its strings and not part of its maps. */
function endOfExpression(text: string, from: number): number {
  let open = 0;
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"' || char === "'") at = endOfString(text, at);
    else if (char === '{') open++;
    else if (char === '}' && open > 0) open--;
    else if (char === '}' && text.charAt(at + 1) === '}') return at;
  }
  return -1;
}

function endOfString(text: string, from: number): number {
  const quote = text.charAt(from);
  let at = from + 1;
  while (at < text.length && text.charAt(at) !== quote) at += text.charAt(at) === '\\' ? 2 : 1;
  return at;
}

/** How often a search for `{{` stops from `start` to before `end`, each one character after the former. */
function openingsBetween(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end - 1; at++) if (text.startsWith('{{', at)) count++;
  return count;
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
