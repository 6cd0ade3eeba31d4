/** From text to {@link Source}: syntax, limits and forbidden constructs of YAML and JSON. */
import { Composer, CST, isAlias, isMap, isNode, isScalar, isSeq, Lexer, Parser } from 'yaml';
import type { Alias, Document, Node, Pair, Scalar } from 'yaml';
import { wholeNumber } from '../../plan/exact-json.ts';
import { utf8Bytes, type Json } from '../../plan/json.ts';
import { jsonFault } from './json-syntax.ts';
import { Lines } from './lines.ts';
import type { DefinitionProblem } from './problem.ts';
import { Source, writtenName, type Format } from './source.ts';
import { doubtOf } from './yaml-doubts.ts';
import { yamlHelp } from './yaml-help.ts';

const MAX_TEXT_BYTES = 1024 * 1024;
const MAX_DEPTH = 50;
const MAX_VALUES = 50_000;
const MAX_LINES = 50_000;
const MAX_ALIASES = 50;
/** So many errors of syntax are looked at. */
const MAX_FAULTS = 1_000;
/** The parser takes a long time over more brackets than this that close nothing, or lines that begin with %. */
const MAX_STRAY = 50;
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export interface ParseOptions {
  /** Name of the file, for messages and to find the format. */
  readonly file?: string;
  readonly format?: Format;
}

export type Parsed =
  | { readonly source: Source; readonly warnings: readonly DefinitionProblem[] }
  | { readonly errors: readonly DefinitionProblem[] };

/** Something that ends the parse at once. */
class Refusal extends Error {
  readonly code: string;
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(code: string, offset: number, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.offset = offset;
    this.hint = hint;
  }
}

/** Reads YAML or JSON. Syntax errors come all at once, with line and column. Never throws. */
export function parseDefinition(text: string, options: ParseOptions = {}): Parsed {
  const file = options.file ?? null;
  const lines = lazily(() => new Lines(text));
  const problem = ({ code, offset, message, hint }: Refusal): DefinitionProblem => {
    const place = { file, ...lines().positionOf(offset), path: '' };
    return { ...place, code, message, ...(hint === undefined ? {} : { hint }) };
  };
  try {
    checkSize(text);
    checkEncoding(text);
    if (formatOf(text, options) === 'json') checkJson(text);
    const document = composed(text);
    const refusals = [
      ...document.errors.slice(0, MAX_FAULTS).map((fault) => syntaxRefusal(fault, text)),
      ...document.warnings.slice(0, MAX_FAULTS).map((fault) => tagRefusal(fault, text)),
    ];
    if (refusals.length > 0) return { errors: firstOfEachLine(refusals.map(problem)) };
    const { value, aliases, faults, doubts } = toJson(document, text);
    if (faults.length > 0) return { errors: firstOfEachLine(faults.map(problem)) };
    const source = new Source(file, text, value, { document, aliases, lines: lines() });
    return { source, warnings: doubts.map(problem) };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { errors: [problem(thrown)] };
    // Whatever makes the parser call itself too often is nested in a way that is not counted above.
    if (thrown instanceof RangeError) return { errors: [problem(tooDeep(0))] };
    throw thrown;
  }
}

/** What follows a syntax error on its line is mostly its consequence. */
function firstOfEachLine(errors: readonly DefinitionProblem[]): readonly DefinitionProblem[] {
  const first = new Map<number, DefinitionProblem>();
  for (const error of errors) if (!first.has(error.line)) first.set(error.line, error);
  return [...first.values()].slice(0, 100);
}

/** By option, else by extension, else by content. */
export function formatOf(text: string, { file, format }: ParseOptions): Format {
  if (format !== undefined) return format;
  if (/\.json$/i.test(file ?? '')) return 'json';
  if (/\.ya?ml$/i.test(file ?? '')) return 'yaml';
  return text.trimStart().startsWith('{') && jsonFault(text) === null ? 'json' : 'yaml';
}

