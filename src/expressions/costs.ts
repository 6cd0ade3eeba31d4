/**
 * What operators and functions cost in dialect 2, taken before they run, in all the sizes that their work grows with.
 * The rates are upper bounds, measured with the worst values found (costs.test.ts).
 */
import { spend } from './meter.ts';
import { membersOf } from './values.ts';

type Cost = (values: readonly unknown[]) => void;

/** Units a character of text costs. */
export const COPIED = 0.016;
const SCANNED = 0.008;
const COUNTED = 0.004;
/** A search for a long text goes a character at a time, backwards over a copy. */
export const SEARCHED = 0.05;
/** Letters beyond Latin become up to three. */
const CASED = 0.15;
/** Units an element of a list costs. */
const ELEMENT = 0.1;
/** A part of a text, or a place where one is put. */
export const PART = 0.1;
const COMPARED = 0.1;
/** A level of the first elements, by which the type of a value is told. */
const LEVEL = 0.1;
/** A character that is compared with another natively. */
const COMPARED_CHAR = 0.001;

const searching: Cost = ([text, what]) => spend((chars(text) + chars(what)) * SEARCHED);
const scanning: Cost = ([text]) => spend(chars(text) * SCANNED);
const casing: Cost = ([text]) => spend(chars(text) * CASED);
const listing: Cost = ([list]) => spend(sizeOf(list) * ELEMENT);

/** By operator: what it costs on its operands. */
export const OPERATOR_COSTS: ReadonlyMap<string, Cost> = new Map<string, Cost>([
  ['==', ([a, b]) => void mayEqual(a, b)],
  ['!=', ([a, b]) => void mayEqual(a, b)],
  ['in', ([value, among]) => spendOnMembership(value, among)],
  ['+', ([a, b]) => spend((chars(a) + chars(b)) * COPIED + (lengthOf(a) + lengthOf(b)) * ELEMENT)],
  ...['<', '<=', '>', '>='].map((operator): [string, Cost] => [
    operator,
    ([a, b]) => spend((chars(a) + chars(b)) * COPIED),
  ]),
]);

/** By function, as `f(x, y)` or `x.f(y)`: what it costs beside what it counts itself. */
export const CALL_COSTS: ReadonlyMap<string, Cost> = new Map<string, Cost>([
  ['size', ([text]) => spend(chars(text) * COUNTED)],
  ['string', scanning],
  ['int', scanning],
  ['double', scanning],
  ['bool', scanning],
  ['contains', searching],
  ['startsWith', scanning],
  ['endsWith', scanning],
  ['indexOf', searching],
  ['lastIndexOf', searching],
  ['substring', ([text]) => spend(chars(text) * COPIED)],
  [
    'split',
    ([text, by]) => {
      searching([text, by]);
      spend((1 + chars(text) / Math.max(1, chars(by))) * PART);
    },
  ],
  ['lower', casing],
  ['upper', casing],
  ['trim', scanning],
  ['join', listing],
  ['keys', listing],
  ['values', listing],
  ['sum', listing],
]);

/** Takes what telling the type of a value costs. */
export function spendOnType(value: unknown): void {
  let levels = 0;
  let at: unknown = value;
  while (typeof at === 'object' && at !== null && levels < 1_000) {
    levels += 1;
    at = Array.isArray(at) ? at[0] : at instanceof Map ? at.values().next().value : undefined;
  }
  if (levels > 0) spend(levels * LEVEL);
}

/** Goes the way that a comparison goes, and pays for it. False only where the comparison ends with false. */
function mayEqual(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string') {
    spend(COMPARED + Math.min(a.length, b.length) * COMPARED_CHAR);
    return a.length === b.length && a === b;
  }
  spend(COMPARED);
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null)
    return a === b || isNumber(a);
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, at) => mayEqual(one, b[at]));
  const [left, right] = [membersOf(a), membersOf(b)];
  if (left === null || right === null) return false;
  spend((left.length + right.length) * ELEMENT);
  if (left.length !== right.length) return false;
  const others = new Map(right);
  return left.every(([name, one]) => others.has(name) && mayEqual(one, others.get(name)));
}

const isNumber = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint';

function spendOnMembership(value: unknown, among: unknown): void {
  if (!Array.isArray(among)) return spend(chars(value) * COPIED);
  if (typeof value !== 'object') return spend(among.length * (COMPARED + chars(value) * COMPARED_CHAR));
  for (const one of among) if (mayEqual(value, one)) return;
}

/** Characters of a text; 0 for everything else. */
function chars(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map) return value.size;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}
