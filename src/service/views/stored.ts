/**
 * Puts stored values in the place of the references to them: one above the most is shown by its beginning, beside the
 * reference by which `GET /blobs/:hash` answers the whole. What a value holds is not looked into: a reference inside it
 * stays what it is. Pure.
 */
import type { Json, JsonObject } from '../../plan/json.ts';
import { isBlobRef, type BlobRef } from '../../protocol/values.ts';

/** A stored value, or the beginning of its JSON text. */
interface Stored {
  readonly bytes: number;
  readonly text: string;
  readonly isWhole: boolean;
}

export type StoredValues = ReadonlyMap<string, Stored>;

/** The reference in a `{ref}`, as calls and answers of tools hold large values. */
export function refIn(supplied: Json | undefined): BlobRef | undefined {
  if (typeof supplied !== 'object' || supplied === null || Array.isArray(supplied)) return undefined;
  const { ref } = supplied as JsonObject;
  return isBlobRef(ref) ? ref : undefined;
}

/**
 * What stands for a reference: `{value, ref}`, or `{ref, preview}` where it is too large; `{ref}` where the value is not
 * stored any more.
 */
export function withStored(ref: BlobRef, values: StoredValues): JsonObject {
  const stored = values.get(ref.$blob);
  const known = { ref: { ...ref } };
  if (stored === undefined) return known;
  if (stored.isWhole) return { value: JSON.parse(stored.text) as Json, ...known };
  return { ...known, preview: startText(stored.text) };
}

/** The beginning of a value's JSON text, as people read it: that of a text without its quote and escapes. */
export function startText(json: string): string {
  if (!json.startsWith('"')) return json.replace(/[\ud800-\udbff]$/, '');
  // What the cut has left of an escape.
  const body = json.slice(1).replace(/(?<=(?:^|[^\\])(?:\\\\)*)\\(?:u[0-9a-fA-F]{0,3})?$/, '');
  return (JSON.parse(`"${body}"`) as string).replace(/[\ud800-\udbff]$/, '');
}
