/**
 * The border between JSON and CEL.
 *
 * Whole JSON numbers become CEL ints, objects become Maps (so that no member name, `constructor` for example, can mean
 * more than itself), and everything comes back as it would stand in JSON.
 */
import type { Json } from '../plan/json.ts';
import { ExpressionError } from './expression-error.ts';
import { spend } from './meter.ts';

/** A JSON value as CEL sees it. Whole numbers beyond 2^53 stay doubles. */
export function toCel(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(toCel);
  const members = new Map<string, unknown>();
  for (const [name, member] of Object.entries(value))
    if (member !== undefined) members.set(name, toCel(member));
  return members;
}

/** A CEL value as JSON. Throws `expression_error` for what JSON cannot say. */
export function fromCel(value: unknown): Json {
  spend(1);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return fromInt(value);
  if (typeof value === 'number') return fromDouble(value);
  if (Array.isArray(value)) return value.map(fromCel);
  const members = membersOf(value);
  if (members !== null)
    return Object.fromEntries(members.map(([name, member]) => [String(name), fromCel(member)]));
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
  return typeof value === 'string' ? value : JSON.stringify(fromCel(value));
}

function fromInt(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new ExpressionError(
    'expression_error',
    `The result ${value} is beyond the whole numbers of JSON (2^53).`,
  );
}

function fromDouble(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new ExpressionError('expression_error', `The result ${value} is no JSON number.`);
}

function typeNameOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? (value.constructor?.name ?? 'object') : typeof value;
}
