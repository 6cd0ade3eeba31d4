/**
 * How a step's value becomes a StepResult: small ones inline, larger ones in the blob table, with the parts that
 * conditions read beside the reference.
 */
import type { Database } from '../database/database.ts';
import { storeBlob } from '../database/blobs.ts';
import { writeJson } from '../plan/exact-json.ts';
import { jsonBytes, valueAt, type Json, type Path } from '../plan/json.ts';
import {
  INLINE_RESULT_BYTES,
  keptKey,
  MAX_RESULT_BYTES,
  previewOf,
  STORED_RESULT_BYTES,
  WORKFLOW_VALUES_BYTES,
  type StepResult,
} from '../protocol/values.ts';
import { StepFailure } from './step-failure.ts';
import { withPatientStorage } from './storage.ts';

/**
 * Stores a value where it is too large to stand inline alone. While the database is away it waits until `signal`
 * aborts.
 *
 * @throws StepFailure `result_too_large` naming limit and size, `storage_unavailable`
 */
export async function storeResult(
  value: Json,
  keep: readonly Path[],
  options: { readonly database: Database; readonly signal: AbortSignal },
): Promise<StepResult> {
  const text = writeJson(value);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_RESULT_BYTES) {
    throw tooLarge(
      `The result has ${bytes} bytes as JSON; at most ${MAX_RESULT_BYTES} are allowed. Return less.`,
    );
  }
  const preview = previewOf(value);
  if (bytes <= STORED_RESULT_BYTES) return { value, bytes, preview };
  const kept = bytes > INLINE_RESULT_BYTES ? keptParts(value, keep) : null;
  const ref = await withPatientStorage(() => storeBlob(options.database, text), options.signal);
  return kept === null ? { value, ref, bytes, preview } : { ref, kept, bytes, preview };
}

function keptParts(value: Json, keep: readonly Path[]): Record<string, Json> {
  const found = keep.flatMap((path) => {
    const part = valueAt(value, path);
    return part === undefined ? [] : [[keptKey(path), part] as const];
  });
  const kept = Object.fromEntries(found);
  const bytes = jsonBytes(kept);
  if (bytes <= WORKFLOW_VALUES_BYTES) return kept;
  throw tooLarge(
    `Conditions of later steps read parts of this result that have ${bytes} bytes together; at most ` +
      `${WORKFLOW_VALUES_BYTES} are allowed. Let them read smaller parts, or compute what they need in a transform.`,
  );
}

function tooLarge(message: string): StepFailure {
  return new StepFailure('result_too_large', message);
}
