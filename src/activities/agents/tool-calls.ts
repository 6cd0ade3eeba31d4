/** The calls of an answer: named so that each can be told apart, and as references where their arguments are large. */
import { storeBlob } from '../../database/blobs.ts';
import type { Database } from '../../database/database.ts';
import { writeJson } from '../../plan/exact-json.ts';
import { jsonBytes } from '../../plan/json.ts';
import { ASK_USER, MAX_QUESTION_BYTES } from '../../protocol/agent.ts';
import type { ToolCall } from '../../protocol/agent.ts';
import type { AssistantCall } from '../../protocol/session.ts';
import { previewOf, type SuppliedValue } from '../../protocol/values.ts';
import { StepFailure } from '../step-failure.ts';
import { withPatientStorage } from '../storage.ts';
import type { AnsweredCall } from './providers/provider.ts';

/** Arguments up to this size stand inline in history. */
const INLINE_INPUT_BYTES = 1024;
/** Of all arguments of one answer together. */
const INLINE_INPUTS_BYTES = 128 * 1024;
/** One answer asks for no more: each call is work for the workflow. */
const MAX_CALLS = 1_000;
const PREVIEW_CHARS = 200;
/** Names and ids stand in history; no vendor makes longer ones. */
const NAME_CHARS = 200;

/** Gives an id to calls without one and to those that repeat another's. */
export function identified(calls: readonly AnsweredCall[], turn: number): AssistantCall[] {
  const given = new Set(calls.map(({ id }) => id));
  const taken = new Set<string>();
  return calls.map(({ id, name, input }, i) => {
    const usable = id !== null && id.length <= NAME_CHARS && !taken.has(id);
    const unique = usable ? id : freshId(`call_${turn}_${i + 1}`, given);
    taken.add(unique);
    return { id: unique, name: name.slice(0, NAME_CHARS), input };
  });
}

function freshId(wanted: string, given: ReadonlySet<string | null>): string {
  return given.has(wanted) ? freshId(`${wanted}_`, given) : wanted;
}

/**
 * As they travel: the arguments inline where they are small, and as long as all together are.
 *
 * @throws StepFailure `result_too_large` for too many calls, `storage_unavailable` once `signal` is aborted
 */
export async function travelling(
  calls: readonly AssistantCall[],
  options: { readonly database: Database; readonly signal: AbortSignal },
): Promise<ToolCall[]> {
  if (calls.length > MAX_CALLS) {
    const message = `The model asked for ${calls.length} calls of tools in one answer; at most ${MAX_CALLS} are made.`;
    throw new StepFailure('result_too_large', message);
  }
  let left = INLINE_INPUTS_BYTES;
  const travel = async ({ id, name, input }: AssistantCall): Promise<ToolCall> => {
    const most = Math.min(left, name === ASK_USER ? MAX_QUESTION_BYTES : INLINE_INPUT_BYTES);
    const bytes = jsonBytes(input);
    if (bytes <= most) left -= bytes;
    const supplied = await suppliedInput(input, most, options);
    return { id, name, input: supplied, preview: previewOf(input, PREVIEW_CHARS) };
  };
  return Promise.all(calls.map(travel));
}

async function suppliedInput(
  input: AssistantCall['input'],
  most: number,
  { database, signal }: { readonly database: Database; readonly signal: AbortSignal },
): Promise<SuppliedValue> {
  if (jsonBytes(input) <= most) return { value: input };
  return { ref: await withPatientStorage(() => storeBlob(database, writeJson(input)), signal) };
}
