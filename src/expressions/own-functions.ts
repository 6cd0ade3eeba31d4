/**
 * Functions of dialect 2 that take the place of native ones whose time is not bounded by their sizes: linear, and
 * paid for before they run, and counting in characters. What they do not understand they leave to the native ones, which say what is wrong.
 */
import {
  compileCost,
  linearPattern,
  PatternError,
  type LinearPattern,
} from '../plan/schema/linear-pattern.ts';
import { COPIED, PART, SEARCHED } from './costs.ts';
import { characterOf, isPlain, unitOf } from './characters.ts';
import { ExpressionError } from './expression-error.ts';
import { evaluation, spend } from './meter.ts';
import { firstIndex, lastIndex, split } from './text-search.ts';

type Own = (text: string, other: unknown, third: unknown) => unknown;

/** By name. Undefined is no answer: the native function is to be called. */
export const OWN: ReadonlyMap<string, Own> = new Map<string, Own>([
  ['contains', onTexts((text, what) => firstIndex(text, what) >= 0)],
  ['indexOf', onTexts((text, what, from) => indexIn(firstIndex, text, what, from))],
  ['lastIndexOf', onTexts((text, what, from) => indexIn(lastIndex, text, what, from))],
  ['substring', substring],
  ['split', onTexts(splitAtMost)],
  ['replace', onTexts((text, what, by) => (typeof by === 'string' ? replace(text, what, by) : undefined))],
  ['matches', onTexts((text, pattern) => matches(text, pattern))],
]);

function onTexts(own: (text: string, other: string, third: unknown) => unknown): Own {
  return (text, other, third) => (typeof other === 'string' ? own(text, other, third) : undefined);
}

/** Places are counted in characters. */
function indexIn(
  find: (text: string, what: string, from?: number) => number,
  text: string,
  what: string,
  from: unknown,
): bigint | undefined {
  const inUnits = isPlain(text);
  if (from === undefined) return characterAt(text, find(text, what), inUnits);
  const start = inUnits ? Number(from) : unitOf(text, Number(from));
  if (what === '') return inUnits ? undefined : BigInt(Number(from));
  if (start >= 0 && start < text.length) return characterAt(text, find(text, what, start), inUnits);
  if (inUnits) return undefined;
  throw new ExpressionError('expression_error', 'indexOf(search, from): from is out of range');
}

function characterAt(text: string, unit: number, inUnits: boolean): bigint {
  return BigInt(inUnits || unit < 0 ? unit : characterOf(text, unit));
}

/** Without an end, to the end. */
function substring(text: string, start: unknown, end: unknown): string | undefined {
  if (isPlain(text) || typeof start !== 'bigint' || (end !== undefined && typeof end !== 'bigint'))
    return undefined;
  const from = unitOf(text, Number(start));
  const to = end === undefined ? text.length : unitOf(text, Number(end));
  if (from >= 0 && to >= from) return text.slice(from, to);
  const which = from < 0 ? 'start' : 'end';
  throw new ExpressionError('expression_error', `substring(start, end): ${which} index out of range`);
}

function splitAtMost(text: string, by: string, most: unknown): readonly string[] | undefined {
  if (most !== undefined && typeof most !== 'bigint') return undefined;
  const parts = by === '' ? Array.from(text) : split(text, by);
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
  return what === '' ? text.replaceAll(/(?:)/gu, () => by) : split(text, what).join(by);
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
