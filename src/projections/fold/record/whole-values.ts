/**
 * What events hold of values: small ones whole, large ones as the reference to where they are stored, so that whatever is
 * shown cut can be read whole. Runs of interpreter version 1 have the beginnings only, as their tables have had them.
 */
import type { Json, JsonObject } from '../../../plan/json.ts';
import { jsonBytes } from '../../../plan/json.ts';
import { previewOf } from '../../../protocol/values.ts';
import type { StepResult, SuppliedValue } from '../../../protocol/values.ts';
import { since } from '../../../workflows/core/index.ts';
import { describeValue } from './describe-call.ts';
import type { View } from './view.ts';

/** Inputs up to this stand whole in the event that a run begins with. */
const INLINE_INPUTS_BYTES = 8 * 1024;
/** Of larger ones: each value up to this stands whole, and so many of them. */
const INLINE_VALUE_BYTES = 256;
const MOST_INPUTS = 100;

/** `{output}`: `{value}`, or `{ref}` where it is stored. */
export function wholeOutput(
  view: View,
  output: SuppliedValue | Pick<StepResult, 'value' | 'ref'>,
): JsonObject {
  if (!since(view, 'whole_events')) return {};
  const { ref, value = null } = output as Pick<StepResult, 'value' | 'ref'>;
  return { output: describeValue(ref === undefined ? { value } : { ref }) };
}

/** `{message}`: where in a transcript a model's answer stands whole. */
export function wholeMessage(view: View, session: string | null, head: unknown): JsonObject {
  if (session === null || typeof head !== 'string' || !since(view, 'whole_events')) return {};
  return { message: { session_id: session, head } };
}

/** `{inputs}` of a run; with `cut`, the names of those that are shown by their beginning, where they are large. */
export function startInputs(view: View, inputs: Json): JsonObject {
  if (!since(view, 'whole_events')) return {};
  if (jsonBytes(inputs) <= INLINE_INPUTS_BYTES) return { inputs };
  const all = Object.entries(inputs as JsonObject);
  const cut = all.filter(([, value], i) => i >= MOST_INPUTS || jsonBytes(value) > INLINE_VALUE_BYTES);
  const names = new Set(cut.map(([name]) => name));
  const shown = all
    .slice(0, MOST_INPUTS)
    .map(([name, value]) => [name, names.has(name) ? previewOf(value) : value] as const);
  return { inputs: Object.fromEntries(shown), cut: [...names].slice(0, MOST_INPUTS) };
}
