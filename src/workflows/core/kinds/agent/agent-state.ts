/** An agent's state within a draft: how it begins, is read and replaced. */
import type { AgentSpec, Limits, PlanStep } from '../../../../plan/plan.ts';
import type { Appended } from '../../../../protocol/agent.ts';
import { changeStep, stepOf } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import type { AgentState, CallState, SegmentState } from '../../kernel/state.ts';

/** A step of kind `agent`. */
export type AgentStep = PlanStep<AgentSpec>;

export const NOTHING_RESERVED = { tokens: 0, costMicros: 0 } as const;

export function newSegment(number: number, limits: Limits, now: number): SegmentState {
  return { number, limits, turns: 0, tokens: 0, costMicros: 0, startedAt: now, warned: [] };
}

/** @param number of its segment @param briefing what every agent of the run is told after its prompt */
export function newAgent(
  step: AgentStep,
  number: number,
  now: number,
  briefing: Appended | null,
): AgentState {
  return {
    phase: 'call',
    session: null,
    head: null,
    turns: 0,
    model: 0,
    corrections: 0,
    append: briefing === null ? [] : [briefing],
    calls: [],
    segment: newSegment(number, step.spec.limits, now),
    reserved: NOTHING_RESERVED,
  };
}

/** The agent of a step that has begun. */
export function agentOf(draft: Draft, key: string): AgentState {
  const { agent } = stepOf(draft, key);
  if (agent === undefined) throw new Error(`step ${key} has no agent`);
  return agent;
}

export function changeAgent(draft: Draft, key: string, changes: Partial<AgentState>): void {
  changeStep(draft, key, { agent: { ...agentOf(draft, key), ...changes } });
}

export function changeCall(draft: Draft, key: string, index: number, changes: Partial<CallState>): void {
  const calls = agentOf(draft, key).calls.map((call, i) => (i === index ? { ...call, ...changes } : call));
  changeAgent(draft, key, { calls });
}
