/**
 * The vendor's own form of an answer, where it holds more than text and calls (reasoning, signatures), as it is kept in
 * the session and sent back: to the same vendor, and where the vendor's models do not read each other's only to the same
 * model. Everybody else gets text and calls.
 */
import type { AssistantModelMessage, ModelMessage } from 'ai';
import { readJson, writeJson } from '../../../plan/exact-json.ts';
import type { Json, JsonObject } from '../../../plan/json.ts';
import type { ModelName } from '../models.ts';
import type { AnsweredCall, Message } from './provider.ts';
import { rulesFor } from './vendor-rules.ts';

type Answer = Extract<Message, { role: 'assistant' }>;
type Part = Exclude<AssistantModelMessage['content'], string>[number];

/**
 * The parts of a whole answer, with the arguments of calls as they were written, when some of them carry reasoning or signatures, which vendors want back in the next turn;
 * otherwise null. Calls that have to be renamed or are broken stand in no native form.
 */
export async function nativeAnswer(
  stream: { readonly response: PromiseLike<{ readonly messages: readonly ModelMessage[] }> },
  calls: readonly AnsweredCall[],
  { model }: ModelName,
): Promise<Json | null> {
  if (new Set(calls.map(({ id }) => id)).size < calls.length || calls.some(isBroken)) return null;
  const { messages } = await stream.response;
  const parts = messages.flatMap((message) =>
    message.role === 'assistant' && typeof message.content !== 'string' ? message.content : [],
  );
  const exact = parts.map((part) => {
    const call = part.type === 'tool-call' ? calls.find(({ id }) => id === part.toolCallId) : undefined;
    return call === undefined ? part : { ...part, input: call.input };
  });
  return parts.some(isSpecial) ? (readJson(writeJson({ model, parts: exact })) as Json) : null;
}

function isBroken({ id, input }: AnsweredCall): boolean {
  return id === null || Object.hasOwn(input, '$invalid');
}

function isSpecial(part: Part): boolean {
  return part.type === 'reasoning' || ('providerOptions' in part && part.providerOptions !== undefined);
}

/** The parts that the model gets back of an answer; null when it is not his, or does not fit the calls any more. */
export function ownParts({ native, provider, calls }: Answer, model: ModelName): Part[] | null {
  if (native === null || provider !== model.provider) return null;
  const { by, parts } = keptParts(native);
  if (by !== null && by !== model.model && rulesFor(model).nativeOf === 'model') return null;
  if (parts.filter(({ type }) => type === 'tool-call').length !== calls.length) return null;
  if (!parts.some((part) => part.type === 'tool-call' || (part.type === 'text' && part.text.trim() !== '')))
    return null;
  const left = [...calls];
  return parts.flatMap((part): Part[] => {
    if (part.type === 'text' && part.text.trim() === '') return [];
    if (part.type !== 'tool-call') return [part];
    const call = left.shift();
    // Names and ids may have been made over since; the results speak of these.
    return call === undefined ? [] : [signed({ ...part, toolCallId: call.id, toolName: call.name })];
  });
}

/** Answers of the time before the model was kept with them are a bare list. */
function keptParts(native: Json): { by: string | null; parts: readonly Part[] } {
  if (Array.isArray(native)) return { by: null, parts: native as unknown as Part[] };
  const { model, parts } = native as JsonObject;
  return {
    by: typeof model === 'string' ? model : null,
    parts: Array.isArray(parts) ? (parts as unknown as Part[]) : [],
  };
}

/** The client of compatible servers keeps Gemini's signatures under one name and reads them under another. */
function signed(part: Extract<Part, { type: 'tool-call' }>): Part {
  const signature = part.providerOptions?.['compatible']?.['thoughtSignature'];
  if (signature === undefined) return part;
  return { ...part, providerOptions: { ...part.providerOptions, google: { thoughtSignature: signature } } };
}
