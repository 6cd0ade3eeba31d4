/**
 * Puts stored values in the place of the references to them, within bounds: a value above the most is shown by its
 * beginning, beside the reference by which `GET /blobs/:hash` answers the whole; a page that would become too large ends
 * earlier. What a value holds is not looked into: a reference inside it stays what it is.
 */
import type { Json, JsonObject } from '../../plan/json.ts';
import { isBlobRef, type BlobRef } from '../../protocol/values.ts';
import { listBlobSizes } from './queries/list-blob-sizes.ts';
import { listBlobStarts } from './queries/list-blob-starts.ts';
import type { Store } from '../ways/store.ts';

/** A stored value up to this is put in whole where the whole is asked for. */
export const MAX_VALUE_BYTES = 1024 * 1024;
/** Stored values of one page, together. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;
/** Of the text of a value that is not shown whole. */
const START_CHARS = 8_000;
/** Where texts are cut anyway, so much is enough. */
const SHORT_BYTES = 16 * 1024;

/** A stored value, or the beginning of its JSON text. */
interface Stored {
  readonly bytes: number;
  readonly text: string;
  readonly isWhole: boolean;
}

export type StoredValues = ReadonlyMap<string, Stored>;

/** Reads what the references refer to: whole up to 1 MiB, or no more than is shown of a long text. */
export async function readStored(
  store: Store,
  refs: readonly BlobRef[],
  full: boolean,
): Promise<StoredValues> {
  const hashes = [...new Set(refs.map((ref) => ref.$blob))];
  if (hashes.length === 0) return new Map();
  const most = full ? MAX_VALUE_BYTES : SHORT_BYTES;
  const rows = await store.all<{ hash: string; bytes: number; text: string }>(
    listBlobStarts(hashes, most, START_CHARS),
  );
  return new Map(rows.map(({ hash, bytes, text }) => [hash, { bytes, text, isWhole: bytes <= most }]));
}

/** How many of the items, each with its references, make a page that is not too large; at least one. */
export async function fitting(store: Store, items: readonly (readonly BlobRef[])[]): Promise<number> {
  const hashes = [...new Set(items.flat().map((ref) => ref.$blob))];
  if (hashes.length === 0) return items.length;
  const rows = await store.all<{ hash: string; bytes: number }>(listBlobSizes(hashes));
  const sizes = new Map(
    rows.map(({ hash, bytes }) => [hash, bytes <= MAX_VALUE_BYTES ? bytes : START_CHARS]),
  );
  let sum = 0;
  const end = items.findIndex((refs, i) => {
    sum += refs.reduce((bytes, ref) => bytes + (sizes.get(ref.$blob) ?? 0), 0);
    return i > 0 && sum > MAX_PAGE_BYTES;
  });
  return end < 0 ? items.length : end;
}

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
