/**
 * A definition's text as data, with the way back from every value to its line and column.
 *
 * Guarantees on success: plain JSON without `__proto__`, `constructor` and `prototype` members, at most 50 deep and
 * 100,000 values, aliases expanded. Whether it is a good definition is not judged here.
 */
import type { Document, Node, YAMLMap } from 'yaml';
import { isAlias, isMap, isPair, isScalar, isSeq } from 'yaml';
import type { Json, Path } from '../../plan/json.ts';
import type { Lines, Position } from './lines.ts';

export type Format = 'yaml' | 'json';

/** What of a path is meant: its value, the name before it, or the nth `{{` inside its text (from 0). */
export type Target = 'value' | 'key' | { readonly opening: number };

/** The member of a map. */
interface Member {
  readonly key: Node;
  readonly node: Node | null;
}

/** What stands behind the values: their nodes in the text. */
export interface Written {
  readonly document: Document;
  /** What each alias stands for. */
  readonly aliases: ReadonlyMap<Node, Node>;
  readonly lines: Lines;
}

/** A name as it is written, so that `1.10` is not 1.1; null for what is no plain text, or empty. */
export function writtenName(key: unknown): string | null {
  if (!isScalar(key)) return null;
  if (typeof key.value === 'string') return key.value;
  return key.source === undefined || key.source === '' ? null : key.source;
}

/** A path as the key of a map. */
export const placeOf = (path: Path): string => JSON.stringify(path);

export class Source {
  readonly file: string | null;
  readonly text: string;
  readonly value: Json;
  readonly #written: () => Written;
  readonly #beside: ReadonlyMap<string, string> | undefined;
  /** Members by name, of the maps that were searched. */
  readonly #members = new Map<YAMLMap, ReadonlyMap<string, Member>>();
  #lastOpening = { node: null as Node | null, nth: -1, at: 0 };

  /**
   * @param written is asked for once, where a place is looked for
   * @param beside what values beside the steps are written as, by {@link placeOf}, where that is known without
   */
  constructor(
    file: string | null,
    text: string,
    value: Json,
    written: () => Written,
    beside?: ReadonlyMap<string, string>,
  ) {
    this.file = file;
    this.text = text;
    this.value = value;
    this.#written = lazily(written);
    this.#beside = beside;
  }

  /** Where `path` stands; for what is missing, where its nearest existing parent begins. */
  locate(path: Path, target: Target): Position {
    const { key, node } = this.#find(path);
    const at = target === 'key' ? (key ?? node) : (node ?? key);
    const start = at?.range?.[0] ?? 0;
    const offset = typeof target === 'object' ? this.#opening(node, target.opening, start) : start;
    return this.#written().lines.positionOf(offset);
  }

  /** The text of a scalar as it is written, so that `1.10` is not 1.1; undefined when there is none. */
  written(path: Path): string | undefined {
    if (this.#beside !== undefined && path[0] !== 'steps') return this.#beside.get(placeOf(path));
    const node = this.#resolved(this.#find(path).node);
    return isScalar(node) ? (node.source ?? undefined) : undefined;
  }

  #find(path: Path): { key: Node | null; node: Node | null } {
    let key: Node | null = null;
    let node: Node | null = this.#written().document.contents;
    for (const part of path) {
      const next = this.#memberOf(this.#resolved(node), part);
      if (next === null) return { key, node: isScalar(node) ? node : (key ?? node) };
      [key, node] = [next.key, next.node];
    }
    return { key, node };
  }

  #resolved(node: Node | null): Node | null {
    let at = node;
    while (isAlias(at)) at = this.#written().aliases.get(at) ?? null;
    return at;
  }

  #memberOf(parent: Node | null, part: string | number): Member | null {
    if (isSeq(parent) && typeof part === 'number') {
      const item = parent.items[part] as Node | undefined;
      return item === undefined ? null : { key: item, node: item };
    }
    return isMap(parent) ? (this.#membersOf(parent).get(String(part)) ?? null) : null;
  }

  #membersOf(map: YAMLMap): ReadonlyMap<string, Member> {
    const known = this.#members.get(map);
    if (known !== undefined) return known;
    const members = new Map<string, Member>();
    for (const { key, value } of map.items.filter((item) => isPair(item))) {
      const name = writtenName(key);
      if (name === null || members.has(name)) continue;
      members.set(name, { key: key as Node, node: value as Node | null });
    }
    this.#members.set(map, members);
    return members;
  }

  /**
   * Values hold as many `{{` as their written forms, whatever the quoting, so the nth is the nth. The search goes on
   * where the last one in the same node stopped.
   */
  #opening(node: Node | null, nth: number, start: number): number {
    const end = node?.range?.[1] ?? start;
    const last = this.#lastOpening;
    const known = last.node === node && last.nth <= nth;
    let at = known ? last.at : start - 1;
    for (let i = known ? last.nth : -1; i < nth; i++) {
      at = this.text.indexOf('{{', at + 1);
      if (at < 0 || at >= end) return start;
    }
    this.#lastOpening = { node, nth, at };
    return at;
  }
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
