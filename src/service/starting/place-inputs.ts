/**
 * Where input values travel: small ones in the start itself, large ones through the blob table.
 *
 * What a condition of the plan reads stays inline whatever its size, because the workflow evaluates conditions itself
 * and reads no tables.
 */
import { TooLargeError, UnprocessableError } from '../../errors/errors.ts';
import { writeJson } from '../../plan/exact-json.ts';
import { jsonBytes, utf8Bytes, type Json, type JsonObject } from '../../plan/json.ts';
import type { Plan } from '../../plan/plan.ts';
import { conditionUses } from '../../plan/template.ts';
import { INLINE_PLAN_BYTES, type Envelope } from '../../protocol/envelope.ts';
import { INLINE_VALUES_BYTES, isBlobRef } from '../../protocol/values.ts';
import { findBlob } from '../values/queries/find-blob.ts';
import type { Store } from '../ways/store.ts';

/** Values that stay in the start, in total. */
const MAX_INLINE_BYTES = 256 * 1024;

/**
 * The inputs as the workflow gets them.
 *
 * @throws TooLargeError `inputs_too_large`; UnprocessableError `inputs_invalid` for a reference to nothing.
 */
export async function placeInputs(store: Store, plan: Plan, given: JsonObject): Promise<JsonObject> {
  const inline = inputsOfConditions(plan);
  const placed: Record<string, Json> = {};
  let inlineBytes = 0;
  for (const [name, value] of Object.entries(given)) {
    if (isBlobRef(value)) await assertStored(store, name, value.$blob);
    const text = writeJson(value);
    const bytes = utf8Bytes(text);
    const away = bytes > INLINE_VALUES_BYTES && !inline.has(name);
    if (!away) inlineBytes += bytes;
    placed[name] = away ? ((await store.putBlob(text)) as unknown as Json) : value;
  }
  if (inlineBytes > MAX_INLINE_BYTES) throw tooLarge(inlineBytes, inline);
  return placed;
}

/** A plan as it stands in an envelope: itself, or where it is large its name. */
export function travellingPlan(plan: Plan): Envelope['plan'] {
  const { name, version, hash } = plan;
  return jsonBytes(plan as unknown as Json) <= INLINE_PLAN_BYTES ? plan : { name, version, hash };
}

/** Names of the inputs that `when` and `retry.if` read. */
function inputsOfConditions(plan: Plan): ReadonlySet<string> {
  const uses = plan.steps.flatMap(conditionUses);
  return new Set(uses.filter((use) => use.root === 'inputs').map((use) => use.name));
}

async function assertStored(store: Store, name: string, hash: string): Promise<void> {
  if ((await store.first(findBlob(hash))) !== undefined) return;
  const message = `Input "${name}" refers to a stored value ${hash} that does not exist.`;
  const detail = {
    path: `inputs.${name}`,
    code: 'input_blob_unknown',
    message,
    hint: 'Give the value itself.',
  };
  throw new UnprocessableError('inputs_invalid', message, [detail]);
}

function tooLarge(bytes: number, inline: ReadonlySet<string>): TooLargeError {
  const read =
    inline.size === 0 ? '' : ` Conditions read ${[...inline].join(', ')}: these cannot be stored apart.`;
  const message = `The inputs that must travel with the start have ${bytes} bytes; ${MAX_INLINE_BYTES} are allowed.`;
  return new TooLargeError('inputs_too_large', `${message}${read} Make them smaller.`);
}
