/**
 * What each vendor takes in a transcript, whoever wrote it: names of tools, ids of calls, turns. One vendor's answers are
 * another's prompt after a fallback, and models invent names and ids that their own vendor refuses to see again.
 *
 * Where the rules come from, beside the vendors' references:
 *
 * - Anthropic: ids `^[a-zA-Z0-9_-]+$` and unique, names `^[a-zA-Z0-9_-]{1,128}$` (64 before), no blank texts, all results
 *   at the head of the message after their calls, no answer at the end on newer models
 *   (https://platform.claude.com/docs/en/api/messages, .../agents-and-tools/tool-use; github HKUDS/nanobot#4356,
 *   maximhq/bifrost#5097, anthropics/claude-code#59812).
 * - OpenAI: names `^[a-zA-Z0-9_-]{1,64}$`; Chat Completions `tool_calls[].id` of at most 40, Responses `call_id` of at
 *   most 64 characters; every call with its output and the other way round; descriptions of at most 1,024 characters
 *   (https://platform.openai.com/docs/api-reference; github openai/codex#14355, RooCodeInc/Roo-Code#10763,
 *   camel-ai/camel#2215, getsentry/sentry-mcp#106).
 * - Google: names begin with a letter or underscore and have at most 64 of `[a-zA-Z0-9_.:-]`; a turn with calls comes
 *   after a user's or after results, the results right after it and as many; no empty parts; Gemini 3 wants signatures
 *   (https://ai.google.dev/gemini-api/docs/function-calling, .../thought-signatures; github google-gemini/gemini-cli#2966,
 *   #11814, langchain-ai/langchain#27799).
 * - Compatible servers: the strictest of what is known of them. Mistral's models want ids of 9 letters and digits, and no
 *   user right after results (github anomalyco/opencode#1680, vllm-project/vllm#9019); Kimi's are trained on ids
 *   `functions.NAME:N`.
 */
import type { ProviderName } from '../models.ts';
import type { ModelName } from '../models.ts';

export interface VendorRules {
  /** Ids that can stay as they are. */
  readonly id: RegExp;
  /** An id for the call number `n` of the transcript that has no usable one. */
  readonly idOf: (n: number, name: string) => string;
  /** Whose own form of an answer is sent back: all models' of the vendor, or only those of the same model. */
  readonly nativeOf: 'vendor' | 'model';
  /** May a person speak right after results? */
  readonly userAfterResults: boolean;
  /** Most characters of a tool's description. */
  readonly descriptionChars: number;
}

/** The rules for a request to this model. */
export function rulesFor({ provider, model }: ModelName): VendorRules {
  if (provider !== 'compatible') return RULES[provider];
  if (MISTRAL.test(model)) return { ...RULES.compatible, id: /^[a-zA-Z0-9]{9}$/, userAfterResults: false };
  if (KIMI.test(model))
    return { ...RULES.compatible, id: KIMI_ID, idOf: (n, name) => `functions.${name}:${n}` };
  return RULES.compatible;
}

/**
 * The letters that all vendors take in names; Google wants a letter or an underscore first. What every object of
 * JavaScript has (`valueOf`) is a tool to the vendors' clients.
 */
export function vendorName(name: string): string {
  const isFree = !Object.hasOwn(Object.prototype, name);
  if (isFree && /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/.test(name)) return name;
  const letters = name.replace(/[^a-zA-Z0-9_-]/gu, '_') || 'unnamed';
  return (isFree && /^[a-zA-Z_]/.test(letters) ? letters : `_${letters}`).slice(0, NAME_CHARS);
}

const NAME_CHARS = 64;
const MISTRAL = /(?:mis|mix|pix|minis|magis)tral|codestral|devstral/i;
const KIMI = /kimi|moonshot/i;
const KIMI_ID = /^(?:functions\.[a-zA-Z0-9_-]{1,64}:\d+|[a-zA-Z0-9_-]{1,40})$/;

/** Nine letters and digits, which every vendor takes. */
const plainId = (n: number): string => `call${n.toString(36).padStart(5, '0')}`;

const COMMON = { idOf: plainId, nativeOf: 'model', userAfterResults: true } as const;

const RULES: Readonly<Record<ProviderName, VendorRules>> = {
  anthropic: { ...COMMON, id: /^[a-zA-Z0-9_-]{1,64}$/, nativeOf: 'vendor', descriptionChars: Infinity },
  openai: { ...COMMON, id: /^[a-zA-Z0-9_-]{1,64}$/, descriptionChars: 1_024 },
  google: { ...COMMON, id: /^[a-zA-Z0-9_-]{1,64}$/, nativeOf: 'vendor', descriptionChars: Infinity },
  compatible: { ...COMMON, id: /^[a-zA-Z0-9_-]{1,40}$/, descriptionChars: 1_024 },
  scripted: { ...COMMON, id: /^/, descriptionChars: Infinity },
};
