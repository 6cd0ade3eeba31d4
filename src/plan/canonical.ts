/** The one text of a JSON value: members sorted by name, no spaces. Equal values have equal texts. */
import type { Json } from './json.ts';

/** Canonical JSON text; members that are undefined are left out. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_key, member: unknown) => (isPlainObject(member) ? sorted(member) : member));
}

/** True when both are the same JSON value, whatever the order of their members. */
export function jsonEqual(a: Json, b: Json): boolean {
  return a === b || canonicalJson(a) === canonicalJson(b);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}
