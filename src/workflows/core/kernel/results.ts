/** Results as they come from activities and from the workflow's own evaluations. */
import { jsonBytes, valueAt } from '../../../plan/json.ts';
import type { Json, Path } from '../../../plan/json.ts';
import { isBlobRef, keptKey, previewOf } from '../../../protocol/values.ts';
import type { BlobRef, StepResult, SuppliedValue } from '../../../protocol/values.ts';

/** A result that the workflow made itself: always inline. */
export function inlineResult(value: Json): StepResult {
  return { value, bytes: jsonBytes(value), preview: previewOf(value) };
}

/** Where a result is stored its reference, else the value itself. */
export function supplied(result: StepResult): SuppliedValue {
  return result.ref === undefined ? { value: result.value ?? null } : { ref: result.ref };
}

/** The `result` of an activity's answer, or null when the answer is not one of ours. */
export function resultOf(output: unknown): StepResult | null {
  if (typeof output !== 'object' || output === null) return null;
  const result = (output as { result?: unknown }).result;
  return isCompleteResult(result) ? result : null;
}

export function isCompleteResult(result: unknown): result is StepResult {
  if (typeof result !== 'object' || result === null) return false;
  const { bytes, preview, value, ref } = result as Partial<StepResult>;
  return typeof bytes === 'number' && typeof preview === 'string' && (value !== undefined || isBlobRef(ref));
}

/** What a reader of the whole value gets: the value, else where it is stored. */
export function outputOf(result: StepResult): Json | BlobRef {
  return result.value ?? result.ref ?? null;
}

/**
 * The result as it is carried into the next execution: a stored value leaves only what conditions read of it. The
 * preview is gone too; the tables have it.
 */
export function carriedResult(result: StepResult, keep: readonly Path[]): StepResult {
  if (result.ref === undefined || result.value === undefined) return { ...result, preview: '' };
  const { value, ...rest } = result;
  const kept: Record<string, Json> = {};
  for (const path of keep) {
    const part = valueAt(value, path);
    if (part !== undefined) kept[keptKey(path)] = part;
  }
  return { ...rest, ...(keep.length > 0 ? { kept } : {}), preview: '' };
}
