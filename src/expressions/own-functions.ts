/**
 * Functions of dialect 2 that take the place of native ones whose time is not bounded by their sizes: linear, and
 * paid for before they run. What they do not understand they leave to the native ones, which say what is wrong.
 */
import { compileCost, linearPattern, PatternError, type LinearPattern } from '../plan/linear-pattern.ts';
import { COPIED, PART, SEARCHED } from './costs.ts';
import { ExpressionError } from './expression-error.ts';
import { evaluation, spend } from './meter.ts';
import { firstIndex, lastIndex, split } from './text-search.ts';

type Own = (text: string, other: string, third: unknown) => unknown;

/** By name. Undefined is no answer: the native function is to be called. */
export const OWN: ReadonlyMap<string, Own> = new Map<string, Own>([
  ['contains', (text, what) => firstIndex(text, what) >= 0],
  ['indexOf', (text, what, from) => indexIn(firstIndex, text, what, from)],
  ['lastIndexOf', (text, what, from) => indexIn(lastIndex, text, what, from)],
  ['split', splitAtMost],
  ['replace', (text, what, by) => (typeof by === 'string' ? replace(text, what, by) : undefined)],
  ['matches', (text, pattern) => matches(text, pattern)],
]);

function indexIn(
  find: (text: string, what: string, from?: number) => number,
  text: string,
  what: string,
  from: unknown,
): bigint | undefined {
  if (from === undefined) return BigInt(find(text, what));
  const start = Number(from);
  const fits = what !== '' && start >= 0 && start < text.length;
  return fits ? BigInt(find(text, what, start)) : undefined;
}

function splitAtMost(text: string, by: string, most: unknown): readonly string[] | undefined {
  if (most !== undefined && typeof most !== 'bigint') return undefined;
  const parts = split(text, by);
  const limit = most === undefined ? -1 : Number(most);
  if (limit < 0 || parts.length <= limit) return parts;
  if (limit === 0) return [];
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(by)];
}

/** All at once; what the result weighs is taken before it is built. */
function replace(text: string, what: string, by: string): string {
  spend((text.length + what.length) * SEARCHED);
  const places = what === '' ? text.length + 1 : split(text, what).length - 1;
  spend(places * PART + (text.length + places * by.length) * COPIED);
  return what === '' ? text.replaceAll('', () => by) : split(text, what).join(by);
}

function matches(text: string, source: string): boolean {
  const pattern = ready(source);
  spend(pattern.searchCost(text.length));
  return pattern.test(text);
}

/** The patterns of the evaluation under way, so that each is paid for once, whatever others have made ready. */
let known = { evaluation: 0, patterns: new Map<string, LinearPattern>() };

function ready(source: string): LinearPattern {
  if (known.evaluation !== evaluation()) known = { evaluation: evaluation(), patterns: new Map() };
  const found = known.patterns.get(source);
  if (found !== undefined) return found;
  try {
    spend(compileCost(source));
    const pattern = linearPattern(source);
    known.patterns.set(source, pattern);
    return pattern;
  } catch (thrown) {
    if (!(thrown instanceof PatternError)) throw thrown;
    const shown = JSON.stringify(source.length > 60 ? `${source.slice(0, 60)}…` : source);
    throw new ExpressionError('expression_error', `matches(): the pattern ${shown} ${thrown.message}.`);
  }
}
