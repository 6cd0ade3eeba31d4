/**
 * The entries of a session: what an agent's transcript consists of, as it stands in `session_messages`. A turn's
 * request is the whole branch from the `setup` to the entry before the answer; where a `summary` stands in it, without
 * what that is of.
 *
 * Texts are storable (no NUL, no half surrogate pairs) and show no secrets of the worker.
 */
import type { Json, JsonObject } from '../plan/json.ts';
import type { AppendedSource, ToolAnswer } from './agent.ts';

export type SessionEntry =
  | { readonly role: 'setup'; readonly content: SetupContent }
  | { readonly role: 'user'; readonly content: UserContent }
  | { readonly role: 'assistant'; readonly content: AssistantContent }
  | { readonly role: 'tool'; readonly content: ToolContent }
  | { readonly role: 'summary'; readonly content: SummaryContent };

/** What the session began with and every turn of it repeats; whichever model is asked. */
export interface SetupContent {
  readonly agent: string;
  readonly system: string;
  readonly outputSchema: JsonObject | null;
  readonly temperature: number | null;
  readonly maxOutputTokens: number | null;
  /** As they were offered: name, description and JSON Schema of the arguments. */
  readonly tools: readonly {
    readonly name: string;
    readonly description: string;
    readonly inputSchema: JsonObject;
  }[];
}

interface UserContent {
  readonly text: string;
  /** `prompt`: the step's own. */
  readonly source: 'prompt' | AppendedSource;
  readonly by: string | null;
}

export interface AssistantContent {
  readonly text: string;
  readonly calls: readonly AssistantCall[];
  readonly provider: string;
  /** As the vendor named it. */
  readonly model: string;
  /**
   * The answer in the vendor's own parts, where they hold more than text and calls (signatures of its reasoning). The
   * same provider gets them back; others get text and calls.
   */
  readonly native: Json | null;
  /** The call was stopped before the answer's end: the text that had come. */
  readonly interrupted?: true;
  /** A limit of tokens cut the answer: a `cut` entry and the rest may follow. */
  readonly cut?: true;
}

export interface AssistantCall {
  /** Unique within the answer. */
  readonly id: string;
  readonly name: string;
  /** `{$invalid: text}` when the model wrote something that is no JSON object. */
  readonly input: JsonObject;
}

/** What models see from now on in place of older entries. These stay, and are read by whoever wants them. */
export interface SummaryContent {
  readonly text: string;
  /** Depths of the first and the last entry that it stands for; what people said among them is still said. */
  readonly from: number;
  readonly to: number;
  readonly provider: string;
  readonly model: string;
}

interface ToolContent {
  readonly results: readonly ToolAnswer[];
}
