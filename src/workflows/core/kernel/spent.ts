/** What all model calls of the run consumed, and its limits. */
import type { Limits } from '../../../plan/plan.ts';
import type { ContinuationLimits } from '../../../protocol/envelope.ts';
import { change } from './draft.ts';
import type { Draft } from './draft.ts';
import type { NewLimits } from '../../../protocol/new-limits.ts';
import { dollarsOf } from '../../../protocol/money.ts';
import type { LimitName, SegmentState, SpentState } from './state.ts';

export function newSpent(limits: Limits, now: number): SpentState {
  const nothing = { tokens: 0, costMicros: 0 };
  return { limits, turns: 0, tokens: 0, costMicros: 0, startedAt: now, largest: nothing, warned: [] };
}

/** A pause does not count: the run's clock is set on. */
export function forgiveRun(draft: Draft, ms: number): void {
  const { spent } = draft.state;
  change(draft, { spent: { ...spent, startedAt: spent.startedAt + ms } });
}

/** Raises the run's own limits, where it has any, by what is given. */
export function raiseRunLimits(draft: Draft, more: ContinuationLimits): void {
  const { spent } = draft.state;
  const { limits } = spent;
  const elapsed = draft.at.now - spent.startedAt;
  const raised: Limits = {
    ...limits,
    maxTurns: raise(limits.maxTurns, spent.turns, more.turns),
    maxTokens: raise(limits.maxTokens, spent.tokens, more.tokens),
    maxCostMicros: raise(limits.maxCostMicros, spent.costMicros ?? 0, more.costMicros),
    maxDurationMs: raise(limits.maxDurationMs, elapsed, more.durationMs),
  };
  change(draft, { spent: { ...spent, limits: raised, warned: [] } });
}

const NAMES = {
  maxTurns: 'max_turns',
  maxTokens: 'max_tokens',
  maxCostMicros: 'max_cost_usd',
  maxDurationMs: 'max_duration',
} as const satisfies Record<keyof NewLimits, LimitName>;

/** What has been counted so far, of a run or a segment. */
type Counters = Pick<SegmentState, 'turns' | 'tokens' | 'costMicros' | 'startedAt'>;

/** Why limits are less than what is used already; null: they are not. @param now until when its clock has gone */
export function usedMore(
  { turns, tokens, costMicros, startedAt }: Counters,
  wanted: NewLimits,
  now: number,
): string | null {
  const { maxTurns, maxTokens, maxCostMicros, maxDurationMs } = wanted;
  const ms = now - startedAt;
  if (maxTurns !== undefined && maxTurns < turns) return `has used ${turns} turns already`;
  if (maxTokens !== undefined && maxTokens < tokens) return `has used ${tokens} tokens already`;
  if (maxCostMicros !== undefined && costMicros === null)
    return 'has called a model whose price is not known';
  if (maxCostMicros !== undefined && maxCostMicros < (costMicros ?? 0))
    return `has used $${dollarsOf(costMicros ?? 0)} already`;
  if (maxDurationMs !== undefined && maxDurationMs < ms)
    return `has worked for ${Math.round(ms / 1000)} seconds already`;
  return null;
}

/** Of limits that are set anew it is warned again. */
export function stillWarned(warned: readonly LimitName[], wanted: NewLimits): readonly LimitName[] {
  const anew = (Object.keys(wanted) as (keyof NewLimits)[]).map((name): LimitName => NAMES[name]);
  return warned.filter((name) => !anew.includes(name));
}

function raise(limit: number | null, used: number, more: number | null): number | null {
  return limit === null || more === null ? limit : Math.max(limit, used + more);
}
