/** From text to {@link Source}: syntax, limits and forbidden constructs of YAML and JSON. */
import type { Json } from '../../plan/json.ts';
import { jsonFault } from './json-syntax.ts';
import { Lines } from './lines.ts';
import { checkEncoding, checkSize, composed } from './compose.ts';
import { outlineOf, type Outline } from './outline.ts';
import type { DefinitionProblem } from './problem.ts';
import type { Recall } from './recall.ts';
import { Refusal, tooDeep } from './refusal.ts';
import { Source, type Format, type Written } from './source.ts';
import { MAX_FAULTS, toJson } from './to-json.ts';
import { yamlHelp } from './yaml-help.ts';

export interface ParseOptions {
  /** Name of the file, for messages and to find the format. */
  readonly file?: string;
  readonly format?: Format;
  /** What is known of texts that were read before, so that not all of one that is much the same is read again. */
  readonly recall?: Recall;
}

export type Parsed =
  | { readonly source: Source; readonly warnings: readonly DefinitionProblem[] }
  | { readonly errors: readonly DefinitionProblem[] };

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
    const known = options.recall?.near(text);
    const read = known === undefined ? readWhole(text) : readNear(known);
    if ('refusals' in read) return { errors: firstOfEachLine(read.refusals.map(problem)) };
    if (known === undefined && read.outline !== null) options.recall?.keep(read.outline);
    return { source: new Source(file, text, ...read.source), warnings: read.doubts.map(problem) };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { errors: [problem(thrown)] };
    // Whatever makes the parser call itself too often is nested in a way that is not counted above.
    if (thrown instanceof RangeError) return { errors: [problem(tooDeep(0))] };
    throw thrown;
  }
}

/** Where the steps stand in a text; null where that is not plain, or where it is no good definition. */
export function outlineFor(text: string, recall?: Recall): Outline | null {
  const known = recall?.near(text);
  if (known !== undefined) return known;
  try {
    checkSize(text);
    const read = readWhole(text);
    if ('refusals' in read || read.outline === null) return null;
    recall?.keep(read.outline);
    return read.outline;
  } catch (thrown) {
    if (thrown instanceof Refusal || thrown instanceof RangeError) return null;
    throw thrown;
  }
}

interface Read {
  /** What a source is made of. */
  readonly source: readonly [value: Json, written: () => Written, beside?: ReadonlyMap<string, string>];
  readonly doubts: readonly Refusal[];
  readonly outline: Outline | null;
}

/** @throws Refusal, RangeError */
function readWhole(text: string): Read | { readonly refusals: readonly Refusal[] } {
  const whole = composed(text);
  const { document } = whole;
  const refusals = [
    ...document.errors.slice(0, MAX_FAULTS).map((fault) => syntaxRefusal(fault, text)),
    ...document.warnings.slice(0, MAX_FAULTS).map((fault) => tagRefusal(fault, text)),
  ];
  if (refusals.length > 0) return { refusals };
  const converted = toJson(document, text);
  const { value, aliases, faults, doubts } = converted;
  if (faults.length > 0) return { refusals: faults };
  const written = () => ({ document, aliases, lines: new Lines(text) });
  return { source: [value, written], doubts, outline: outlineOf(text, whole, converted) };
}

/** Places are looked for in the whole text all the same. */
function readNear(outline: Outline): Read {
  const { text, value, written: beside, doubts } = outline;
  const written = () => {
    const { document } = composed(text);
    return { document, aliases: new Map(), lines: new Lines(text) };
  };
  return { source: [value, written, beside], doubts, outline };
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

function checkJson(text: string): void {
  const fault = jsonFault(text.replace(/^\ufeff/, ' '));
  if (fault !== null) throw new Refusal('json_syntax', fault.offset, `The text is no JSON. ${fault.message}`);
}

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

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
