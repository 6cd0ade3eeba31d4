/** Limits of agents and runs: their names, how people write and read them, and what reaching one means. */
import { parseDuration } from '../plan/duration.ts';
import type { Limits } from '../plan/plan.ts';
import type { ContinuationLimits } from './envelope.ts';
import { dollarsOf, microsOf } from './money.ts';
import type { LimitAnswer } from './question.ts';

/** Each counts in turns, tokens, micro-dollars or ms. */
export const LIMIT_NAMES = ['max_turns', 'max_tokens', 'max_cost_usd', 'max_duration'] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

/** What a step fails with at a limit, and the terminal reason of a run that ends there. */
export const LIMIT_ERRORS = ['error_max_turns', 'error_max_budget', 'error_timeout'] as const;
export type LimitError = (typeof LIMIT_ERRORS)[number];

export function errorOfLimit(limit: LimitName): LimitError {
  if (limit === 'max_turns') return 'error_max_turns';
  return limit === 'max_duration' ? 'error_timeout' : 'error_max_budget';
}

/** A limit, and not a fault: what failed so can be continued from where it stands. */
export function isLimitError(type: string): type is LimitError {
  return (LIMIT_ERRORS as readonly string[]).includes(type);
}

/** The limits of a run or definition that sets none. */
export const NO_LIMITS: Limits = {
  maxTurns: null,
  maxTokens: null,
  maxCostMicros: null,
  maxDurationMs: null,
  onLimit: 'fail',
};

/** Limits as readers see them: money in dollars, time in ms; null = none. */
export interface LimitsJson {
  readonly max_turns: number | null;
  readonly max_tokens: number | null;
  readonly max_cost_usd: number | null;
  readonly max_duration_ms: number | null;
  readonly on_limit: Limits['onLimit'];
}

export function limitsJson(limits: Limits): LimitsJson {
  return {
    max_turns: limits.maxTurns,
    max_tokens: limits.maxTokens,
    max_cost_usd: limits.maxCostMicros === null ? null : dollarsOf(limits.maxCostMicros),
    max_duration_ms: limits.maxDurationMs,
    on_limit: limits.onLimit,
  };
}

/** What somebody gives on top, as the run takes it. */
export function grantedLimits({
  additional_turns: turns,
  additional_budget,
}: LimitAnswer): ContinuationLimits {
  const { tokens, cost_usd: dollars, duration } = additional_budget ?? {};
  return {
    turns: turns ?? null,
    tokens: tokens ?? null,
    costMicros: dollars === undefined ? null : microsOf(dollars),
    durationMs: duration === undefined ? null : parseDuration(duration),
  };
}
