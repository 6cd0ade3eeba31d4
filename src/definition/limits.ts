/** Compiles limits of agents: of a segment (steps, agents) and of a whole run. */
import type { Limits } from '../plan/plan.ts';

export const NO_LIMITS: Limits = {
  maxTurns: null,
  maxTokens: null,
  maxCostMicros: null,
  maxDurationMs: null,
  onLimit: 'fail',
};
