/**
 * Answers that a limit of tokens has cut: what of them is whole, and how their parts become one text again.
 *
 * Parts belong together when nothing stands between them but the request to go on. Once somebody has said something
 * else, the next answer is one of its own.
 */
import type { AssistantCall } from '../../protocol/session.ts';
import type { TurnInput, TurnOutput } from '../../protocol/agent.ts';
import type { ModelUsage } from '../../protocol/usage.ts';
import type { Branch } from './session/session-store.ts';

/** What cut the answer; null when it is whole. @param ownCeiling the agent's `max_output_tokens` */
export function cutBy(
  { finishReason, outputTokens }: Pick<ModelUsage, 'finishReason' | 'outputTokens'>,
  { maxOutputTokens: budget }: Pick<TurnInput, 'maxOutputTokens'>,
  ownCeiling: number | null,
): NonNullable<TurnOutput['cut']> | null {
  if (finishReason !== 'length') return null;
  const budgetHolds = budget !== null && (ownCeiling === null || budget < ownCeiling);
  // A vendor may have a lower ceiling of its own.
  return budgetHolds && (outputTokens ?? 0) >= budget ? 'budget' : 'length';
}

/** Is this call of a cut answer cut itself? Vendors make `{}` of arguments that had not begun. */
export function isTorn({ input }: AssistantCall, index: number, all: readonly AssistantCall[]): boolean {
  if (Object.hasOwn(input, '$invalid')) return true;
  return index === all.length - 1 && Object.keys(input).length === 0;
}

/** The text that an answer after this branch goes on with; empty for one that begins anew. */
export function textBefore(branch: Branch): string {
  // A summary may have come between, and changes nothing in this.
  const entries = branch.map(({ entry }) => entry).filter(({ role }) => role !== 'summary');
  let text = '';
  for (let at = entries.length - 1; at > 0; at -= 2) {
    const asked = entries[at];
    const said = entries[at - 1];
    const goesOn = asked?.role === 'user' && asked.content.source === 'cut';
    if (!goesOn || said?.role !== 'assistant' || said.content.cut !== true) break;
    text = said.content.text + text;
  }
  return text;
}