function checkSize(text: string): void {
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

/** What is no UTF-8 has become U+FFFD where it was read. */
function checkEncoding(text: string): void {
  const at = text.indexOf('\ufffd');
  if (at < 0) return;
  const message = 'The text is not UTF-8: a letter here cannot be read.';
  throw new Refusal('text_encoding', at, message, 'Save the file as UTF-8.');
}

function checkJson(text: string): void {
  const fault = jsonFault(text.replace(/^\ufeff/, ' '));
  if (fault !== null) throw new Refusal('json_syntax', fault.offset, `The text is no JSON. ${fault.message}`);
}

/** The document of the text. */
function composed(text: string): Document {
  const composer = new Composer({
    merge: false,
    intAsBigInt: true,
    // Compares each name with every other; names are compared below.
    uniqueKeys: false,
  });
  const [document, second] = composer.compose(parsed(new Parser(), text), true, text.length);
  if (document === undefined) throw new Error('the parser made no document');
  if (second !== undefined && second.contents !== null) {
    const message = 'The text holds several documents; a definition is one.';
    const hint = 'Put each into a file of its own; a line with --- alone begins a document.';
    throw new Refusal('yaml_construct', second.contents.range[0], message, hint);
  }
  return document;
}

function* parsed(parser: Parser, text: string): Generator<CST.Token> {
  for (const token of checkedTokens(text)) yield* parser.next(token);
  yield* parser.end();
}

/** Counts before anything is made of the tokens, because deep or endless text could exhaust the parser itself. */
function* checkedTokens(text: string): Generator<string> {
  const blocks = new Blocks();
  let offset = 0;
  let values = 0;
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
    if (type !== 'space' && type !== 'newline' && type !== 'scalar' && type !== 'comment') values++;
    if (values > 3 * MAX_VALUES) throw tooManyValues(offset);
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

const tooDeep = (offset: number): Refusal =>
  new Refusal(
    'too_deep',
    offset,
    `The definition is nested more than ${MAX_DEPTH} levels deep.`,
    'Nest less.',
  );

const tooManyValues = (offset: number): Refusal =>
  new Refusal(
    'too_many_values',
    offset,
    `The definition holds more than ${MAX_VALUES} values.`,
    'Split the workflow.',
  );

interface YamlFault {
  readonly message: string;
  readonly pos: readonly [number, number];
}

function syntaxRefusal({ message, pos }: YamlFault, text: string): Refusal {
  const told = `${message}.`.replace(/\.\.$/, '.');
  const help = yamlHelp(text, pos[0], message);
  return new Refusal('yaml_syntax', pos[0], help?.message ?? told, help?.hint);
}

function tagRefusal({ message, pos }: YamlFault, text: string): Refusal {
  const told = `${message}. Tags are not part of the format.`;
  const help = yamlHelp(text, pos[0], message);
  const hint =
    help === undefined ? 'Leave the tag out.' : `Leave the tag out, or if it is a text: ${help.hint}`;
  return new Refusal('yaml_construct', pos[0], told, hint);
}

interface Converted {
  readonly value: Json;
  readonly aliases: ReadonlyMap<Node, Node>;
  /** Names that cannot be, or stand twice in a map. */
  readonly faults: readonly Refusal[];
  /** What may mean something else than its author thinks. */
  readonly doubts: readonly Refusal[];
}

/** The document as plain JSON; aliases are expanded within the limits. */
function toJson(document: Document, text: string): Converted {
  const converter = new Converter(text);
  const value = converter.convert(document.contents, 0);
  const { aliases, faults } = converter;
  return { value, aliases, faults, doubts: [...converter.doubts, ...converter.unusedAnchors()] };
}

/** One walk through a document, in the order of its text. */
class Converter {
  readonly aliases = new Map<Node, Node>();
  readonly faults: Refusal[] = [];
  readonly doubts: Refusal[] = [];
  readonly #text: string;
  readonly #anchors = new Map<string, Node>();
  #values = 0;
  /** Aliases that were followed, and how many of them the walk is inside of. */
  #followed = 0;
  #inside = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Anchors that no alias means: most likely the beginning of a text. */
  unusedAnchors(): readonly Refusal[] {
    const used = new Set(this.aliases.values());
    return [...this.#anchors].flatMap(([name, node]) => {
      if (used.has(node)) return [];
      const message = `"&${name}" is an anchor to YAML and no part of the text; nothing refers to it.`;
      const hint = 'Put the text in quotes, or leave the anchor out.';
      return [new Refusal('anchor_unused', node.range?.[0] ?? 0, message, hint)];
    });
  }

  convert(node: Node | null, depth: number): Json {
    const offset = node?.range?.[0] ?? 0;
    if (depth > MAX_DEPTH) throw tooDeep(offset);
    if (++this.#values > MAX_VALUES) throw tooManyValues(offset);
    if (isAlias(node)) return this.#follow(this.#meant(node, offset), depth + 1);
    if (this.#inside === 0 && isNode(node) && node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isMap(node)) return this.#map(node.items as readonly Pair<Node, Node | null>[], depth + 1);
    if (isSeq(node)) return node.items.map((item) => this.convert(item as Node, depth + 1));
    if (!isScalar(node)) return null;
    if (this.#inside === 0) this.#doubt(node, offset);
    return scalarOf(node, offset);
  }

  #doubt(node: Scalar, offset: number): void {
    const doubt = doubtOf(node, this.#text);
    if (doubt !== null && this.doubts.length < MAX_FAULTS)
      this.doubts.push(new Refusal(doubt.code, offset, doubt.message, doubt.hint));
  }

  #follow(target: Node, depth: number): Json {
    this.#inside++;
    const value = this.convert(target, depth);
    this.#inside--;
    return value;
  }

  /** What an alias stands for: the last node before it that has this anchor. */
  #meant(alias: Alias, offset: number): Node {
    if (++this.#followed > MAX_ALIASES) {
      const message = `More than ${MAX_ALIASES} aliases.`;
      throw new Refusal('yaml_construct', offset, message, 'Write the values out.');
    }
    const target = this.aliases.get(alias) ?? this.#anchors.get(alias.source);
    if (target === undefined) {
      const help = yamlHelp(this.#text, offset, '');
      const message = `There is no anchor "${alias.source}" before this alias.`;
      throw new Refusal('yaml_syntax', offset, help?.message ?? message, help?.hint);
    }
    this.aliases.set(alias, target);
    return target;
  }

  #map(pairs: readonly Pair<Node, Node | null>[], depth: number): Json {
    const members = new Map<string, Json>();
    for (const { key, value } of pairs) {
      const name = this.#nameOf(key);
      if (name === null) continue;
      if (members.has(name)) this.#duplicate(key.range?.[0] ?? 0);
      members.set(name, this.convert(value, depth));
    }
    return Object.fromEntries(members);
  }

  #duplicate(offset: number): void {
    const message = 'This name stands twice in the same map.';
    this.#fault(new Refusal('field_duplicate', offset, message, 'Keep one of the two.'));
  }

  #fault(fault: Refusal): null {
    if (this.faults.length < MAX_FAULTS) this.faults.push(fault);
    return null;
  }

  /** The name as it is written; null after it was noted that it cannot be one. */
  #nameOf(key: Node | null): string | null {
    const offset = key?.range?.[0] ?? 0;
    const name = writtenName(key);
    if (name === null) {
      const help = yamlHelp(this.#text, offset, '');
      const message =
        help?.message ?? 'A name must be a plain text, not a list, map or alias, and not empty.';
      return this.#fault(new Refusal('yaml_construct', offset, message, help?.hint));
    }
    if (name === '<<') {
      const message = 'Merge keys (<<) are not part of the format.';
      return this.#fault(new Refusal('yaml_construct', offset, message, 'Write the fields out.'));
    }
    if (!FORBIDDEN.has(name)) return name;
    const message = `The name "${name}" cannot be used.`;
    return this.#fault(new Refusal('name_forbidden', offset, message, 'Choose another name.'));
  }
}

function scalarOf({ value, source = '' }: Scalar, offset: number): Json {
  if (typeof value !== 'number' && typeof value !== 'bigint') return (value ?? null) as Json;
  if (!Number.isFinite(Number(value))) throw noNumber(source, offset);
  return typeof value === 'bigint' ? wholeNumber(value) : value;
}

/** `.inf` and `.nan` are numbers in YAML only; others are too large for any reader. */
function noNumber(source: string, offset: number): Refusal {
  if (!/\d/.test(source)) return new Refusal('number_invalid', offset, 'This is no JSON number.');
  const hint = 'Write it in quotes, as a text.';
  return new Refusal('number_out_of_range', offset, 'This number is too large (beyond 1.8e308).', hint);
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
