/**
 * Values of any size, cut to what a model's context bears: long texts keep their beginning, long lists their first items, deep
 * values their upper levels. What is left is plain JSON of the same types, so that it still fits its schema.
 */

interface Caps {
  /** Characters of a text. */
  readonly text: number;
  /** Items of a list, and members of an object that is used as a map. */
  readonly items: number;
  readonly depth: number;
}

/** Tried in this order until the whole fits. */
const CAPS: readonly Caps[] = [
  { text: 24_000, items: 2_000, depth: 20 },
  { text: 8_000, items: 500, depth: 16 },
  { text: 2_000, items: 200, depth: 12 },
  { text: 600, items: 100, depth: 10 },
  { text: 300, items: 70, depth: 9 },
  { text: 300, items: 45, depth: 8 },
  { text: 160, items: 30, depth: 7 },
  { text: 160, items: 20, depth: 6 },
  { text: 160, items: 12, depth: 6 },
  { text: 80, items: 5, depth: 5 },
];
/** An object of fewer members is none that is used as a map: none of them is left out. */
const LEAST_MEMBERS = 80;

export interface Bounded {
  readonly value: unknown;
  readonly isCut: boolean;
}

/** @param most characters of its JSON */
export function bounded(value: unknown, most: number): Bounded {
  let text = '';
  for (const caps of CAPS) {
    const cutter = new Cutter(caps);
    const kept = cutter.keep(value, 0);
    text = JSON.stringify(kept) ?? '';
    if (text.length <= most) return { value: kept, isCut: cutter.hasCut };
  }
  return { value: { beginning: beginningOf(text, most / 2) }, isCut: true };
}

/** At most so many characters of a text, never half of a pair. */
export function beginningOf(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = /[\uD800-\uDBFF]/.test(text[most - 1] ?? '') ? most - 1 : most;
  return `${text.slice(0, end)}… (${(text.length - end).toLocaleString('en')} more characters)`;
}

class Cutter {
  hasCut = false;
  readonly #caps: Caps;

  constructor(caps: Caps) {
    this.#caps = caps;
  }

  keep(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.#text(value);
    // A number that JavaScript's own would change stays a text.
    if (typeof value === 'bigint') return value.toString();
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= this.#caps.depth) return this.#leaf(value);
    return Array.isArray(value) ? this.#list(value, depth) : this.#members(value, depth);
  }

  #text(text: string): string {
    if (text.length > this.#caps.text) this.hasCut = true;
    return beginningOf(text, this.#caps.text);
  }

  #list(items: readonly unknown[], depth: number): unknown[] {
    if (items.length > this.#caps.items) this.hasCut = true;
    return items.slice(0, this.#caps.items).map((item) => this.keep(item, depth + 1));
  }

  #members(value: object, depth: number): unknown {
    const members = Object.entries(value);
    const most = Math.max(this.#caps.items, LEAST_MEMBERS);
    if (members.length > most) this.hasCut = true;
    return Object.fromEntries(members.slice(0, most).map(([name, one]) => [name, this.keep(one, depth + 1)]));
  }

  #leaf(value: object): unknown {
    this.hasCut ||= Object.keys(value).length > 0;
    return Array.isArray(value) ? [] : {};
  }
}
