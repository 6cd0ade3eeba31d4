/** A conversation in the words of the `ai` package. */
import type { AssistantModelMessage, ModelMessage } from 'ai';
import type { Json } from '../../../plan/json.ts';
import type { ModelName } from '../models.ts';
import { ownParts } from './native-answer.ts';
import type { Message, ModelRequest, ToolMessage } from './provider.ts';
import { validTranscript } from './transcript.ts';
import { rulesFor } from './vendor-rules.ts';

type Answer = Extract<Message, { role: 'assistant' }>;
type Part = Exclude<AssistantModelMessage['content'], string>[number];
type ToolOutput = Extract<ModelMessage, { role: 'tool' }>['content'][number] & { type: 'tool-result' };

/**
 * Anthropic caches a prompt up to a mark, at a surcharge that pays as soon as there is a second turn. The other vendors
 * do it by themselves.
 */
const CACHE_MARK = { anthropic: { cacheControl: { type: 'ephemeral' } } } as const;

/** The messages without the system prompt, such as the model's vendor takes them. */
export function vendorMessages({ messages, model, tools }: ModelRequest): ModelMessage[] {
  const valid = validTranscript(messages, rulesFor(model));
  const last = valid.length - 1;
  return valid.map((message, i) => ({
    ...vendorMessage(message, model),
    ...(i === last && tools.length > 0 ? { providerOptions: CACHE_MARK } : {}),
  }));
}

function vendorMessage(message: Message, model: ModelName): ModelMessage {
  if (message.role === 'user') return { role: 'user', content: message.text };
  if (message.role === 'tool') return { role: 'tool', content: message.results.map(toolOutput) };
  return { role: 'assistant', content: ownParts(message, model) ?? plainParts(message, model) };
}

function plainParts({ text, calls }: Answer, model: ModelName): Part[] {
  return [
    ...(text.trim() === '' ? [] : [{ type: 'text' as const, text }]),
    ...calls.map(({ id, name, input }) => ({
      type: 'tool-call' as const,
      toolCallId: id,
      toolName: name,
      input,
      ...(isGeminiElsewhere(model) ? { providerOptions: UNSIGNED } : {}),
    })),
  ];
}

/** Gemini wants each call signed, and has a word for those that nobody signed. Google's own client says it by itself. */
const UNSIGNED = { google: { thoughtSignature: 'skip_thought_signature_validator' } } as const;

function isGeminiElsewhere({ provider, model }: ModelName): boolean {
  return provider === 'compatible' && /gemini/i.test(model);
}

function toolOutput({ call, name, output, isError }: ToolMessage): ToolOutput {
  return { type: 'tool-result', toolCallId: call, toolName: name, output: outputOf(output, isError) };
}

function outputOf(output: Json, isError: boolean): ToolOutput['output'] {
  if (typeof output === 'string') return { type: isError ? 'error-text' : 'text', value: output };
  return { type: isError ? 'error-json' : 'json', value: output as never };
}
