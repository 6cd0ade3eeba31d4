/**
 * Which blobs a text refers to. Looks for the form of a reference and not for its place, so it also finds those inside
 * texts within texts and in the payloads of raw events; it may find too many, never too few.
 */

/** As Postgres and JavaScript both read it. Quotes may be escaped by a backslash or doubled. */
export const BLOB_REFERENCE = String.raw`\$blob[\\"]+\s*:\s*[\\"]+([0-9a-f]{64})`;

/** Hashes of the blobs that `text` refers to. */
export function blobReferences(text: string): string[] {
  if (!text.includes('$blob')) return [];
  return Array.from(text.matchAll(new RegExp(BLOB_REFERENCE, 'g')), (match) => match[1] ?? '');
}
