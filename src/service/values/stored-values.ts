/** Reads stored values for the references to them, within bounds: a page that would become too large ends earlier. */
import type { BlobRef } from '../../protocol/values.ts';
import { listBlobSizes } from './queries/list-blob-sizes.ts';
import { listBlobStarts } from './queries/list-blob-starts.ts';
import type { StoredValues } from '../views/stored.ts';
import type { Store } from '../ways/store.ts';

/** A stored value up to this is put in whole where the whole is asked for. */
export const MAX_VALUE_BYTES = 1024 * 1024;
/** Stored values of one page, together. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;
/** Of the text of a value that is not shown whole. */
const START_CHARS = 8_000;
/** Where texts are cut anyway, so much is enough. */
const SHORT_BYTES = 16 * 1024;

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
