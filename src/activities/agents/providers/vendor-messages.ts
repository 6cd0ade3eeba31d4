/** A conversation in the words of the `ai` package. */
import { jsonSchema, tool, type AssistantModelMessage, type ModelMessage, type ToolSet } from 'ai';
import type { Json } from '../../../plan/json.ts';
import type { ToolDefinition } from '../../tools/tool-definition.ts';
import type { ModelName } from '../models.ts';
import type { Message, ModelRequest, ToolMessage } from './provider.ts';

type ToolOutput = Extract<ModelMessage, { role: 'tool' }>['content'][number] & { type: 'tool-result' };

/**
 * Anthropic caches a prompt up to a mark, at a surcharge that pays as soon as there is a second turn. The other vendors
 * do it by themselves.
 */
const CACHE_MARK = { anthropic: { cacheControl: { type: 'ephemeral' } } } as const;

/** The messages without the system prompt. */
export function vendorMessages({ messages, model, tools }: ModelRequest): ModelMessage[] {
  const joined = messages.reduce(withMessage, []);
  const last = joined.length - 1;
  return joined.map((message, i) => ({
    ...vendorMessage(message, model),
    ...(i === last && tools.length > 0 ? { providerOptions: CACHE_MARK } : {}),
  }));
}

/** What people say in a row is one message: there are models that want user and assistant to take turns. */
function withMessage(before: readonly Message[], message: Message): readonly Message[] {
  const last = before.at(-1);
  if (message.role !== 'user' || last?.role !== 'user') return [...before, message];
  return [...before.slice(0, -1), { role: 'user', text: `${last.text}\n\n${message.text}` }];
}

function vendorMessage(message: Message, model: ModelName): ModelMessage {
  if (message.role === 'user') return { role: 'user', content: message.text };
  if (message.role === 'tool') return { role: 'tool', content: message.results.map(toolOutput) };
  const own = message.native !== null && message.provider === model.provider;
  return own ? { role: 'assistant', content: message.native as never } : plainAnswer(message);
}

function plainAnswer({ text, calls }: Message & { role: 'assistant' }): AssistantModelMessage {
  return {
    role: 'assistant',
    content: [
      ...(text === '' ? [] : [{ type: 'text' as const, text }]),
      ...calls.map(({ id, name, input }) => ({
        type: 'tool-call' as const,
        toolCallId: id,
        toolName: name,
        input,
      })),
    ],
  };
}

function toolOutput({ call, name, output, isError }: ToolMessage): ToolOutput {
  return { type: 'tool-result', toolCallId: call, toolName: name, output: outputOf(output, isError) };
}

function outputOf(output: Json, isError: boolean): ToolOutput['output'] {
  if (typeof output === 'string') return { type: isError ? 'error-text' : 'text', value: output };
  return { type: isError ? 'error-json' : 'json', value: output as never };
}

/** Without `execute`: the model may ask for them, and the workflow decides what becomes of it. */
export function vendorTools(definitions: readonly ToolDefinition[]): ToolSet {
  return Object.fromEntries(
    definitions.map(({ name, description, inputSchema }) => [
      name,
      tool({ description, inputSchema: jsonSchema(inputSchema) }),
    ]),
  );
}
