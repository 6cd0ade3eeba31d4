/** JSON values: how large they are, and what stands where in them. */
import { writeJson } from './exact-json.ts';
import type { Json, Path } from './json-value.ts';

export type { Json, JsonObject, Path } from './json-value.ts';

/** Size of a value's JSON text in UTF-8 bytes. Sandbox-safe: no Buffer, no TextEncoder. */
export function jsonBytes(value: Json | undefined): number {
  return value === undefined ? 0 : utf8Bytes(writeJson(value));
}

/** Size of a text in UTF-8 bytes. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/** True as soon as it is plain that the value's JSON text has more than `chars` characters; not all such are found. */
export function isLonger(value: Json, chars: number): boolean {
  let left = chars;
  const visit = (one: Json): boolean => {
    left -= typeof one === 'string' ? one.length + 2 : 1;
    if (left < 0 || typeof one !== 'object' || one === null) return left < 0;
    if (Array.isArray(one)) return (one as readonly Json[]).some(visit);
    return Object.entries(one).some(([name, member]) => {
      left -= name.length + 3;
      return visit(member);
    });
  };
  return visit(value);
}

/** The value at `path`, or undefined when any part of the way is missing. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let at: unknown = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string | number, unknown>)[part];
  }
  return at as Json | undefined;
}
