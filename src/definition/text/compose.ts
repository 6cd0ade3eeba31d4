/** From text to the document that YAML makes of it, as far as it keeps within its bounds. JSON is YAML too. */
import { Composer, CST, Lexer, Parser } from 'yaml';
import type { Document } from 'yaml';
import { utf8Bytes } from '../../plan/json.ts';
import { MAX_DEPTH, MAX_VALUES, Refusal, tooDeep, tooManyValues } from './refusal.ts';

const MAX_TEXT_BYTES = 1024 * 1024;
const MAX_LINES = 50_000;
/** Without spaces and comments. */
export const MAX_TOKENS = 3 * MAX_VALUES;
/** The parser takes a long time over more brackets than this that close nothing, or lines that begin with %. */
const MAX_STRAY = 50;

/** @throws Refusal */
export function checkSize(text: string): void {
  const bytes = utf8Bytes(text);
  const hint = 'Split the workflow, or hand large texts over as inputs.';
  if (bytes > MAX_TEXT_BYTES) {
    const message = `The definition has ${bytes} bytes; the limit is ${MAX_TEXT_BYTES} (1 MB).`;
    throw new Refusal('text_too_large', 0, message, hint);
  }
  if (countLines(text) > MAX_LINES)
    throw new Refusal('text_too_large', 0, `The definition has more than ${MAX_LINES} lines.`, hint);
}

function countLines(text: string): number {
  let lines = 1;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) lines++;
  return lines;
}

/** What is no UTF-8 has become U+FFFD where it was read. @throws Refusal */
export function checkEncoding(text: string): void {
  const at = text.indexOf('\ufffd');
  if (at < 0) return;
  const message = 'The text is not UTF-8: a letter here cannot be read.';
  throw new Refusal('text_encoding', at, message, 'Save the file as UTF-8.');
}

/** A document, and how many tokens it was made of. */
export interface Composed {
  readonly document: Document;
  readonly tokens: number;
}

/** The one document of a text; what is wrong with its syntax stands in it. @throws Refusal */
export function composed(text: string): Composed {
  const count = { tokens: 0 };
  const composer = new Composer({
    merge: false,
    intAsBigInt: true,
    // Compares each name with every other; names are compared below.
    uniqueKeys: false,
  });
  const [document, second] = composer.compose(parsed(new Parser(), text, count), true, text.length);
  if (document === undefined) throw new Error('the parser made no document');
  if (second !== undefined && second.contents !== null) {
    const message = 'The text holds several documents; a definition is one.';
    const hint = 'Put each into a file of its own; a line with --- alone begins a document.';
    throw new Refusal('yaml_construct', second.contents.range[0], message, hint);
  }
  return { document, tokens: count.tokens };
}

interface Count {
  tokens: number;
}

function* parsed(parser: Parser, text: string, count: Count): Generator<CST.Token> {
  for (const token of checkedTokens(text, count)) yield* parser.next(token);
  yield* parser.end();
}

/** Counts before anything is made of the tokens, because deep or endless text could exhaust the parser itself. */
function* checkedTokens(text: string, count: Count): Generator<string> {
  const blocks = new Blocks();
  let offset = 0;
  let flow = 0;
  let compact = 0;
  let stray = 0;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    if (type === 'flow-map-start' || type === 'flow-seq-start') flow++;
    else if ((type === 'flow-map-end' || type === 'flow-seq-end') && flow > 0) flow--;
    else if (type === 'flow-map-end' || type === 'flow-seq-end') stray++;
    else if (type === 'directive-line') stray++;
    else if (type === 'seq-item-ind' || type === 'explicit-key-ind') compact++;
    else if (type === 'newline') compact = 0;
    if (flow === 0) blocks.add(type, token);
    if (flow + compact > MAX_DEPTH || blocks.depth > MAX_DEPTH + 1) throw tooDeep(offset);
    if (stray > MAX_STRAY) throw new Refusal('yaml_syntax', offset, `Unexpected ${token.trim()}.`);
    if (type !== 'space' && type !== 'newline' && type !== 'scalar' && type !== 'comment') count.tokens++;
    if (count.tokens > MAX_TOKENS) throw tooManyValues(offset);
    if (type !== 'scalar' && type !== 'doc-mode' && type !== 'flow-error-end') offset += token.length;
    yield token;
  }
}

/** How many indented blocks a line stands in. */
class Blocks {
  readonly #indents: number[] = [];
  /** Of the line, as long as nothing stands in it. */
  #indent: number | null = 0;

  get depth(): number {
    return this.#indents.length;
  }

  add(type: CST.TokenType | null, token: string): void {
    if (type === 'newline') this.#indent = 0;
    else if (this.#indent === null) return;
    else if (type === 'space') this.#indent = token.length;
    else this.#begin(this.#indent);
  }

  #begin(indent: number): void {
    while ((this.#indents.at(-1) ?? -1) >= indent) this.#indents.pop();
    this.#indents.push(indent);
    this.#indent = null;
  }
}
