/** What a caller asks for as the run is told it. Pure. */
import type { Continuation } from '../../protocol/envelope.ts';
import type { ContinueRun } from '../../contract/continue.ts';

const MICROS = 1_000_000;

/** @param step as chosen; null = every step that stopped half way. */
export function continuationOf(body: ContinueRun, step: string | null): Continuation {
  const { additional_turns: turns, additional_budget: budget = {}, message, by } = body;
  const { tokens, cost_usd: usd, duration } = budget;
  return {
    step,
    limits: {
      turns: turns ?? null,
      tokens: tokens ?? null,
      costMicros: usd === undefined ? null : Math.round(usd * MICROS),
      durationMs: duration ?? null,
    },
    message: message ?? null,
    by: by ?? null,
  };
}
