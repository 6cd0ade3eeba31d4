/**
 * A definition's text as data, with the way back from every value to its line and column.
 *
 * Guarantees on success: plain JSON without `__proto__`, `constructor` and `prototype` members, at most 50 deep and
 * 100,000 values, aliases expanded. Whether it is a good definition is not judged here.
 */
import type { Document, LineCounter, Node } from 'yaml';
import { isAlias, isMap, isPair, isScalar, isSeq } from 'yaml';
import type { Json, Path } from '../plan/json.ts';

export type Format = 'yaml' | 'json';

/** What of a path is meant: its value, the name before it, or the nth `{{` inside its text (from 0). */
export type Target = 'value' | 'key' | { readonly opening: number };

export interface Position {
  readonly line: number;
  readonly column: number;
}

export class Source {
  readonly file: string | null;
  readonly text: string;
  readonly value: Json;
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(file: string | null, text: string, value: Json, document: Document, lines: LineCounter) {
    this.file = file;
    this.text = text;
    this.value = value;
    this.#document = document;
    this.#lines = lines;
  }

  /** Where `path` stands; for what is missing, where its nearest existing parent begins. */
  locate(path: Path, target: Target): Position {
    const { key, node } = this.#find(path);
    const at = target === 'key' ? (key ?? node) : (node ?? key);
    const start = at?.range?.[0] ?? 0;
    return this.#position(typeof target === 'object' ? this.#opening(node, target.opening, start) : start);
  }

  /** The text of a scalar as it is written, so that `1.10` is not 1.1; undefined when there is none. */
  written(path: Path): string | undefined {
    const { node } = this.#find(path);
    return isScalar(node) ? (node.source ?? undefined) : undefined;
  }

  #find(path: Path): { key: Node | null; node: Node | null } {
    let key: Node | null = null;
    let node: Node | null = this.#document.contents;
    for (const part of path) {
      const next = memberOf(this.#resolved(node), part);
      if (next === null) return { key, node: isScalar(node) ? node : (key ?? node) };
      [key, node] = [next.key, next.node];
    }
    return { key, node };
  }

  #resolved(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.#document) ?? null) : node;
  }

  /** Values hold as many `{{` as their written forms, whatever the quoting, so the nth is the nth. */
  #opening(node: Node | null, nth: number, start: number): number {
    const end = node?.range?.[1] ?? start;
    let at = start - 1;
    for (let i = 0; i <= nth; i++) {
      const found = this.text.indexOf('{{', at + 1);
      if (found < 0 || found >= end) return start;
      at = i === nth ? found : found + 1;
    }
    return at;
  }

  #position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

function memberOf(
  parent: Node | null,
  part: string | number,
): { key: Node | null; node: Node | null } | null {
  if (isSeq(parent) && typeof part === 'number') {
    const item = parent.items[part] as Node | undefined;
    return item === undefined ? null : { key: item, node: item };
  }
  if (!isMap(parent)) return null;
  const pair = parent.items.find(
    (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === part,
  );
  return pair === undefined ? null : { key: pair.key as Node, node: pair.value as Node | null };
}
