/** Where in a definition one writes: in which map, a name or a value, beside which other names. Pure, by the text alone: it need not be whole. */
import { flowPlace } from './flow-place.ts';
import type { PlacePath } from './members-at.ts';

export interface Place {
  /** Of the map; `*` for an item of a list. */
  readonly path: PlacePath;
  /** `key`: a name is written, or in a list the beginning of an item; `value`: the value of `member`. */
  readonly expects: 'key' | 'value';
  /** Whose value it is; of an item, whose list. */
  readonly member: string | undefined;
  /** Names that the map has beside it, as far as they are seen. */
  readonly present: readonly string[];
  /** Where the word begins. */
  readonly from: number;
  /** It has begun with a quote, which stands before `from`. */
  readonly quoted: boolean;
  /** It stands in `{ }` or `[ ]`. */
  readonly flow: boolean;
}

/** Undefined where nothing can be said, such as in a comment. */
export function placeAt(text: string, offset: number, format: 'yaml' | 'json'): Place | undefined {
  if (format === 'json') return flowPlace(text.slice(0, offset), 0, []);
  const begins = text.lastIndexOf('\n', offset - 1) + 1;
  const lines = new Lines(text);
  const at = countLines(text, begins);
  const head = readLine(text.slice(begins, offset));
  if (/(^|\s)#/.test(withoutTexts(head.rest))) return undefined;
  const path = pathOf(lines, at, head);
  const start = begins + head.column;
  const { key, value } = head;
  if (key === undefined) return withoutKey(head, { path, lines, at, start, offset });
  const open = begins + head.column + head.rest.length - value.length;
  if (/^[{[]/.test(value)) return flowPlace(value, open, [...path, key]);
  const word = wordBefore(value);
  return {
    path,
    expects: 'value',
    member: key,
    present: presentIn(lines, at, head.column),
    from: offset - word.length,
    quoted: /["']$/.test(value.slice(0, value.length - word.length)),
    flow: false,
  };
}

interface Around {
  readonly path: PlacePath;
  readonly lines: Lines;
  readonly at: number;
  readonly start: number;
  readonly offset: number;
}

function withoutKey(head: Line, { path, lines, at, start, offset }: Around): Place | undefined {
  const { rest, column } = head;
  if (/^[{[]/.test(rest)) return flowPlace(rest, start, path);
  const text = textMember(lines, at, column);
  if (text !== undefined) {
    const from = offset - wordBefore(rest).length;
    return {
      path: path.slice(0, -1),
      expects: 'value',
      member: text,
      present: [],
      from,
      quoted: false,
      flow: false,
    };
  }
  const isItem = path.at(-1) === '*';
  const word = wordBefore(rest);
  // Words of a text that goes on over the line.
  if (rest.trimStart() !== word && !/^["']/.test(rest)) return undefined;
  return {
    path,
    expects: 'key',
    member: isItem ? path.at(-2) : undefined,
    present: presentIn(lines, at, column),
    from: offset - word.length,
    quoted: rest !== word && /^["']/.test(rest),
    flow: false,
  };
}

/** A line in its parts. */
interface Line {
  /** Where the first dash stands, or else the first word. */
  readonly indent: number;
  /** Where what comes after the dashes begins. */
  readonly column: number;
  /** Where each dash stands. */
  readonly dashes: readonly number[];
  readonly rest: string;
  readonly key: string | undefined;
  /** What stands after the key and its colon. */
  readonly value: string;
  readonly isEmpty: boolean;
}

const KEY = /^(?:"([^"]*)"|'([^']*)'|([^\s#{}[\],"'&*!|>%@`-][^:#]*?|-[^\s:#]+)):(?:\s+(.*))?$/;

function readLine(text: string): Line {
  const [, spaces = '', markers = '', rest = ''] = /^( *)((?:- +|-$)*)(.*)$/.exec(text) ?? [];
  const dashes = [...markers.matchAll(/-/g)].map(({ index }) => spaces.length + index);
  const found = KEY.exec(rest.replace(/\s+#.*$/, '').trimEnd()) ?? KEY.exec(rest);
  const key = found?.[1] ?? found?.[2] ?? found?.[3];
  return {
    indent: spaces.length,
    column: spaces.length + markers.length,
    dashes,
    rest,
    key,
    value: key === undefined ? '' : (/:\s+(.*)$/.exec(rest.slice(found?.[0].indexOf(':') ?? 0))?.[1] ?? ''),
    isEmpty: /^\s*(#.*)?$/.test(text),
  };
}

/** The lines of a text, each read when somebody looks at it: of a long one most never are. */
class Lines {
  readonly #texts: readonly string[];
  readonly #read = new Map<number, Line>();

  constructor(text: string) {
    this.#texts = text.split('\n');
  }

  get length(): number {
    return this.#texts.length;
  }

  at(index: number): Line | undefined {
    const text = this.#texts[index];
    if (text === undefined) return undefined;
    const line = this.#read.get(index) ?? readLine(text);
    this.#read.set(index, line);
    return line;
  }

  /** It begins further in than that, so that nothing there stands around it. */
  isWithin(index: number, column: number): boolean {
    const text = this.#texts[index] ?? '';
    for (let at = 0; at <= column; at++) if (text.charAt(at) !== ' ') return false;
    return true;
  }
}

/** The way to the map in which the line stands. */
function pathOf(lines: Lines, at: number, head: Line): PlacePath {
  const path: string[] = [];
  let { column } = head;
  let inList = false;
  const leave = (dashes: readonly number[]) => {
    for (const dash of dashes.toReversed()) {
      path.unshift('*');
      column = dash;
      inList = true;
    }
  };
  leave(head.dashes);
  for (let i = at - 1; i >= 0 && (column > 0 || inList); i--) {
    const line = lines.isWithin(i, column) ? undefined : lines.at(i);
    if (line === undefined || line.isEmpty) continue;
    const isParent = line.column < column || (inList && line.column === column && line.dashes.length === 0);
    if (isParent && line.key !== undefined && opens(line.value)) {
      path.unshift(line.key);
      column = line.column;
      inList = false;
      leave(line.dashes);
    } else if (!inList && line.column === column && line.dashes.length > 0) leave(line.dashes);
  }
  return path;
}

/** Does what belongs to the key stand below it? */
function opens(value: string): boolean {
  return /^(#.*|&\S+)?$/.test(value) || isText(value);
}

function isText(value: string): boolean {
  return /^[|>][+-]?\d?\s*(#.*)?$/.test(value);
}

/** The member whose text (`|`, `>`) goes on in the line. */
function textMember(lines: Lines, at: number, column: number): string | undefined {
  for (let i = at - 1; i >= 0; i--) {
    const line = lines.isWithin(i, column) ? undefined : lines.at(i);
    if (line === undefined || line.isEmpty || line.column >= column) continue;
    return line.key !== undefined && isText(line.value) ? line.key : undefined;
  }
  return undefined;
}

/** Names at this column in the same map, before and after the line. */
function presentIn(lines: Lines, at: number, column: number): readonly string[] {
  const names: string[] = [];
  const own = lines.at(at);
  for (let i = at - 1; i >= 0 && own?.dashes.length === 0; i--) {
    const line = lines.at(i);
    if (line === undefined || line.isEmpty) continue;
    if (line.column < column) break;
    if (line.column === column && line.key !== undefined) names.push(line.key);
    if (line.indent < column) break;
  }
  for (let i = at + 1; i < lines.length; i++) {
    const line = lines.at(i);
    if (line === undefined || line.isEmpty) continue;
    if (line.indent < column) break;
    if (line.column === column && line.key !== undefined) names.push(line.key);
  }
  return names;
}

function wordBefore(text: string): string {
  return /[\w./-]*$/.exec(text)?.[0] ?? '';
}

function withoutTexts(text: string): string {
  return text.replaceAll(/"[^"]*"?|'[^']*'?/g, '');
}

function countLines(text: string, until: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < until; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
