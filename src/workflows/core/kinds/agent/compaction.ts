/**
 * Compaction: before a conversation outgrows its model's window, a model call of its own summarises the older turns.
 *
 * It is due when the last request, its answer and what is new come near the window, when the model did not take the
 * conversation, or when a person asks. What people said, the last turns, and calls with their results are never
 * summarised; what is summarised stays in the session. A compaction that fails changes nothing: the agent goes on
 * without. Worker lost, pause and interruption repeat it, under the same key where nothing else has happened.
 */
import { jsonBytes, utf8Bytes } from '../../../../plan/json.ts';
import type { Appended, TurnOutput } from '../../../../protocol/agent.ts';
import type { ModelUsage } from '../../../../protocol/usage.ts';
import { changeStep, note, stepOf } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import { judge } from '../../kernel/failures.ts';
import type { Judged } from '../../kernel/failures.ts';
import { PROCESSED, refused } from '../../kernel/receipt.ts';
import type { Receipt } from '../../kernel/receipt.ts';
import type { AgentState } from '../../kernel/state.ts';
import { failAttempt } from '../../steps/transitions.ts';
import { since } from '../../kernel/versions.ts';
import { agentOf, changeAgent } from './agent-state.ts';
import type { AgentStep } from './agent-state.ts';

export type CompactionCause = NonNullable<AgentState['compacting']>;

/** Share of the window from which on older turns are summarised: the rest is for answers, and for what is misjudged. */
const NEAR = 0.8;
/** Answers between two compactions that nobody asked for: one more would find nothing to summarise. */
const MIN_TURNS = 2;
/** Bytes of a token, few rather than many. */
const TOKEN_BYTES = 3;

/** A person wants it before the next model call. */
export function askForCompaction(draft: Draft, { key }: AgentStep): Receipt {
  const { agent } = stepOf(draft, key);
  if (agent?.head == null)
    return refused(`the agent of step "${key}" has not answered yet: there is nothing to summarise`);
  if (agent.compact !== undefined || agent.compacting !== undefined)
    return refused(`the conversation of step "${key}" is about to be summarised already`);
  changeAgent(draft, key, { compact: 'asked' });
  return PROCESSED;
}

/** Why older turns are to be summarised before the agent goes on; null when they are not. */
export function compactionDue(draft: Draft, { key, spec }: AgentStep): CompactionCause | null {
  const { head, compacting, compact, context, turns, compactedAt = 0, append } = agentOf(draft, key);
  if (head === null || !since(draft.state, 'compaction')) return null;
  if (compacting !== undefined) return compacting;
  if (compact !== undefined) return compact;
  if (spec.compact === 'off' || context === undefined || turns - compactedAt < MIN_TURNS) return null;
  const window = spec.contextWindow ?? context.window;
  return window !== null && context.tokens + tokensOf(append) >= window * NEAR ? 'near' : null;
}

/** About what this takes; nobody counts it before the model does. */
function tokensOf(append: readonly Appended[]): number {
  let bytes = 0;
  for (const entry of append) {
    if (entry.type === 'user') bytes += utf8Bytes(entry.text);
    else
      for (const { output } of entry.results)
        bytes += 'ref' in output ? output.ref.bytes : jsonBytes(output.value);
  }
  return bytes / TOKEN_BYTES;
}

/** What is known of the conversation's size after an answer. */
export function contextAfter(
  draft: Draft,
  { usage, window }: { readonly usage?: Partial<ModelUsage>; readonly window?: unknown },
): Pick<AgentState, 'context'> {
  const { inputTokens, outputTokens } = usage ?? {};
  const isCounted = isWhole(inputTokens) && isWhole(outputTokens) && inputTokens > 0;
  if (!isCounted || !since(draft.state, 'compaction')) return {};
  return {
    context: { tokens: inputTokens + outputTokens, window: isWhole(window) && window > 0 ? window : null },
  };
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The model did not take the conversation: if anything can be summarised, that comes first. */
export function compactsFirst(draft: Draft, { key, spec }: AgentStep, { error }: Judged): boolean {
  const { head, turns, compactedAt } = agentOf(draft, key);
  if (error.type !== 'prompt_too_large' || !since(draft.state, 'compaction')) return false;
  // Right after a compaction there is nothing that another one could do.
  if (head === null || spec.compact === 'off' || compactedAt === turns) return false;
  const { attempt } = stepOf(draft, key);
  changeAgent(draft, key, { compact: 'needed', turns: turns + 1 });
  note(draft, { type: 'agent_too_large', step: key, attempt, turn: turns + 1, error });
  return true;
}

/** The step fails because the model does not take the conversation: who continues it has it summarised first. */
export function compactOnContinuation(draft: Draft, key: string, { error }: Judged): void {
  if (error.type !== 'prompt_too_large' || !since(draft.state, 'compaction')) return;
  if (agentOf(draft, key).head !== null) changeAgent(draft, key, { compact: 'needed' });
}

/** The summary is there; it stands in the session after all that it is of. */
export function takeCompaction(draft: Draft, step: AgentStep, result: unknown): void {
  const { key } = step;
  const { attempt } = stepOf(draft, key);
  const output = compactionOf(result);
  if (output === null) {
    const message = 'the activity did not answer with a summary';
    return failCompaction(draft, step, judge({ kind: 'other', message }, attempt));
  }
  const { session, head, preview, compacted } = output;
  endCompaction(draft, key);
  changeAgent(draft, key, { session, head });
  const { turns: turn } = agentOf(draft, key);
  note(draft, { type: 'agent_compacted', step: key, attempt, turn, entries: compacted.entries, preview });
}

/** The agent goes on without, unless trying again can help. */
export function failCompaction(draft: Draft, { key }: AgentStep, judged: Judged): void {
  const { error } = judged;
  const isNeeded = agentOf(draft, key).compacting === 'needed';
  if (error.category === 'INFRA_ERROR' || (isNeeded && judged.retryable))
    return failAttempt(draft, key, judged);
  endCompaction(draft, key);
  const { attempt } = stepOf(draft, key);
  const { turns: turn } = agentOf(draft, key);
  note(draft, { type: 'agent_compaction_failed', step: key, attempt, turn, error });
}

/** It counts as a turn. How large the conversation is now, the next answer tells. */
function endCompaction(draft: Draft, key: string): void {
  const { compact: _, compacting: __, context: ___, ...agent } = agentOf(draft, key);
  const turns = agent.turns + 1;
  changeStep(draft, key, { agent: { ...agent, turns, compactedAt: turns }, group: 1, infra: 0 });
}

function compactionOf(result: unknown): (TurnOutput & Required<Pick<TurnOutput, 'compacted'>>) | null {
  const { session, head, preview, compacted } = (result ?? {}) as Partial<TurnOutput>;
  const isComplete =
    typeof session?.id === 'string' &&
    typeof session.name === 'string' &&
    typeof head === 'string' &&
    typeof preview === 'string' &&
    isWhole(compacted?.entries);
  return isComplete ? (result as TurnOutput & Required<Pick<TurnOutput, 'compacted'>>) : null;
}
