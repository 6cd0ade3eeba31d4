/**
 * The border between JSON and CEL.
 *
 * Whole JSON numbers become CEL ints, whatever their size, objects become Maps (so that no member name, `constructor` for example, can mean
 * more than itself), and everything comes back as it would stand in JSON.
 */
import { wholeNumber, writeJson } from '../plan/exact-json.ts';
import type { Json } from '../plan/json.ts';
import { ExpressionError } from './expression-error.ts';
import { charge, dialect, spend } from './meter.ts';

/** Deepest value that dialect 2 takes; each level costs every operator that tells its type. */
const MAX_DEPTH = 100;

/** The numbers of CEL: from -2^63 to 2^63 - 1. */
const INT_END = 2 ** 63;

/** A JSON value as CEL sees it. In dialect 1 whole numbers beyond 2^53 stay doubles. */
export function toCel(value: unknown, depth = 0): unknown {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'object' || value === null) return value;
  checkDepth(depth);
  if (Array.isArray(value)) {
    charge(1 + value.length * 0.1);
    return value.map((one) => toCel(one, depth + 1));
  }
  const named = Object.entries(value);
  charge(1 + named.length * 0.5);
  const members = new Map<string, unknown>();
  for (const [name, member] of named) if (member !== undefined) members.set(name, toCel(member, depth + 1));
  return members;
}

/** A CEL value as JSON. Throws `expression_error` for what JSON cannot say. */
export function fromCel(value: unknown, depth = 0): Json {
  spend(dialect() > 1 ? 0.4 : 1);
  if (typeof value === 'string') {
    charge(value.length * 0.03);
    return value;
  }
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return fromInt(value);
  if (typeof value === 'number') return fromDouble(value);
  checkDepth(depth);
  if (Array.isArray(value)) return value.map((one) => fromCel(one, depth + 1));
  const members = membersOf(value);
  if (members !== null) {
    charge(members.length * 0.5);
    return Object.fromEntries(members.map(([name, member]) => [String(name), fromCel(member, depth + 1)]));
  }
  throw new ExpressionError('expression_error', `The result is no JSON value: ${typeNameOf(value)}.`);
}

/** The members of a CEL map, or null when `value` is none. */
export function membersOf(value: unknown): readonly (readonly [unknown, unknown])[] | null {
  if (value instanceof Map) return [...value];
  if (typeof value !== 'object' || value === null) return null;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.entries(value) : null;
}

/** The text that stands for a CEL value inside other text: strings as they are, everything else as JSON. */
export function toText(value: unknown): string {
  if (typeof value !== 'string') return writeJson(fromCel(value));
  charge(value.length * 0.016);
  return value;
}

function checkDepth(depth: number): void {
  if (depth <= MAX_DEPTH || dialect() === 1) return;
  throw new ExpressionError('expression_error', `A value is nested more than ${MAX_DEPTH} levels deep.`);
}

/** A number beyond 2^53 is the one that stands in its text, which is not the double behind it. */
function fromNumber(value: number): number | bigint {
  if (Number.isSafeInteger(value)) return BigInt(value);
  const isInt = dialect() > 1 && Number.isInteger(value) && Math.abs(value) < INT_END;
  return isInt ? BigInt(String(value)) : value;
}

function fromInt(value: bigint): number | bigint {
  if (dialect() > 1) return wholeNumber(value);
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new ExpressionError(
    'expression_error',
    `The result ${value} is beyond the whole numbers of JSON (2^53).`,
  );
}

function fromDouble(value: number): number {
  if (Number.isFinite(value)) return value;
  const code = dialect() > 1 ? 'number_out_of_range' : 'expression_error';
  throw new ExpressionError(code, `The result ${value} is no JSON number.`);
}

function typeNameOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? (value.constructor?.name ?? 'object') : typeof value;
}
