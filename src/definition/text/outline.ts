/**
 * Where the steps of a definition stand in its text, so that a text that differs from it only among its steps is read
 * without reading all of it again.
 *
 * What it answers is what reading the whole text would: a part of a list of steps means the same by itself, as long as it
 * begins and ends where steps begin, and nothing in it refers to what stands elsewhere. Whatever is not plainly so is
 * not answered, and the whole text is read. Steps that are as they were are the same objects.
 */
import { isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Json, JsonObject, Path } from '../../plan/json.ts';
import { composed, MAX_TOKENS, type Composed } from './compose.ts';
import { MAX_VALUES, Refusal } from './refusal.ts';
import { placeOf, writtenName } from './source.ts';
import { MAX_FAULTS, toJson, type Converted } from './to-json.ts';

/** Written as lines under `steps:`, or between brackets in a definition that is JSON. */
type Form = { readonly block: true; readonly indent: string } | { readonly block: false };

export interface Outline {
  readonly text: string;
  readonly value: JsonObject;
  readonly steps: readonly Json[];
  readonly form: Form;
  /** Offsets at which the part of each step begins, which goes as far as the next one. */
  readonly starts: readonly number[];
  /** Where the last part ends. */
  readonly end: number;
  /** Beside the steps: what stands for values that are no texts, by {@link placeOf}. */
  readonly written: ReadonlyMap<string, string>;
  readonly doubts: readonly Refusal[];
  readonly values: number;
  /** At least so many as a reading of the whole text would count. */
  readonly tokens: number;
}

/** Null where its steps do not stand so that they could be read apart. */
export function outlineOf(
  text: string,
  { document, tokens }: Composed,
  { value, doubts, count, anchored, aliases }: Converted,
): Outline | null {
  const root = document.contents;
  if (anchored || aliases.size > 0 || !isMap(root) || !isObject(value)) return null;
  const at = root.items.findIndex(({ key }) => writtenName(key) === 'steps');
  const list = root.items[at]?.value;
  const steps = value['steps'];
  if (!isSeq(list) || !Array.isArray(steps) || steps.length === 0) return null;
  const parts =
    root.flow === true ? flowParts(list) : blockParts(text, list, endOf(text, root as YAMLMap, at));
  if (parts === null) return null;
  const written = writtenBeside(root as YAMLMap);
  return { text, value, steps: steps as Json[], ...parts, written, doubts, values: count, tokens };
}

/** The outline of another text; null where it differs elsewhere too, or in a way that is not seen through. */
export function outlineAgain(known: Outline, text: string): Outline | null {
  const part = differing(known, text);
  if (part === null) return null;
  const read = readPart(text.slice(part.from, part.to), known.form, part);
  if (read === null) return null;
  const { first, after, delta } = part;
  const removed = known.steps.slice(first, after);
  const values = known.values - removed.reduce<number>((sum, step) => sum + countOf(step), 0) + read.values;
  const tokens = known.tokens + read.tokens;
  const steps = [...known.steps.slice(0, first), ...read.steps, ...known.steps.slice(after)];
  if (values > MAX_VALUES || tokens > MAX_TOKENS || steps.length === 0) return null;
  return {
    ...{ text, steps, values, tokens },
    ...{ form: known.form, written: known.written, value: { ...known.value, steps } },
    starts: [
      ...known.starts.slice(0, first),
      ...read.starts.map((start) => part.from + start),
      ...known.starts.slice(after).map((start) => start + delta),
    ],
    end: known.end + delta,
    doubts: [
      ...known.doubts.filter(({ offset }) => offset < part.from),
      ...read.doubts.map((doubt) => moved(doubt, part.from)),
      ...known.doubts.filter(({ offset }) => offset >= part.to - delta).map((doubt) => moved(doubt, delta)),
    ].slice(0, MAX_FAULTS),
  };
}

/** Which steps stand otherwise, and where what stands for them now is. */
interface Differing {
  readonly first: number;
  /** The first step behind it that is as it was. */
  readonly after: number;
  readonly from: number;
  readonly to: number;
  /** By how much what is behind it has moved. */
  readonly delta: number;
  readonly isLast: boolean;
  /** Nothing stands behind it in the text. */
  readonly isEnd: boolean;
}

function differing({ text: before, starts, end }: Outline, text: string): Differing | null {
  const same = commonStart(before, text);
  const delta = text.length - before.length;
  const changedTo = before.length - commonEnd(before, text, same);
  const [begin = 0] = starts;
  if (same < begin || changedTo > end) return null;
  const first = starts.findLastIndex((start) => start <= same);
  const endOfPart = (at: number) => starts[at + 1] ?? end;
  const found = starts.findIndex((_, at) => at >= first && endOfPart(at) >= changedTo);
  const from = starts[first] ?? begin;
  // Nothing of the step itself is touched where something is put before it.
  const after = changedTo === from ? first : found + 1;
  const to = after === first ? from : endOfPart(after - 1);
  return {
    first,
    after,
    from,
    to: to + delta,
    delta,
    isLast: after === starts.length,
    isEnd: to === before.length,
  };
}

interface Part extends Pick<Outline, 'steps' | 'starts' | 'doubts' | 'values' | 'tokens'> {}

/** What is behind it would be another document. */
const DOCUMENT_MARK = /^(?:---|\.\.\.)(?:\s|$)/m;

