/** Reads one streamed answer to its end. */
import type { TextStreamPart, ToolSet } from 'ai';
import { NumberOutOfRange, readJson } from '../../../plan/exact-json.ts';
import type { JsonObject } from '../../../plan/json.ts';
import { unveiled } from '../../network/veiled-numbers.ts';
import { argumentsOf, type AnsweredCall } from './provider.ts';

type Part = TextStreamPart<ToolSet>;
type Finish = Extract<Part, { type: 'finish-step' }>;

export interface StreamedAnswer {
  readonly text: string;
  readonly calls: readonly AnsweredCall[];
  readonly firstTokenMs: number | null;
  /** What ended the stream before its time, or null. */
  readonly failure: { readonly error: unknown } | null;
  readonly finishReason: string | null;
  /** null when the vendor did not name it. */
  readonly model: string | null;
}

/** Pieces of an answer; everything else in the stream is framework. */
const PIECES: readonly Part['type'][] = [
  'text-delta',
  'reasoning-delta',
  'tool-input-start',
  'tool-input-delta',
  'tool-call',
];

/** Collects the parts. A stream that breaks off is an answer with a `failure`. */
export async function readStream(
  parts: AsyncIterable<Part>,
  onChunk: (text: string) => void,
): Promise<StreamedAnswer> {
  const began = performance.now();
  const calls: AnsweredCall[] = [];
  /** Arguments as they came. */
  const written = new Map<string, string>();
  let text = '';
  let firstTokenMs: number | null = null;
  let failure: StreamedAnswer['failure'] = null;
  let finish: Finish | null = null;
  try {
    for await (const part of parts) {
      if (PIECES.includes(part.type)) firstTokenMs ??= Math.round(performance.now() - began);
      if (part.type === 'text-delta') {
        text += part.text;
        onChunk(part.text);
      }
      if (part.type === 'tool-input-start') written.set(part.id, '');
      if (part.type === 'tool-input-delta')
        written.set(part.id, `${written.get(part.id) ?? ''}${part.delta}`);
      if (part.type === 'tool-call') calls.push(callOf(part, written.get(part.toolCallId)));
      if (part.type === 'error') failure ??= { error: part.error };
      if (part.type === 'finish-step') finish = part;
    }
  } catch (error) {
    failure ??= { error };
  }
  return { text, calls, firstTokenMs, failure: failure ?? incomplete(finish), ...ending(finish) };
}

/** @param written the arguments as text: the library's own reading rounds large numbers */
function callOf(
  { toolCallId, toolName, input }: Extract<Part, { type: 'tool-call' }>,
  written = '',
): AnsweredCall {
  return {
    id: toolCallId === '' ? null : toolCallId,
    name: toolName,
    input: unveiled(argumentsOf(exact(input, written))) as JsonObject,
  };
}

function exact(input: unknown, written: string): unknown {
  if (!/\d{16}/.test(written)) return input;
  try {
    return readJson(written);
  } catch (error) {
    return error instanceof NumberOutOfRange ? written : input;
  }
}

/** Whoever answers whole says why he stopped. */
function incomplete(finish: Finish | null): StreamedAnswer['failure'] {
  const complete =
    finish !== null && (finish.finishReason !== 'other' || finish.rawFinishReason !== undefined);
  if (complete) return null;
  return { error: new Error('The answer broke off before its end.') };
}

function ending(finish: Finish | null): Pick<StreamedAnswer, 'finishReason' | 'model'> {
  if (finish === null) return { finishReason: null, model: null };
  const { finishReason, rawFinishReason = '', response } = finish;
  const isFilter = finishReason === 'other' && WITHHELD.test(rawFinishReason);
  return { finishReason: isFilter ? 'content-filter' : finishReason, model: response.modelId || null };
}

/** Reasons that servers give for an answer that they hold back, beside OpenAI's `content_filter`. */
const WITHHELD = /refus|safety|filter|sensitive|prohibited|blocked|blocklist|recitation/i;
