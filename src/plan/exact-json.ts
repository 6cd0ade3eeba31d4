/**
 * JSON text to values and back, with every whole number as it was written.
 *
 * A whole number that JavaScript's own numbers would change is a `bigint`; all others are numbers, so that a value and
 * its text always lead to each other. What no number can be (`1e400`) is refused, never rounded to nothing. Fractions
 * are doubles, as everywhere. As fast as the language's own functions where there is nothing to keep. Sandbox-safe.
 */
import type { Json } from './json-value.ts';

/** A number that cannot be kept: the text is JSON, and is not taken. */
export class NumberOutOfRange extends Error {
  override readonly name = 'NumberOutOfRange';
  readonly code = 'number_out_of_range';

  constructor(written: string) {
    const shown = written.length > 40 ? `${written.slice(0, 40)}…` : written;
    super(`the number ${shown} is beyond what a number can be (1.8e308); write it as a text`);
  }
}

/** A number of fewer digits is kept by the language itself. */
const LONG = 16;
/** As a number stands in JSON: digests in strings have such letters and digits too. */
const LARGE_EXPONENT = /(?:^|[[:,\s])-?\d[\d.]*[eE]\+?\d{3}/;

/**
 * The value of a JSON text, of a form that the caller answers for.
 *
 * @throws SyntaxError for what is no JSON, NumberOutOfRange
 */
export function readJson<T = Json>(text: string): T {
  if (!hasLongNumber(text) && !LARGE_EXPONENT.test(text)) return JSON.parse(text) as T;
  // What is no JSON is said in the language's own words, with places in the text as it is.
  const plain = JSON.parse(text) as Json;
  const mark = markFor(text);
  const marked = withMarkedNumbers(text, mark);
  return (marked === text ? plain : unmarked(JSON.parse(marked) as Json, mark)) as T;
}

/** True for so many digits in a row, wherever they stand: every run of them covers one of the places looked at. */
function hasLongNumber(text: string): boolean {
  for (let at = LONG - 1; at < text.length; at += LONG) {
    if (!isDigit(text, at)) continue;
    let [start, end] = [at, at + 1];
    while (isDigit(text, start - 1)) start--;
    while (isDigit(text, end)) end++;
    if (end - start >= LONG) return true;
    at = end - 1;
  }
  return false;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

/** Strings are passed over whole. By hand: over some million characters an expression for them runs out of stack. */
function withMarkedNumbers(text: string, mark: string): string {
  const parts: string[] = [];
  let from = 0;
  const tokens = /"|-?\d[\d.eE+-]*/g;
  for (let found = tokens.exec(text); found !== null; found = tokens.exec(text)) {
    const [token] = found;
    if (token === '"') tokens.lastIndex = endOfString(text, found.index);
    else {
      parts.push(text.slice(from, found.index), markedNumber(token, mark));
      from = tokens.lastIndex;
    }
  }
  return `${parts.join('')}${text.slice(from)}`;
}

/** Behind the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text[before] === '\\') before--;
    if ((at - before) % 2 === 1) return at + 1;
  }
  return text.length;
}

function markedNumber(token: string, mark: string): string {
  return typeof numberOf(token) === 'bigint' ? `"${mark}${token}"` : token;
}

/**
 * The number that a JSON text of one means.
 *
 * @throws NumberOutOfRange
 */
function numberOf(written: string): number | bigint {
  const number = Number(written);
  if (!Number.isFinite(number)) throw new NumberOutOfRange(written);
  return /[.eE]/.test(written) || Number.isSafeInteger(number) ? number : wholeNumber(BigInt(written));
}

/** A whole number in its one form: a number where that says the same, else a bigint. */
export function wholeNumber(value: bigint): number | bigint {
  const number = Number(value);
  return String(number) === String(value) ? number : value;
}

/** What no string of `text` begins with. */
function markFor(text: string): string {
  let mark = '#';
  while (text.includes(`"${mark}`)) mark += '#';
  return mark;
}

function unmarked(value: Json, mark: string): Json {
  if (typeof value === 'string') return value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value;
  return mapJson(value, (member) => unmarked(member, mark));
}

/** The same list or map with other members; itself when none is another. */
function mapJson(value: Json, change: (member: Json) => Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value) as [string, Json][];
  const changed = entries.map(([name, member]) => [name, change(member)] as const);
  if (changed.every(([, member], at) => member === entries[at]?.[1])) return value;
  return Array.isArray(value) ? changed.map(([, member]) => member) : Object.fromEntries(changed);
}

/** JSON text of a value, as `JSON.stringify` writes it. @param indent spaces of one level */
export function writeJson(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, null, indent);
  } catch (error) {
    const written = error instanceof TypeError ? write(value, ' '.repeat(indent ?? 0), '\n') : undefined;
    if (written === undefined) throw error;
    return written;
  }
}

/** Undefined for what stands in no JSON. @param line the break before a member's own line */
function write(value: unknown, indent: string, line: string): string | undefined {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON === 'function') return write(toJSON.call(value), indent, line);
  const inner = `${line}${indent}`;
  if (Array.isArray(value)) {
    return enclosed(
      '[]',
      value.map((item) => write(item, indent, inner) ?? 'null'),
      indent,
      line,
    );
  }
  const colon = indent === '' ? ':' : ': ';
  const members = Object.entries(value).flatMap(([name, member]) => {
    const text = write(member, indent, inner);
    return text === undefined ? [] : [`${JSON.stringify(name)}${colon}${text}`];
  });
  return enclosed('{}', members, indent, line);
}

function enclosed(brackets: string, members: readonly string[], indent: string, line: string): string {
  const [open, close] = [brackets.charAt(0), brackets.charAt(1)];
  if (indent === '' || members.length === 0) return `${open}${members.join(',')}${close}`;
  const inner = `${line}${indent}`;
  return `${open}${inner}${members.join(`,${inner}`)}${line}${close}`;
}

/** The value with each bigint as the number nearest to it; itself when there is none. */
export function roundedNumbers<T>(value: T): T {
  return mapBigInts(value, Number);
}

/** The value with something else for each bigint; itself when there is none. */
export function mapBigInts<T>(value: T, change: (number: bigint) => Json): T {
  const map = (one: Json): Json => (typeof one === 'bigint' ? change(one) : mapJson(one, map));
  return holdsBigInt(value) ? (map(value as Json) as T) : value;
}

/** Told without recursion: values that are nested too deep are refused elsewhere. */
function holdsBigInt(value: unknown): boolean {
  let layer: readonly unknown[] = [value];
  while (layer.length > 0) {
    if (layer.some((one) => typeof one === 'bigint')) return true;
    layer = layer.flatMap((one) =>
      typeof one === 'object' && one !== null ? (Object.values(one) as unknown[]) : [],
    );
  }
  return false;
}
