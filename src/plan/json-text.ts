/**
 * Reads JSON that others wrote. It is looked at before it is parsed: a few megabytes of brackets become gigabytes of
 * values, and what is nested too deep ends whatever walks over it.
 */
import { readJson } from './exact-json.ts';
import type { Json } from './json.ts';

export interface JsonLimits {
  /** Most values, the names of members counted as values too. */
  readonly values: number;
  /** Most lists and objects inside of each other. */
  readonly depth: number;
}

/** What the world may answer. */
export const ANSWER_LIMITS: JsonLimits = { values: 1_000_000, depth: 200 };

/** The text may be JSON, and is not parsed because of what it would become. */
export class JsonTooLarge extends Error {
  override readonly name = 'JsonTooLarge';
}

/**
 * The value of a text.
 *
 * @throws JsonTooLarge beyond the limits, SyntaxError for what is no JSON
 */
export function parseJson(text: string, limits: JsonLimits = ANSWER_LIMITS): Json {
  countValues(text, limits);
  return readJson(text) as Json;
}

/** The signs that JSON is built of, as codes of letters; as bytes too, since all are ASCII. */
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_LIST = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_LIST = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;

/**
 * How many values a JSON text holds, at most; of what is no JSON, anything. Linear, and over as soon as a limit is passed.
 *
 * @throws JsonTooLarge
 */
export function countValues(text: string, { values: most, depth: deepest }: JsonLimits): number {
  let values = 1;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === COMMA || code === COLON) values++;
    else if (code === OPEN_LIST || code === OPEN_OBJECT) [values, depth] = [values + 1, depth + 1];
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
    if (values > most) throw new JsonTooLarge(`it holds more than ${most} values`);
    if (depth > deepest) throw new JsonTooLarge(`it is nested more than ${deepest} levels deep`);
  }
  return values;
}

/** Where the string ends that begins at `start`; the end of the text when it does not. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text.charCodeAt(before - 1) === BACKSLASH && before - 1 > start) before--;
    if ((end - before) % 2 === 0) return end;
  }
  return text.length;
}
