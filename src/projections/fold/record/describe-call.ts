/** Values and calls of tools as rows hold them. */
import type { JsonObject } from '../../../plan/json.ts';
import type { ToolCall } from '../../../protocol/agent.ts';
import type { SuppliedValue } from '../../../protocol/values.ts';

/** `{id, name, input, preview}` with the exact arguments. */
export function describeCall({ id, name, input, preview }: ToolCall): JsonObject {
  return { id, name, input: describeValue(input), preview };
}

/** `{value}`, or `{ref}` where the value stands in the blob table. */
export function describeValue(value: SuppliedValue): JsonObject {
  return 'value' in value ? { value: value.value } : { ref: { ...value.ref } };
}

/** Tells the calls of an agent apart by their place; no id that a model gives looks like this. */
export function callPlace(turn: number, index: number | string): string {
  return `\0${turn}.${index}`;
}
