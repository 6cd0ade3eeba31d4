/** From a document of YAML to plain JSON, with what is wrong or doubtful in it on the way. */
import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Alias, Document, Node, Pair, Scalar } from 'yaml';
import { wholeNumber } from '../../plan/exact-json.ts';
import type { Json } from '../../plan/json.ts';
import { MAX_DEPTH, MAX_VALUES, Refusal, tooDeep, tooManyValues } from './refusal.ts';
import { writtenName } from './source.ts';
import { doubtOf } from './yaml-doubts.ts';
import { yamlHelp } from './yaml-help.ts';

const MAX_ALIASES = 50;
/** So many errors of syntax are looked at. */
export const MAX_FAULTS = 1_000;
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export interface Converted {
  readonly value: Json;
  readonly aliases: ReadonlyMap<Node, Node>;
  /** Names that cannot be, or stand twice in a map. */
  readonly faults: readonly Refusal[];
  /** What may mean something else than its author thinks. */
  readonly doubts: readonly Refusal[];
  /** How many values there are, aliases followed. */
  readonly count: number;
  /** Has it anchors? */
  readonly anchored: boolean;
}

/** The document as plain JSON; aliases are expanded within the limits. @param depth of what it stands in. @throws Refusal */
export function toJson(document: Document, text: string, depth = 0): Converted {
  const converter = new Converter(text);
  const value = converter.convert(document.contents, depth);
  const { aliases, faults, count, anchored } = converter;
  const doubts = [...converter.doubts, ...converter.unusedAnchors()];
  return { value, aliases, faults, doubts, count, anchored };
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

  get count(): number {
    return this.#values;
  }

  get anchored(): boolean {
    return this.#anchors.size > 0;
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
