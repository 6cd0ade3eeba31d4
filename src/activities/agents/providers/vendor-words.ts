/**
 * Failures that vendors tell by their words only. Each phrase is one that a vendor or server writes; where a code says the
 * same, the code counts.
 */
import type { VendorError } from './vendor-error.ts';

/** Codes and types for a prompt that the model does not take. */
const TOO_LARGE_CODES: readonly string[] = [
  'context_length_exceeded',
  'context_window_exceeded',
  'model_context_window_exceeded',
  'exceed_context_size_error',
  'request_too_large',
  'array_above_max_length',
];

/** Who says so, as it was seen in answers, documentation and issues. */
const TOO_LARGE_WORDS: readonly RegExp[] = [
  /prompt is too long/i, // Anthropic
  /request exceeds the maximum (?:allowed )?(?:size|number of bytes)/i, // Anthropic, with 413
  /input length and `?max_tokens`? exceed context limit/i, // Anthropic
  /input is too long/i, // Bedrock
  /exceeds? the (?:model'?s? )?(?:maximum )?context (?:window|length|limit|size)/i, // OpenAI Responses, LiteLLM
  /maximum context length/i, // OpenAI, vLLM, OpenRouter, DeepSeek, Mistral, Together
  /input token count.*exceeds the maximum/is, // Google
  /tokens? (?:count|limit).*exceeds? .*(?:limit|maximum|allowed)/i, // Google Vertex, GitHub
  /exceeds the available context size/i, // llama.cpp
  /(?:requested tokens|prompt).*exceeds? (?:the )?context (?:window|size|length)/i, // llama-cpp-python
  /context (?:size|length|window)(?: has been)? exceeded/i, // LM Studio, KoboldCpp
  /greater than the context length/i, // LM Studio
  /(?:context|n_ctx).{0,40}(?:overflow|too small)/i, // LM Studio
  /prompt too long/i, // Ollama
  /exceeds? (?:the )?max(?:imum)? context length/i, // Ollama, SGLang
  /input length exceeds/i, // Ollama's embeddings, OpenRouter
  /longer than the (?:maximum model length|model's context length)/i, // vLLM, SGLang, Together
  /too long to fit into the model/i, // vLLM
  /is too long and exceeds (?:the )?limit/i, // vLLM
  /too large for model with \d+ maximum context/i, // Mistral
  /`?inputs`?.* must have less than \d+ tokens|`?inputs`? tokens .*must be <=/i, // Text Generation Inference
  /maximum prompt length is \d+/i, // xAI
  /reduce the length of (?:the |your )?(?:messages|prompt|input)/i, // Groq, Azure
  /please reduce your prompt/i, // OpenAI, before chats
  /exceeded model token limit/i, // Moonshot
  /context window exceeds limit/i, // MiniMax
  /range of input length should be/i, // DashScope
  /prompt exceeds max(?:imum)? length/i, // Zhipu
  /request too large for .* on tokens per min/is, // OpenAI, Groq: one prompt above what a minute may take
];

/** Too much at once is not too much: waiting helps. */
const IN_TIME = /rate.?limit|too many requests|per (?:minute|day|hour|min)\b|throttl|quota/i;
/** Fields other than the prompt that can be too long. */
const OF_A_NAME = /'[^']*(?:call_id|\bid|name|description)'/i;

/** The prompt is beyond what the model, or its server, takes. */
export function saysTooLarge({ status, codes, words }: VendorError): boolean {
  if (/request too large for .* on tokens per min/is.test(words)) return true;
  if (codes.some((code) => TOO_LARGE_CODES.includes(code))) return true;
  if (codes.includes('string_above_max_length')) return !OF_A_NAME.test(words);
  if (status === 429 || IN_TIME.test(words)) return false;
  return status === 413 || TOO_LARGE_WORDS.some((phrase) => phrase.test(words));
}

const NO_CREDIT_CODES: readonly string[] = [
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
  'billing_error',
  'insufficient_balance',
  'insufficient_credits',
  'payment_required',
  'account_deactivated',
];
const NO_CREDIT_WORDS =
  /credit balance is too low|insufficient (?:balance|credits?|funds)|billing (?:hard )?limit|exceeded your current quota, please check your plan and billing|(?:account|billing) is not active|requires more credits/i;

/** The account is empty or closed: no wait helps, another vendor may. */
export function saysNoCredit({ status, codes, words, retryAfterMs }: VendorError): boolean {
  if (status === 402 || codes.some((code) => NO_CREDIT_CODES.includes(code))) return true;
  // Google has the same words for the limit of a minute, and says then how long to wait.
  const isForAWhile = retryAfterMs !== null || codes.includes('resource_exhausted');
  return NO_CREDIT_WORDS.test(words) && !isForAWhile;
}
