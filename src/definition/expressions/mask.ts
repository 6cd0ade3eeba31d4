/**
 * Makes an author's expression readable to CEL: names with hyphens and names that are reserved words in CEL become
 * identifiers of the same length, so that every offset stays what it was.
 */
import { FUNCTIONS, ROOTS } from '../../expressions/index.ts';

/** A set of names, or a map by name. */
interface NameSet extends Iterable<unknown> {
  has(name: string): boolean;
  keys(): Iterable<string>;
}

/** Names that may stand in an expression. */
export interface KnownNames {
  readonly steps: NameSet;
  readonly inputs: NameSet;
}

export interface Masked {
  readonly text: string;
  /** What really stands at an offset where a name was masked. */
  readonly names: ReadonlyMap<number, string>;
}

/** A string that is not closed is one too, so that no end is searched for twice. */
const TOKEN =
  /("""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|\/\/[^\n]*|\d[\w.]*)|([A-Za-z_]\w*(?:-+\w+)*)|\s+|./gsu;
/** No known name is longer. */
const MAX_NAME = 100;
const MACRO_VARIABLE = /\.(?:map|filter|all|exists|exists_one)\s*\(\s*([A-Za-z_]\w*)\s*,/g;
const WORDS: ReadonlySet<string> = new Set([
  ...ROOTS,
  ...FUNCTIONS,
  'true',
  'false',
  'null',
  'in',
  'succeeded',
  'failed',
  'always',
]);
const RESERVED: ReadonlySet<string> = new Set([
  ...[
    'as',
    'break',
    'const',
    'continue',
    'else',
    'for',
    'function',
    'if',
    'import',
    'let',
    'loop',
    'package',
  ],
  ...['namespace', 'return', 'var', 'void', 'while'],
]);

/** Masks `source`. Unknown hyphenated names are taken as one name, so that they can be reported as one. */
export function maskNames(source: string, known: KnownNames): Masked {
  const names = new Map<number, string>();
  const locals = new Set([...source.matchAll(MACRO_VARIABLE)].map((match) => match[1] ?? ''));
  let text = '';
  let before: [string, string] = ['', ''];
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(source); token !== null; token = TOKEN.exec(source)) {
    const run = token[2];
    let written = token[0];
    if (run !== undefined) {
      const owner = before[1] === '.' ? before[0] : null;
      const name = nameIn(run, owner, known, locals);
      TOKEN.lastIndex = token.index + name.length;
      written = owner === null && RESERVED.has(name) ? '_'.repeat(name.length) : name.replaceAll('-', '_');
      if (written !== name) names.set(token.index, name);
      before = [before[1], name];
    } else if (written.trim() !== '') before = [before[1], written];
    text += written;
  }
  return { text, names };
}

/** How much of `run`, a word that may hold hyphens, is one name. */
function nameIn(run: string, owner: string | null, known: KnownNames, locals: ReadonlySet<string>): string {
  const first = /^\w+/.exec(run)?.[0] ?? run;
  if (first === run) return run;
  if (owner === 'steps' || owner === 'inputs') return longest(run, (name) => known[owner].has(name)) ?? run;
  if (owner !== null) return first;
  const isKnown = (name: string): boolean => known.steps.has(name) || known.inputs.has(name);
  const match = longest(run, isKnown);
  // A step alone is no number, so nothing can be subtracted from it: `step-x` is a misspelt name.
  if (match !== null && (match === run || known.inputs.has(match))) return match;
  if (match !== null) return run;
  return locals.has(first) || WORDS.has(first) ? first : (/^\w+(?:-+[A-Za-z_]\w*)*/.exec(run)?.[0] ?? run);
}

/** The longest part of `run`, cut before a hyphen, that `accepts` takes. */
function longest(run: string, accepts: (name: string) => boolean): string | null {
  for (let end = run.length; end > 0; end = run.lastIndexOf('-', end - 1)) {
    if (run.charAt(end - 1) === '-' || end > MAX_NAME) continue;
    const name = run.slice(0, end);
    if (accepts(name)) return name;
  }
  return null;
}
