/**
 * Regular expressions in linear time: the patterns of expressions and of schemas, whoever wrote them. Sandbox-safe.
 *
 * They are searched by RE2, which has no way to run away and therefore no look-around and no references back to
 * groups. The syntax is otherwise JavaScript's, over whole characters (as with the flag `u`). Cost is known before the
 * work is done, in units of about a microsecond, and is an upper bound on an ordinary machine; what it says depends on
 * nothing but the pattern and the text's length, so that hosts agree on it.
 */
import { RE2JS } from 're2js';

/** Why a pattern cannot be used; the message goes on after the pattern itself. */
export class PatternError extends Error {}

export interface LinearPattern {
  /** True when the pattern occurs in `text`. */
  readonly test: (text: string) => boolean;
  /** Units that searching a text of this length costs at most. */
  readonly searchCost: (length: number) => number;
}

/** Longest pattern, in characters. */
const MAX_LENGTH = 1_000;
/** Most instructions of a compiled pattern; `[a-z]{1,500}` has a thousand. */
const MAX_INSTRUCTIONS = 2_500;
/** Bytes that the engine may keep of states between searches; beyond, it searches without keeping them. */
const STATE_BYTES = 16 * 1024;
const MAX_CACHED = 200;

const cache = new Map<string, LinearPattern>();

/** The pattern ready for use. @throws PatternError */
export function linearPattern(source: string): LinearPattern {
  const known = cache.get(source);
  if (known !== undefined) return known;
  compileCost(source);
  const pattern = compiled(source);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(source, pattern);
  return pattern;
}

/** Units that making a pattern ready costs at most. @throws PatternError for one that is too large */
export function compileCost(source: string): number {
  if (source.length > MAX_LENGTH) throw new PatternError(`is longer than ${MAX_LENGTH} characters`);
  const instructions = instructionsIn(source);
  if (instructions > MAX_INSTRUCTIONS) {
    const remedy = 'Repeat less of it; the length of a text is better limited by size() or maxLength';
    throw new PatternError(`is too large with its repetitions written out. ${remedy}`);
  }
  // Ignoring case goes through every character of a class that leaves ASCII.
  const folds = /\(\?[a-zA-Z]*i/.test(source) && /[^\0-\x7f]|\\[xuU]/.test(source);
  const perClass = folds ? 9_000 : 15;
  const classes = source.match(/\[|\\[pP]/g)?.length ?? 0;
  return 100 + 4 * instructions + perClass * classes + 150 * (source.match(/\\[pP]/g)?.length ?? 0);
}

function compiled(source: string): LinearPattern {
  const engine = parsed(source);
  const { dfa, onepass } = engine.re2();
  dfa.stateBudget = STATE_BYTES;
  dfa.memBudget = STATE_BYTES;
  const anywhere = 0.2 + 0.05 * engine.programSize();
  // Where each character leaves one way only, there is no set of states to go through.
  const perCharacter = onepass === null ? anywhere : Math.min(anywhere, 0.8);
  return {
    test: (text) => engine.test(text),
    searchCost: (length) => Math.ceil(2 + length * perCharacter),
  };
}

const REFERS_BACK = 'refers back to a group, which is not supported';

function parsed(source: string): RE2JS {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source));
  } catch (error) {
    throw new PatternError(reasonOf(source, error));
  }
}

function reasonOf(source: string, error: unknown): string {
  if (/\(\?<?[=!]/.test(source))
    return 'looks ahead or behind, which is not supported. Test the parts one by one';
  if (/\\[1-9]/.test(source)) return REFERS_BACK;
  const { message } = error as Error;
  return `is no regular expression: ${message.replace('error parsing regexp: ', '')}`;
}

/**
 * An upper bound of the instructions that a pattern becomes: atoms, times the repetitions around them. Takes what it
 * does not understand for atoms; whether it is a pattern is not judged here.
 */
function instructionsIn(source: string): number {
  const open: number[] = [];
  let whole = 0;
  let last = 0;
  for (const [token, least, most] of source.matchAll(TOKENS)) {
    if (token === '\\Q') throw new PatternError('quotes with \\Q, which is not supported');
    if (token === '\\k') throw new PatternError(REFERS_BACK);
    if (token === '(') {
      open.push(whole + last);
      [whole, last] = [0, 0];
    } else if (token === ')') {
      [whole, last] = [open.pop() ?? 0, whole + last + 2];
    } else if (least !== undefined) {
      last = last * Math.max(1, Number(least), Number(most ?? 0)) + 1;
    } else {
      whole += last;
      last = 2;
    }
  }
  return open.reduce((all, one) => all + one, whole + last);
}

/** An escaped character, a class, a count, or a single character. */
const TOKENS = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\{(\d+)(?:,(\d*))?\}|[\s\S]/g;
