/** A value in the blob table, by the SHA-256 (hex) of its JSON text. */
export interface BlobRef {
  readonly $blob: string;
  /** UTF-8 bytes of the JSON text. */
  readonly bytes: number;
}

/** True for `{ $blob, bytes }`. */
export function isBlobRef(value: unknown): value is BlobRef {
  return (
    typeof value === 'object' && value !== null && typeof (value as { $blob?: unknown }).$blob === 'string'
  );
}
