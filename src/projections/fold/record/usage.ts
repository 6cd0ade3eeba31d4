/** Usage of model calls as it stands in results and failure details, and how it adds up. */
import type { JsonObject } from '../../../plan/json.ts';
import { addCost } from '../../../protocol/usage.ts';
import type { Consumption, ModelUsage, SessionRef } from '../../../protocol/usage.ts';

/** The usage in an activity's output or failure details; null when there is none, or it is not one of ours. */
export function usageIn(value: unknown): ModelUsage | null {
  const usage = memberOf(value, 'usage');
  if (typeof usage !== 'object' || usage === null) return null;
  const { provider, model, inputTokens, outputTokens, totalTokens } = usage as Partial<ModelUsage>;
  const complete =
    typeof provider === 'string' &&
    typeof model === 'string' &&
    [inputTokens ?? 0, outputTokens ?? 0, totalTokens].every(Number.isFinite);
  return complete ? (usage as ModelUsage) : null;
}

/** The session in an activity's output or failure details. */
export function sessionIn(value: unknown): SessionRef | null {
  const session = memberOf(value, 'session');
  const { id, name } = (session ?? {}) as Partial<SessionRef>;
  return typeof id === 'string' && typeof name === 'string' ? { id, name } : null;
}

/** Which model was asked, in failure details that have no usage. */
export function askedIn(value: unknown): { readonly provider: string; readonly model: string } | null {
  const { provider, model } = (memberOf(value, 'asked') ?? {}) as Record<string, unknown>;
  return typeof provider === 'string' && typeof model === 'string' ? { provider, model } : null;
}

/** The sums after one more call. */
export function afterCall(sums: Consumption, usage: ModelUsage): Consumption {
  return {
    turns: sums.turns + 1,
    input_tokens: sums.input_tokens + whole(usage.inputTokens),
    output_tokens: sums.output_tokens + whole(usage.outputTokens),
    total_tokens: sums.total_tokens + whole(usage.totalTokens),
    cost_estimate: addCost(sums.cost_estimate, told(usage.costMicros)),
  };
}

/** Usage as readers of events see it. */
export function describeUsage(usage: ModelUsage): JsonObject {
  return {
    input_tokens: told(usage.inputTokens),
    output_tokens: told(usage.outputTokens),
    total_tokens: whole(usage.totalTokens),
    cache_read_tokens: told(usage.cacheReadTokens),
    cache_write_tokens: told(usage.cacheWriteTokens),
    reasoning_tokens: told(usage.reasoningTokens),
    cost_micros: usage.costMicros ?? null,
    ...(usage.note === undefined ? {} : { note: usage.note }),
  };
}

/** A count as a row has it: what nobody told stays unknown. */
export function told(count: unknown): number | null {
  return typeof count === 'number' ? whole(count) : null;
}

/** A count that a sum can take, whatever came. */
export function whole(count: unknown): number {
  return typeof count === 'number' && Number.isFinite(count) ? Math.round(count) : 0;
}

/** A member of whatever came; undefined when there is none. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** The same where it is a text; null else. */
export function textMemberOf(value: unknown, name: string): string | null {
  const member = memberOf(value, name);
  return typeof member === 'string' ? member : null;
}
