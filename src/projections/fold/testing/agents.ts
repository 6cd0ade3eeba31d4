/** Agents' steps, their answers and what these cost: for tests. */
import { writeJson } from '../../../plan/exact-json.ts';
import type { AgentSpec, Limits, PlanStep } from '../../../plan/plan.ts';
import type { ToolCall, TurnOutput } from '../../../protocol/agent.ts';
import type { ModelUsage } from '../../../protocol/usage.ts';
import { step } from '../../../workflows/core/testing/plans.ts';
import type { Tables } from './tables.ts';

export const NO_LIMITS: Limits = {
  maxTurns: null,
  maxTokens: null,
  maxCostMicros: null,
  maxDurationMs: null,
  onLimit: 'fail',
};

export function agentStep(
  key: string,
  dependencies: readonly string[] = [],
  spec: Partial<AgentSpec> = {},
  options: Partial<Omit<PlanStep, 'key' | 'spec'>> = {},
): PlanStep {
  const agent: AgentSpec = {
    kind: 'agent',
    agent: 'writer',
    prompt: 'write',
    models: ['openai/small'],
    outputSchema: null,
    temperature: null,
    maxOutputTokens: null,
    tools: ['read_file', 'write_file', 'ask_user'],
    approve: [],
    limits: { ...NO_LIMITS, maxTurns: 30 },
    ...spec,
  };
  return step(key, dependencies, { ...options, spec: agent });
}

/** 100 tokens in, 20 out, 300 micro-dollars. */
export function usage(changes: Partial<ModelUsage> = {}): ModelUsage {
  return {
    provider: 'openai',
    requestedModel: 'small',
    model: 'small-2026',
    inputTokens: 100,
    outputTokens: 20,
    cacheReadTokens: 10,
    cacheWriteTokens: 2,
    reasoningTokens: 5,
    totalTokens: 120,
    costMicros: 300,
    priceVersion: '1',
    durationMs: 50,
    firstTokenMs: 12,
    finishReason: 'stop',
    ...changes,
  };
}

export function toolCall(id: string, name = 'read_file', input = { path: 'a.txt' }): ToolCall {
  return { id, name, input: { value: input }, preview: writeJson(input) };
}

/** A turn's output: final, or with calls. @param head tells answers apart */
export function turn(head: string, changes: Partial<TurnOutput> = {}): TurnOutput {
  const calls = changes.calls ?? [];
  const isFinal = calls.length === 0 && (changes.correction ?? null) === null;
  return {
    session: { id: 'ses_1', name: 'writer' },
    head,
    usage: usage(),
    preview: `answer ${head}`,
    calls,
    result: isFinal ? { value: 'done', bytes: 6, preview: 'done' } : null,
    correction: null,
    replayed: false,
    ...changes,
  };
}

/** Sums over the calls as they must stand in the run's row. */
export function callSums(tables: Tables) {
  const calls = Object.values(tables.calls).filter((call) => call.total_tokens !== null);
  const sum = (column: 'input_tokens' | 'output_tokens' | 'total_tokens' | 'reasoning_tokens') =>
    calls.reduce((total, call) => total + (call[column] ?? 0), 0);
  const isPriced = calls.every((call) => call.cost_estimate !== null);
  return {
    turns: calls.length,
    input_tokens: sum('input_tokens'),
    output_tokens: sum('output_tokens'),
    total_tokens: sum('total_tokens'),
    reasoning_tokens: sum('reasoning_tokens'),
    cost_estimate: isPriced ? calls.reduce((total, call) => total + (call.cost_estimate ?? 0), 0) : null,
  };
}
