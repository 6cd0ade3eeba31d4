/** What agents and tools answer, and what that costs. */
import { writeJson } from '../plan/exact-json.ts';
import type { Json } from '../plan/json.ts';
import type { ToolActivityOutput, ToolCall, TurnOutput } from '../protocol/agent.ts';
import type { ModelUsage } from '../protocol/usage.ts';

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

/** 10 of the tokens are the answer's. */
export function consumed(totalTokens = 100, costMicros: number | null = 1_000): ModelUsage {
  return usage({ totalTokens, inputTokens: totalTokens - 10, outputTokens: 10, costMicros });
}

export function call(name: string, input: Json = {}, id = `c-${name}`): ToolCall {
  return { id, name, input: { value: input }, preview: writeJson(input) };
}

export function toolCall(id: string, name = 'read_file', input: Json = { path: 'a.txt' }): ToolCall {
  return call(name, input, id);
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

export function toolAnswer(text: string, more: Partial<ToolActivityOutput> = {}): ToolActivityOutput {
  const result = { value: text, bytes: text.length + 2, preview: text };
  return { result, isError: false, comment: text, ...more };
}