const NOTHING: Part = { steps: [], starts: [], doubts: [], values: 0, tokens: 0 };

/** What part of a list of steps means; null where it is none by itself. */
function readPart(text: string, form: Form, { isLast, isEnd }: Differing): Part | null {
  if (text === '') return NOTHING;
  if (form.block && !(text.startsWith(`${form.indent}- `) && (isEnd || text.endsWith('\n')))) return null;
  if (DOCUMENT_MARK.test(text)) return null;
  if (!form.block && /,\s*$/.test(text) === isLast) return null;
  // Between brackets, as it stands there.
  const [whole, shift] = form.block ? [text, 0] : [`[${text}]`, -1];
  const read = readAlone(whole);
  if (read === null || !isSeq(read.document.contents)) return null;
  const list = read.document.contents;
  const parts = form.block ? blockParts(whole, list, whole.length) : flowParts(list);
  const { value, doubts, count } = read.converted;
  if (parts === null || !Array.isArray(value) || value.length === 0) return null;
  if (form.block && (!parts.form.block || parts.form.indent !== form.indent)) return null;
  const starts = parts.starts.map((start) => start + shift);
  if (starts[0] !== 0) return null;
  return {
    ...{ steps: value as Json[], starts, tokens: read.tokens },
    doubts: doubts.map((doubt) => moved(doubt, shift)),
    values: count - 1,
  };
}

function readAlone(text: string): (Composed & { readonly converted: Converted }) | null {
  try {
    const read = composed(text);
    if (read.document.errors.length > 0 || read.document.warnings.length > 0) return null;
    const converted = toJson(read.document, text, 1);
    const { faults, anchored, aliases } = converted;
    return faults.length > 0 || anchored || aliases.size > 0 ? null : { ...read, converted };
  } catch (thrown) {
    if (thrown instanceof Refusal || thrown instanceof RangeError) return null;
    throw thrown;
  }
}

type Parts = Pick<Outline, 'form' | 'starts' | 'end'>;

/** Each step begins a line, with its dash; they stand one below the other. */
function blockParts(text: string, list: YAMLSeq, end: number | null): Parts | null {
  if (list.flow === true || end === null) return null;
  const starts: number[] = [];
  let indent: string | undefined;
  for (const step of list.items) {
    const at = isMap(step) ? step.range?.[0] : undefined;
    if (at === undefined) return null;
    const start = text.lastIndexOf('\n', at - 1) + 1;
    const dash = /^( *)- +$/.exec(text.slice(start, at));
    indent ??= dash?.[1];
    if (dash === null || dash[1] !== indent) return null;
    starts.push(start);
  }
  return indent === undefined ? null : { form: { block: true, indent }, starts, end };
}

function flowParts(list: YAMLSeq): Parts | null {
  const ranges = list.items.map((step) => (isMap(step) && step.flow === true ? step.range : undefined));
  const [end] = ranges.slice(-1).map((range) => range?.[1]);
  const starts = ranges.flatMap((range) => (range == null ? [] : [range[0]]));
  if (end === undefined || starts.length < ranges.length) return null;
  return { form: { block: false }, starts, end };
}

/** Where the member of the definition that comes after the steps begins; null where that begins no line. */
function endOf(text: string, root: YAMLMap, at: number): number | null {
  const next = root.items[at + 1];
  if (next === undefined) return text.length;
  const start = (next.key as { readonly range?: readonly number[] }).range?.[0];
  return start !== undefined && text.charAt(start - 1) === '\n' ? start : null;
}

/** What stands for values that are no texts, beside the steps. */
function writtenBeside(root: YAMLMap): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (node: unknown, path: Path): void => {
    if (isScalar(node) && typeof node.value !== 'string') found.set(placeOf(path), node.source ?? '');
    if (isSeq(node)) node.items.forEach((item, at) => visit(item, [...path, at]));
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      const name = writtenName(key);
      if (name !== null && (path.length > 0 || name !== 'steps')) visit(value, [...path, name]);
    }
  };
  visit(root, []);
  return found;
}

/** As many as are counted where a text is read. */
function countOf(value: Json): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value as Record<string, Json>).reduce<number>((sum, one) => sum + countOf(one), 1);
}

const moved = ({ code, offset, message, hint }: Refusal, by: number): Refusal =>
  new Refusal(code, offset + by, message, hint);

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Compared a stretch at a time, which is a single comparison of memory. */
const STRETCH = 4_096;

function commonStart(left: string, right: string): number {
  const most = Math.min(left.length, right.length);
  let at = 0;
  while (at + STRETCH <= most && left.slice(at, at + STRETCH) === right.slice(at, at + STRETCH))
    at += STRETCH;
  while (at < most && left.charCodeAt(at) === right.charCodeAt(at)) at++;
  return at;
}

/** @param start what is counted as common already */
function commonEnd(left: string, right: string, start: number): number {
  const most = Math.min(left.length, right.length) - start;
  const tail = (text: string, from: number, to: number) => text.slice(text.length - to, text.length - from);
  let at = 0;
  while (at + STRETCH <= most && tail(left, at, at + STRETCH) === tail(right, at, at + STRETCH))
    at += STRETCH;
  while (at < most && left.charCodeAt(left.length - 1 - at) === right.charCodeAt(right.length - 1 - at)) at++;
  return at;
}
