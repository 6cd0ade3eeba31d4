/**
 * Answers that somebody else's library reads and parses: cut off with an error before they hold too much. What is read
 * counts in the worker's memory of answers.
 *
 * The text is taken for JSON, or for lines of JSON as event streams have them. Brackets and commas count inside of
 * strings too, since a string may hold JSON that is parsed in its turn.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ANSWER_LIMITS,
  BACKSLASH,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
} from '../../plan/json-text.ts';
import { answerMemory, COPIES } from '../answer-memory.ts';

/** Most bytes of one answer. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** What the limits hold for: the whole, or each event or line of a stream that never ends. */
type Scope = 'body' | 'event' | 'line';

/** The response with a body that ends with an error beyond the limits. Bodies must not have been read. */
export function boundedResponse(response: Response, scope: Scope = 'body'): Response {
  if (response.body === null) return response;
  const meter = new AnswerMeter(scope);
  const inActivity = AsyncLocalStorage.snapshot();
  const bounded = new TransformStream<Uint8Array, Uint8Array>({
    transform: async (chunk, controller) => {
      meter.add(chunk);
      if (scope === 'body') await inActivity(() => answerMemory.take(COPIES * chunk.byteLength));
      controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(bounded), { status, statusText, headers: [...headers] });
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** 1 for each byte that changes more than the size: an answer is mostly others, and a worker's thread waits for the count. */
const MARKS = new Uint8Array(256);
for (const mark of [NEWLINE, CARRIAGE_RETURN, BACKSLASH, QUOTE, COMMA, COLON]) MARKS[mark] = 1;
for (const mark of [OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT]) MARKS[mark] = 1;

/** Counts through the pieces of an answer. UTF-8: no part of another letter looks like one of these. */
export class AnswerMeter {
  readonly #scope: Scope;
  #bytes = 0;
  #values = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #lineIsEmpty = true;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** @throws Error that says which limit was passed */
  add(chunk: Uint8Array): void {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (MARKS[byte] === 0) continue;
      this.#pass(at - from);
      this.#addMark(byte);
      from = at + 1;
    }
    this.#pass(chunk.length - from);
    this.#check();
  }

  /** So many bytes that are no marks. */
  #pass(count: number): void {
    if (count === 0) return;
    this.#bytes += count;
    this.#lineIsEmpty = false;
    this.#escaped = false;
  }

  #addMark(byte: number): void {
    this.#bytes++;
    if (byte === NEWLINE) this.#endLine();
    else if (byte !== CARRIAGE_RETURN) this.#lineIsEmpty = false;
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = this.#inString;
    else if (byte === QUOTE) this.#inString = !this.#inString;
    else if (byte === COMMA || byte === COLON) this.#values++;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) this.#open();
    else if ((byte === CLOSE_LIST || byte === CLOSE_OBJECT) && !this.#inString) this.#depth--;
  }

  #open(): void {
    this.#values++;
    if (!this.#inString && ++this.#depth > ANSWER_LIMITS.depth)
      throw new Error(`the answer is nested more than ${ANSWER_LIMITS.depth} levels deep`);
  }

  /** No string of JSON goes on in the next line; after an empty line comes the next event. */
  #endLine(): void {
    this.#check();
    const ends = this.#scope === 'line' || (this.#scope === 'event' && this.#lineIsEmpty);
    if (ends) [this.#bytes, this.#values, this.#depth] = [0, 0, 0];
    this.#inString = false;
    this.#lineIsEmpty = true;
  }

  #check(): void {
    if (this.#bytes > MAX_ANSWER_BYTES) throw new Error(`the answer has more than ${MAX_ANSWER_BYTES} bytes`);
    if (this.#values > ANSWER_LIMITS.values)
      throw new Error(`the answer holds more than ${ANSWER_LIMITS.values} values`);
  }
}
