/** The one form of a JSON value: members sorted by name. Equal values have equal texts. */
import type { Json } from './json.ts';

/** A copy with all members sorted by name, at every depth; members that are undefined are left out. */
export function canonical<T>(value: T): T {
  if (Array.isArray(value)) return value.map(canonical) as T;
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Record<string, unknown>;
  const names = Object.keys(members).toSorted();
  return Object.fromEntries(
    names.flatMap((name) => (members[name] === undefined ? [] : [[name, canonical(members[name])]])),
  ) as T;
}

/** Canonical JSON text, without spaces. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(canonical(value));
}

/** True when both are the same JSON value, whatever the order of their members. */
export function jsonEqual(a: Json, b: Json): boolean {
  return a === b || canonicalJson(a) === canonicalJson(b);
}
