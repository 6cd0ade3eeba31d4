/** Tokens and money of one model call. Money is integer micro-dollars; an unknown price is null, never 0. */
import { calcPrice } from '@pydantic/genai-prices';
import { microsOf } from '../../protocol/money.ts';
import type { ModelUsage } from '../../protocol/usage.ts';
import type { ModelName } from './models.ts';
import type { Tokens } from './reconcile.ts';

/** The price table's package and version, as it stands in package.json. */
export const PRICE_VERSION = 'genai-prices 0.1.8';

/** What is known about a call once the vendor has answered. */
export interface Call {
  readonly requested: ModelName;
  /** As the vendor named it in its answer. */
  readonly model: string;
  /** null when the vendor did not say. */
  readonly tokens: Tokens | null;
  /** Whose price list holds, or null when nobody's does. */
  readonly priceAs: PriceSource | null;
  readonly durationMs: number;
  readonly firstTokenMs: number | null;
  readonly finishReason: string | null;
}

/** Where to look a price up: a provider of the table, or the API's address. */
export type PriceSource = { readonly providerId: string } | { readonly providerApiUrl: string };

/** What a call consumed, with its price. What the vendor did not tell adds nothing to sums, at an unknown price. */
export function usageOf(call: Call): ModelUsage {
  const { requested, tokens } = call;
  const costMicros = costOf(call);
  return {
    provider: requested.provider,
    requestedModel: requested.model,
    model: call.model,
    inputTokens: tokens?.input ?? null,
    outputTokens: tokens?.output ?? null,
    cacheReadTokens: tokens?.cacheRead ?? null,
    cacheWriteTokens: tokens?.cacheWrite ?? null,
    reasoningTokens: tokens?.reasoning ?? null,
    totalTokens: tokens?.total ?? (tokens?.input ?? 0) + (tokens?.output ?? 0),
    costMicros,
    priceVersion: costMicros === null ? null : PRICE_VERSION,
    durationMs: call.durationMs,
    firstTokenMs: call.firstTokenMs,
    finishReason: call.finishReason,
    ...noteOf(tokens),
  };
}

function noteOf(tokens: Tokens | null): Pick<ModelUsage, 'note'> {
  if (tokens === null) return { note: 'untold' };
  return tokens.note === undefined ? {} : { note: tokens.note };
}

/** The answer's model name may carry a date that the table does not know; then the requested name counts. */
function costOf({ requested, model, tokens, priceAs }: Call): number | null {
  if (priceAs === null || tokens === null) return null;
  const price = priceOf(model, tokens, priceAs) ?? priceOf(requested.model, tokens, priceAs);
  return price === null ? null : microsOf(price);
}

function priceOf(model: string, tokens: Tokens, source: PriceSource): number | null {
  if (tokens.input === null || tokens.output === null) return null;
  const usage = {
    input_tokens: tokens.input,
    output_tokens: tokens.output,
    cache_read_tokens: tokens.cacheRead,
    cache_write_tokens: tokens.cacheWrite,
  };
  try {
    return calcPrice(usage, model, source)?.total_price ?? null;
  } catch {
    // The table refuses counts that contradict each other; such a call has no known price.
    return null;
  }
}
