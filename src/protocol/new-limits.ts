/** Limits that somebody sets on a run or an agent at work, as they are written and as they are counted. */
import { parseDuration } from '../plan/duration.ts';
import type { Limits } from '../plan/plan.ts';
import { LEAST_DOLLARS, MAX_DOLLARS, microsOf } from './money.ts';
import type { SignalMessage } from './signals.ts';

export const MAX_TURNS = 100_000;
export const MAX_TOKENS = 1_000_000_000_000;

/** Those that are set anew; the others stay. In turns, tokens, micro-dollars and ms. */
export type NewLimits = { readonly [K in keyof Omit<Limits, 'onLimit'>]?: number };

const WHOLE: Readonly<Record<string, number>> = { max_turns: MAX_TURNS, max_tokens: MAX_TOKENS };

/** What is wrong with a member of a message that sets limits; null: nothing, or it is none of these. */
export function limitFault(name: string, value: unknown): string | null {
  const most = Object.hasOwn(WHOLE, name) ? WHOLE[name] : undefined;
  if (most !== undefined) {
    const fits = Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most;
    return fits ? null : `"${name}" must be a whole number from 1 to ${most}`;
  }
  if (name === 'max_cost_usd') {
    const fits = typeof value === 'number' && value >= LEAST_DOLLARS && value <= MAX_DOLLARS;
    return fits ? null : `"${name}" must be a number of dollars, ${MAX_DOLLARS} at most`;
  }
  if (name !== 'max_duration') return null;
  return (durationOf(value) ?? 0) > 0 ? null : `"${name}" must be a duration such as "30m"`;
}

/** @param message whose limits are as they should be ({@link limitFault}) */
export function newLimits(message: SignalMessage): NewLimits {
  const { max_turns, max_tokens, max_cost_usd, max_duration } = message;
  const durationMs = durationOf(max_duration);
  return {
    ...(max_turns === undefined ? {} : { maxTurns: max_turns }),
    ...(max_tokens === undefined ? {} : { maxTokens: max_tokens }),
    ...(max_cost_usd === undefined ? {} : { maxCostMicros: microsOf(max_cost_usd) }),
    ...(durationMs === null ? {} : { maxDurationMs: durationMs }),
  };
}

function durationOf(value: unknown): number | null {
  return typeof value === 'string' || typeof value === 'number' ? parseDuration(value) : null;
}
