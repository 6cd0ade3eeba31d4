/** The vendor's own form of an answer, where it holds more than text and calls. */
import type { ModelMessage } from 'ai';
import { readJson, writeJson } from '../../../plan/exact-json.ts';
import type { Json } from '../../../plan/json.ts';
import type { AnsweredCall } from './provider.ts';

type Part = Exclude<Extract<ModelMessage, { role: 'assistant' }>['content'], string>[number];

/**
 * The parts of a whole answer, with the arguments of calls as they were written, when some of them carry reasoning or signatures, which vendors want back in the next turn;
 * otherwise null. Calls that have to be renamed or are broken stand in no native form.
 */
export async function nativeAnswer(
  stream: { readonly response: PromiseLike<{ readonly messages: readonly ModelMessage[] }> },
  calls: readonly AnsweredCall[],
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
  return parts.some(isSpecial) ? (readJson(writeJson(exact)) as Json) : null;
}

function isBroken({ id, input }: AnsweredCall): boolean {
  return id === null || Object.hasOwn(input, '$invalid');
}

function isSpecial(part: Part): boolean {
  return part.type === 'reasoning' || ('providerOptions' in part && part.providerOptions !== undefined);
}
