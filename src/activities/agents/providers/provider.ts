/** What every provider of models offers: one call, text to text. */
import type { ModelName } from '../models.ts';
import type { PriceSource, Tokens } from '../usage.ts';

export interface ModelRequest {
  readonly model: ModelName;
  readonly system: string;
  readonly prompt: string;
  readonly temperature: number | null;
  readonly maxOutputTokens: number | null;
  /** A provider stops at its abort. */
  readonly signal: AbortSignal;
  /** Who asks: what a script is matched by. */
  readonly caller: { readonly workflow: string; readonly step: string; readonly attempt: number };
}

export interface ModelAnswer {
  readonly text: string;
  /** As the vendor named it. */
  readonly model: string;
  readonly tokens: Tokens;
  readonly priceAs: PriceSource | null;
  /** `stop`, `length`, `content-filter`, `error`, `other`; null when the vendor did not say. */
  readonly finishReason: string | null;
}

/**
 * One model call. It never retries by itself.
 *
 * @throws StepFailure with one of the model codes, `script_error` or `connection_refused`
 */
export type CallModel = (request: ModelRequest) => Promise<ModelAnswer>;
