/**
 * Whole numbers of any size on their way through libraries that read and write JSON themselves: inside they are texts
 * with a mark that nobody else knows, outside the numbers that they are.
 */
import { randomUUID } from 'node:crypto';
import { mapBigInts, readJson } from '../../plan/exact-json.ts';
import type { Json } from '../../plan/json.ts';

/** No escape of JSON changes it. */
const MARK = `exact-${randomUUID()}-`;
/** As JSON, also inside of texts that are JSON themselves: there its quotes are escaped. */
const VEILED = new RegExp(String.raw`(\\*)"${MARK}(-?\d+)\1"`, 'g');

/** The value as such a library gets it. */
export function veiled<T>(value: T): T {
  return mapBigInts(value, (number) => `${MARK}${number}`);
}

/** What such a library has written, as it goes out. */
export function unveiledText(text: string): string {
  return text.includes(MARK) ? text.replace(VEILED, '$2') : text;
}

/**
 * A line that comes in, as such a library gets it: JSON, or JSON behind `data:`.
 *
 * @throws NumberOutOfRange
 */
export function veiledLine(line: string): string {
  if (!/\d{16}/.test(line)) return line;
  const [, before = '', text = ''] = /^(data: ?)?(.*)$/s.exec(line) ?? [];
  const value = jsonIn(text);
  return value === undefined ? line : `${before}${JSON.stringify(veiled(value))}`;
}

/** What such a library gives, as we see it. */
export function unveiled(value: Json): Json {
  if (typeof value === 'string') return value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(unveiled);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, unveiled(member as Json)]));
}

/** The response with its lines as {@link veiledLine} makes them. */
export function veiledResponse(response: Response): Response {
  if (response.body === null) return response;
  let held = '';
  const lines = new TransformStream<string, string>({
    transform: (piece, controller) => {
      const whole = `${held}${piece}`.split('\n');
      held = whole.pop() ?? '';
      for (const line of whole) controller.enqueue(`${veiledLine(line)}\n`);
    },
    flush: (controller) => controller.enqueue(veiledLine(held)),
  });
  const body = response.body
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(lines)
    .pipeThrough(new TextEncoderStream());
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers: [...headers] });
}

function jsonIn(text: string): Json | undefined {
  try {
    return readJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
