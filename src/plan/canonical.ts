/** The one form of a JSON value: members sorted by name. Equal values have equal texts. */
import { writeJson } from './exact-json.ts';
import type { Json, JsonObject } from './json.ts';

/** A copy with all members sorted by name, at every depth; members that are undefined are left out. */
function canonical<T>(value: T): T {
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
  return writeJson(canonical(value));
}

/** The same of an object some of whose members are given as canonical texts. */
export function canonicalObject(value: JsonObject, texts: ReadonlyMap<string, string>): string {
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  const members = names
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${texts.get(name) ?? canonicalJson(value[name] ?? null)}`);
  return `{${members.join(',')}}`;
}

/** True when both are the same JSON value, whatever the order of their members. Ends at the first difference. */
export function jsonEqual(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && listsEqual(a, b);
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  const [left, right] = [a as JsonObject, b as JsonObject];
  return names.every((name) => {
    const [one, other] = [left[name], right[name]];
    return Object.hasOwn(b, name) && one !== undefined && other !== undefined && jsonEqual(one, other);
  });
}

function listsEqual(a: readonly Json[], b: readonly Json[]): boolean {
  return a.length === b.length && a.every((one, at) => jsonEqual(one, b[at] ?? null));
}
