/**
 * Response bodies: read up to a cap (after decompression), decoded by their charset, parsed when they say JSON. What is
 * read counts in the worker's memory of answers, and may have to wait for room there.
 */
import type { Response } from 'undici';
import { NumberOutOfRange, readJson } from '../../plan/exact-json.ts';
import { ANSWER_LIMITS, countValues, JsonTooLarge } from '../../plan/json-text.ts';
import type { Json } from '../../plan/json.ts';
import { answerMemory, BYTES_PER_VALUE, COPIES } from '../answer-memory.ts';
import { StepFailure } from '../step-failure.ts';

/** Most bytes of a body. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** The body as text. @throws StepFailure `result_too_large` as soon as the cap is passed */
export async function readText(response: Response, maxBytes = MAX_BODY_BYTES): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).byteLength;
    if (bytes > maxBytes) {
      throw new StepFailure(
        'result_too_large',
        `The response body has more than ${maxBytes} bytes; ask for less.`,
      );
    }
    await answerMemory.take(COPIES * (chunk as Uint8Array).byteLength);
    chunks.push(chunk as Uint8Array);
  }
  return decoderFor(response.headers.get('content-type') ?? '').decode(Buffer.concat(chunks));
}

/** The beginning of a body as text, at most `maxBytes` of it; the rest is not waited for. */
export async function readStart(
  response: Response,
  maxBytes: number,
): Promise<{ readonly text: string; readonly bytes: number; readonly cut: boolean }> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    await answerMemory.take(COPIES * (chunk as Uint8Array).byteLength);
    chunks.push((chunk as Uint8Array).subarray(0, maxBytes - bytes));
    bytes += (chunk as Uint8Array).byteLength;
    if (bytes > maxBytes) break;
  }
  const text = decoderFor(response.headers.get('content-type') ?? '').decode(Buffer.concat(chunks));
  return { text, bytes: Math.min(bytes, maxBytes), cut: bytes > maxBytes };
}

/**
 * A body as a value: parsed when the content type says JSON and it is JSON, else the text. Empty JSON is null.
 *
 * @throws StepFailure `result_too_large` for JSON of too many values, or nested too deep; `number_out_of_range`
 */
export async function bodyValue(text: string, contentType: string | null): Promise<Json> {
  if (!isJson(contentType)) return text;
  if (text.trim() === '') return null;
  await answerMemory.take(BYTES_PER_VALUE * valuesIn(text));
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof NumberOutOfRange)) return text;
    throw new StepFailure(error.code, `The response body is JSON that is not taken: ${error.message}.`);
  }
}

/** Does a content type say JSON? */
export function isJson(contentType: string | null): boolean {
  return /^[^;]*[/+]json\b/i.test(contentType ?? '');
}

function valuesIn(text: string): number {
  try {
    return countValues(text, ANSWER_LIMITS);
  } catch (error) {
    if (!(error instanceof JsonTooLarge)) throw error;
    throw new StepFailure(
      'result_too_large',
      `The response body is JSON that is not taken: ${error.message}. Ask for less.`,
    );
  }
}

function decoderFor(contentType: string): InstanceType<typeof TextDecoder> {
  const charset = /charset="?([\w-]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}
