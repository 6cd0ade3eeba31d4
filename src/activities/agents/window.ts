/** How many tokens a model takes at once, as far as the price table knows. */
import { calcPrice } from '@pydantic/genai-prices';
import type { PriceSource } from './usage.ts';

/** The first of the names that the table knows; null for none. */
export function windowOf(names: readonly string[], source: PriceSource | null): number | null {
  if (source === null) return null;
  for (const name of names) {
    const window = calcPrice({ input_tokens: 1 }, name, source)?.model.context_window;
    if (window !== undefined && window > 0) return window;
  }
  return null;
}
