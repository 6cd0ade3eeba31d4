/** What one model call consumed. Stands in the results and in the failure details of agent activities. */
export interface ModelUsage {
  readonly provider: string;
  /** As asked for. */
  readonly requestedModel: string;
  /** As the vendor named it in its answer. */
  readonly model: string;
  /** All input tokens, cached ones included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
  readonly totalTokens: number;
  /** Integer micro-dollars; null when the price is unknown, never 0 instead. */
  readonly costMicros: number | null;
  /** Which price table said so, or null. */
  readonly priceVersion: string | null;
  readonly durationMs: number;
  /** From the call to the first piece of its answer; null when none came. */
  readonly firstTokenMs: number | null;
  readonly finishReason: string | null;
}

/** The transcript an agent worked in. */
export interface SessionRef {
  readonly id: string;
  readonly name: string;
}
