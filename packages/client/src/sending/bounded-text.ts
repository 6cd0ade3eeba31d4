/** The text of an answer, as long as it is not larger than was allowed: one without end must not fill the memory. */
import { BatonError } from '../errors.ts';

/** @throws BatonError `answer_too_large`; whatever the stream throws that breaks off */
export async function boundedText({ body }: Response, most: number): Promise<string> {
  if (body === null) return '';
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  const parts: string[] = [];
  for (let bytes = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return parts.join('') + decoder.decode();
    bytes += value.length;
    if (bytes > most) {
      await reader.cancel().catch(() => undefined);
      throw new BatonError('answer_too_large', `The answer is larger than ${most} bytes.`);
    }
    parts.push(decoder.decode(value, { stream: true }));
  }
}
