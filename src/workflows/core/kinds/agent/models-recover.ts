/**
 * What becomes of a turn when all of its models have failed: it is tried again, from the first, if the failure of any will
 * pass. Whoever stands in may have no key or no credit; that does not end what only has to wait. All models together are
 * one try of the step's `retry`.
 */
import { stepOf, type Draft } from '../../kernel/draft.ts';
import type { Judged } from '../../kernel/failures.ts';
import { since } from '../../kernel/versions.ts';
import type { StepState } from '../../kernel/state.ts';
import { agentOf, changeAgent } from './agent-state.ts';

/** Before the next model is asked. */
export function rememberFailure(draft: Draft, key: string, { retryable, retryAfterMs }: Judged): void {
  if (!since(draft.state, 'models_recover')) return;
  const { model, passes } = agentOf(draft, key);
  const before = model === 0 ? null : (passes ?? null);
  changeAgent(draft, key, { passes: retryable ? Math.max(retryAfterMs, before ?? 0) : before });
}

/** A model that stands in takes back what its start will count. */
export function sameTry(draft: Draft, key: string): Partial<StepState> {
  return since(draft.state, 'models_recover') ? { group: stepOf(draft, key).group - 1 } : {};
}

/** The failure of a provider, that of the last model, as it counts for the step's `retry`. */
export function withRecovery(draft: Draft, key: string, judged: Judged): Judged {
  const { model, passes = null } = agentOf(draft, key);
  if (model === 0 || passes === null || judged.error.category === 'INFRA_ERROR') return judged;
  return { ...judged, retryable: true, retryAfterMs: Math.max(judged.retryAfterMs, passes) };
}
