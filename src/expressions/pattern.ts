/**
 * `matches` of dialect 1, with an end: regular expressions that could take exponential time are refused, and those that could take
 * polynomial time are paid for by the length of the text.
 */
import { ExpressionError } from './expression-error.ts';
import { spend } from './meter.ts';

const MAX_PATTERN = 500;
const MAX_CACHED = 500;

interface Pattern {
  readonly expression: RegExp;
  /** Worst case: the text's length to the power of this. */
  readonly power: number;
}

const cache = new Map<string, Pattern>();

/** True when `pattern` occurs in `text`. Throws `expression_error` for patterns that are wrong or could run away. */
export function matches(text: string, pattern: string): boolean {
  const { expression, power } = compiled(pattern);
  spend(Math.ceil(Math.max(text.length, 1) ** power / 256));
  return expression.test(text);
}

/**
 * How the worst case of a search grows: with the text's length to the power of this. Throws `expression_error` for
 * patterns that are wrong or could run away.
 */
export function patternPower(source: string): number {
  return compiled(source).power;
}

function compiled(source: string): Pattern {
  const known = cache.get(source);
  if (known !== undefined) return known;
  if (source.length > MAX_PATTERN)
    throw refused(source.slice(0, 40), `is longer than ${MAX_PATTERN} characters`);
  const pattern = { expression: toRegExp(source), power: powerOf(source) };
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(source, pattern);
  return pattern;
}

function toRegExp(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    throw refused(source, 'is no regular expression');
  }
}

/** Repetitions in a row, and one more when the search may begin anywhere. */
function powerOf(source: string): number {
  if (/\\[1-9k]/.test(source)) throw refused(source, 'refers back to a group');
  const plain = source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  if (repeatsRepetition(plain)) throw refused(source, 'repeats a group that itself repeats or branches');
  const repetitions = plain.match(/[*+{]/g)?.length ?? 0;
  return repetitions + (plain.startsWith('^') ? 0 : 1);
}

/** True when a repeated group contains, at any depth, a repetition or a choice. */
function repeatsRepetition(plain: string): boolean {
  const open: boolean[] = [];
  const mark = (): void => {
    if (open.length > 0) open[open.length - 1] = true;
  };
  for (let i = 0; i < plain.length; i++) {
    const char = plain.charAt(i);
    if (char === '(') open.push(false);
    else if ('*+|{'.includes(char)) mark();
    else if (char === ')') {
      const inner = open.pop() ?? false;
      if (inner && '*+{'.includes(plain.charAt(i + 1) || ' ')) return true;
      if (inner) mark();
    }
  }
  return false;
}

function refused(pattern: string, why: string): ExpressionError {
  return new ExpressionError('expression_error', `The pattern ${JSON.stringify(pattern)} ${why}.`);
}
