/**
 * Values that the workflow has made itself and that stand in no table: the whole of each travels in every activity that
 * reads it, and into the next execution. So there may not be many: a command with a larger payload than Temporal takes
 * fails its task for ever.
 */
import { jsonBytes } from '../../../plan/json.ts';
import { STORED_RESULT_BYTES, type StepResult } from '../../../protocol/values.ts';
import type { Draft } from './draft.ts';
import { since } from './versions.ts';

/**
 * With so much of them, what an activity can make and store is left to one. Beside it an envelope has room for the rest of
 * a state of 2,000 steps (600 KB), their small results (512 KB) and the plan (`INLINE_PLAN_BYTES`).
 */
const MOST_UNSTORED_BYTES = 384 * 1024;

/** Bytes of all of them: results, results that are proposed, and what people are asked. */
function unstoredBytes({ steps, state }: Pick<Draft, 'steps' | 'state'>): number {
  let bytes = 0;
  for (const { result, proposal } of Object.values(steps))
    bytes += bytesHere(result) + bytesHere(proposal?.result);
  for (const { prompt } of Object.values(state.questions))
    if ('value' in prompt) bytes += jsonBytes(prompt.value);
  return bytes;
}

/** May another one of so many bytes stand here? */
export function mayStandHere(draft: Draft, bytes: number): boolean {
  if (bytes <= STORED_RESULT_BYTES || !since(draft.state, 'few_unstored_values')) return true;
  return unstoredBytes(draft) + bytes <= MOST_UNSTORED_BYTES;
}

function bytesHere(result: StepResult | undefined): number {
  return result === undefined || result.ref !== undefined ? 0 : result.bytes;
}
