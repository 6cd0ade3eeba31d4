/** What one model call consumed. Stands in the results and in the failure details of agent activities. */
export interface ModelUsage {
  readonly provider: string;
  /** As asked for. */
  readonly requestedModel: string;
  /** As the vendor named it in its answer. */
  readonly model: string;
  /** All input tokens, cached ones included; null when the vendor did not tell, as with the others. */
  readonly inputTokens: number | null;
  /** With reasoning. */
  readonly outputTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly reasoningTokens: number | null;
  /** What counts for limits and sums: the vendor's own total where it told one. */
  readonly totalTokens: number;
  /** Integer micro-dollars; null when the price is unknown, never 0 instead. */
  readonly costMicros: number | null;
  /** Which price table said so, or null. */
  readonly priceVersion: string | null;
  readonly durationMs: number;
  /** From the call to the first piece of its answer; null when none came. */
  readonly firstTokenMs: number | null;
  readonly finishReason: string | null;
  /** What had to be done with the vendor's figures; without one they stand as they were told. */
  readonly note?: UsageNote;
}

/** Why figures are not, or not all, as the vendor told them. */
export const USAGE_NOTES = {
  /** Nothing was told that can be counted. */
  untold: 'the vendor told no figures',
  /** Figures that are no counts were left out. */
  unusable: 'figures that are no counts were left out',
  /** One of input and output is missing, or follows from the total. */
  incomplete: 'the vendor told a part of the figures',
  reasoning_added: 'reasoning was told apart from output and is added to it',
  cache_added: 'cached input was told apart from input and is added to it',
  cache_cut: 'more cached input was told than input',
  total_higher: "the vendor's total is higher than its parts; the rest counts as output",
  total_lower: "the vendor's total is lower than its parts and counts",
  total_ignored: 'a total of 0 is left out',
} as const;

export type UsageNote = keyof typeof USAGE_NOTES;

/** What model calls have consumed together: the figures of runs, steps and attempts. */
export interface Consumption {
  /** Calls that are known to have consumed something. */
  readonly turns: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
  /** Micro-dollars; null once the price of a call is unknown. */
  readonly cost_estimate: number | null;
}

export const NOTHING_USED: Consumption = {
  turns: 0,
  input_tokens: 0,
  output_tokens: 0,
  total_tokens: 0,
  cost_estimate: 0,
};

/** A sum of costs with one more, in micro-dollars: once a price is unknown (null), so is the sum from then on. */
export function addCost(sum: number | null, cost: number | null): number | null {
  return sum === null || cost === null ? null : sum + cost;
}

/** The transcript an agent worked in. */
export interface SessionRef {
  readonly id: string;
  readonly name: string;
}
