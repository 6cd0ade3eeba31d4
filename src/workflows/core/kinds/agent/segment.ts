/** A new segment of an agent: limits and counters of its own, in the same session. What is not given stays as it was. */
import type { Limits } from '../../../../plan/plan.ts';
import type { ContinuationLimits } from '../../../../protocol/envelope.ts';
import { note } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import { agentOf, changeAgent, newSegment } from './agent-state.ts';

/** What an agent is told when nobody says anything and its last word was an answer. */
const GO_ON = 'Go on from where you left off.';

export interface MoreRoom {
  readonly limits: ContinuationLimits;
  readonly message: string | null;
  readonly by: string | null;
}

export function startSegment(draft: Draft, key: string, { limits, message, by }: MoreRoom): void {
  const { segment, append, head, phase, cuts } = agentOf(draft, key);
  const next = newSegment(segment.number + 1, extended(segment.limits, limits), draft.at.now);
  // Between calls and their answers a vendor takes nothing else; after an answer it needs something.
  const needed = phase === 'call' && head !== null && append.length === 0;
  const text = message ?? (needed ? GO_ON : null);
  const said = text === null ? [] : [{ type: 'user', source: 'continue', text, by } as const];
  changeAgent(draft, key, { segment: next, append: [...append, ...said], corrections: 0, model: 0 });
  if (cuts !== undefined) changeAgent(draft, key, { cuts: 0 });
  note(draft, { type: 'segment_started', step: key, segment: next.number, limits: next.limits, message, by });
}

function extended(limits: Limits, more: ContinuationLimits): Limits {
  return {
    ...limits,
    maxTurns: more.turns ?? limits.maxTurns,
    maxTokens: more.tokens ?? limits.maxTokens,
    maxCostMicros: more.costMicros ?? limits.maxCostMicros,
    maxDurationMs: more.durationMs ?? limits.maxDurationMs,
  };
}
