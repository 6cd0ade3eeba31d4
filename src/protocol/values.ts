/**
 * How values travel between processes: small ones inline, large ones as a reference to the blob table.
 *
 * Sizes are those of the value's JSON text in UTF-8 bytes.
 */
import { writeJson } from '../plan/exact-json.ts';
import type { BlobRef } from '../plan/blob-ref.ts';
import type { Json, Path } from '../plan/json.ts';

export { isBlobRef } from '../plan/blob-ref.ts';
export type { BlobRef } from '../plan/blob-ref.ts';

/** What Temporal takes in one payload, unless its server is told otherwise; a command with a larger one fails its task for ever. */
export const PAYLOAD_BYTES = 2 * 1024 * 1024;
/** What the arguments of an execution may have together: Temporal writes something around them. */
export const ARGUMENTS_BYTES = PAYLOAD_BYTES - 1024;
/** Results up to this size stand inline in history. */
export const INLINE_RESULT_BYTES = 32 * 1024;
/** Results above this size are stored as a blob too, so that the carried state can drop the inline copy. */
export const STORED_RESULT_BYTES = 256;
/** Values handed to one activity stand inline up to this total. */
export const INLINE_VALUES_BYTES = 32 * 1024;
/** Values that the workflow itself may evaluate over, in total. */
export const WORKFLOW_VALUES_BYTES = 64 * 1024;
/** A result above this is a failure of the step (`result_too_large`). */
export const MAX_RESULT_BYTES = 64 * 1024 * 1024;
/** Length of a preview in characters. */
export const PREVIEW_CHARS = 240;

/** A step's result. `value` is present when it stands inline, `ref` when it is stored; large ones have only `ref`. */
export interface StepResult {
  readonly value?: Json;
  readonly ref?: BlobRef;
  /** Parts that conditions read, by `JSON.stringify(path)`; only where `value` is absent. */
  readonly kept?: Readonly<Record<string, Json>>;
  readonly bytes: number;
  /** The first {@link PREVIEW_CHARS} characters, for people. */
  readonly preview: string;
}

/** A value as it is handed to an activity. */
export type SuppliedValue = { readonly value: Json } | { readonly ref: BlobRef };

/** The text that stands for a value on a screen: strings as they are, everything else as JSON, cut. */
export function previewOf(value: Json, chars = PREVIEW_CHARS): string {
  const text = typeof value === 'string' ? value : writeJson(value);
  if (text.length <= chars) return text;
  // Half a surrogate pair would be no text for Postgres.
  return `${text.slice(0, chars - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** The key of a kept part. */
export function keptKey(path: Path): string {
  return writeJson(path);
}
