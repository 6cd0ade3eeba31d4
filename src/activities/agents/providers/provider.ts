/** What every provider of models offers: one call, a conversation to its next answer. */
import { writeJson } from '../../../plan/exact-json.ts';
import { isDeeperThan } from '../../../plan/depth.ts';
import { ANSWER_LIMITS } from '../../../plan/json-text.ts';
import type { Json, JsonObject } from '../../../plan/json.ts';
import type { AssistantCall } from '../../../protocol/session.ts';
import type { ToolDefinition } from '../../tools/tool-definition.ts';
import type { ModelName } from '../models.ts';
import type { Tokens } from '../reconcile.ts';
import type { PriceSource } from '../usage.ts';

export interface ModelRequest {
  readonly model: ModelName;
  readonly system: string;
  /** In order; the last one is from the user or from tools. */
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  readonly temperature: number | null;
  readonly maxOutputTokens: number | null;
  /** A provider stops at its abort. */
  readonly signal: AbortSignal;
  /** Who asks: what a script is matched by. */
  readonly caller: Caller;
  /** Gets the answer's text piece by piece as it comes. */
  readonly onChunk?: (text: string) => void;
}

export interface Caller {
  readonly workflow: string;
  readonly step: string;
  readonly attempt: number;
  readonly turn: number;
}

export type Message =
  | { readonly role: 'user'; readonly text: string }
  | {
      readonly role: 'assistant';
      readonly text: string;
      readonly calls: readonly AssistantCall[];
      /** The provider that answered, and its own form of the answer where that holds more. */
      readonly provider: string;
      readonly native: Json | null;
    }
  | { readonly role: 'tool'; readonly results: readonly ToolMessage[] };

/** What became of a call. */
export interface ToolMessage {
  readonly call: string;
  readonly name: string;
  readonly output: Json;
  readonly isError: boolean;
}

export interface ModelAnswer {
  readonly text: string;
  /** Empty when the model is done. */
  readonly calls: readonly AnsweredCall[];
  readonly native: Json | null;
  /** As the vendor named it. */
  readonly model: string;
  /** null when the vendor did not say. */
  readonly tokens: Tokens | null;
  readonly priceAs: PriceSource | null;
  /** From the call to the first piece of the answer; null when none came. */
  readonly firstTokenMs: number | null;
  /** `stop`, `length`, `tool-calls`, `content-filter`, `error`, `other`; null when the vendor did not say. */
  readonly finishReason: string | null;
  /** What the vendor said instead of an answer, where it says that apart. */
  readonly refusal?: string | null;
}

/** A call as the model wrote it. */
export interface AnsweredCall {
  /** null when the vendor gave none. */
  readonly id: string | null;
  readonly name: string;
  readonly input: JsonObject;
}

/**
 * One model call. It never retries by itself.
 *
 * @throws StepFailure with one of the model codes, `script_error` or `connection_refused`; with `usage` in its details
 *   where the provider said what a failed call consumed. After the abort: the signal's reason with that `usage`, or
 *   anything
 */
export type CallModel = (request: ModelRequest) => Promise<ModelAnswer>;

/**
 * What a model wrote as arguments: an object as it is, anything else under `$invalid`, so that the tool can say so.
 * What is nested too deep would end whatever walks over it.
 */
export function argumentsOf(written: unknown): JsonObject {
  if (isDeeperThan(written, ANSWER_LIMITS.depth)) return { $invalid: 'nested too deep' };
  if (typeof written === 'object' && written !== null && !Array.isArray(written)) {
    return written as JsonObject;
  }
  return { $invalid: typeof written === 'string' ? written : writeJson(written ?? null) };
}
