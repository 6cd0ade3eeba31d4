/**
 * Names of attributes of spans. Those of `gen_ai.*` are OpenTelemetry's conventions for generative AI, in
 * open-telemetry/semantic-conventions-genai as of autumn 2026 (status: Development, so they may still change, and this is
 * the one place to follow them); `error.type` is of the general conventions. What these have no name for is `baton.*`.
 */
export const GEN_AI = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  workflow: 'gen_ai.workflow.name',
  agent: 'gen_ai.agent.name',
  conversation: 'gen_ai.conversation.id',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  finishReasons: 'gen_ai.response.finish_reasons',
  /** Seconds. */
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.usage.cache_creation.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  tool: 'gen_ai.tool.name',
} as const;

export const ERROR_TYPE = 'error.type';

export const BATON = {
  run: 'baton.run.id',
  epoch: 'baton.run.epoch',
  version: 'baton.workflow.version',
  status: 'baton.status',
  /** Why a run has ended. */
  reason: 'baton.run.reason',
  label: 'baton.label.',
  step: 'baton.step.address',
  kind: 'baton.step.kind',
  attempt: 'baton.attempt',
  turn: 'baton.turn',
  /** Of a failed attempt: TASK_ERROR or INFRA_ERROR. */
  category: 'baton.error.category',
  worker: 'baton.worker',
  tokens: 'baton.tokens',
  /** Micro-dollars. */
  cost: 'baton.cost_micros',
  purpose: 'baton.call.purpose',
  /** The answer was found stored: nothing was paid for it again. */
  replayed: 'baton.call.replayed',
  /** It ended before it began, by the clocks that said so: it is shown with no length. */
  clock: 'baton.clock_skewed',
  execution: 'baton.execution.id',
} as const;

/** Vendors that the conventions call otherwise than Baton does. */
const PROVIDERS: Readonly<Record<string, string>> = { google: 'gcp.gemini' };

export function providerName(provider: string): string {
  return PROVIDERS[provider] ?? provider;
}
