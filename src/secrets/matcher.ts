/**
 * Finds all of many words in a text in one pass (the automaton of Aho and Corasick), whatever escapes a reader sees
 * through. The time is linear in the text; memory is linear in the words.
 */
import { PLAIN, SKIPPED, TORN, type Reader } from './readers.ts';

/** Where words stand in a text. */
export interface Found {
  /** Beginning and end of each place in turn, in order, overlapping ones joined. */
  readonly spans: readonly number[];
  /** From here on a word may have begun that goes on after the text; its length when none has. */
  readonly open: number;
}

/** Most entries of the table of ready-made moves (4 bytes each): the nodes near the root, where nearly all time is spent. */
const TABLE = 4 * 1024 * 1024;

export class Matcher {
  readonly #trie: Trie;
  /** By node: where to go on when no child fits. */
  readonly #fail: Int32Array;
  /** By node: length of the longest word that ends here; 0 = none. */
  readonly #ends: Int32Array;
  /** By node: how many of the last characters are the beginning of a longer word. */
  readonly #open: Int32Array;
  /** By character: its column of the table; 0 for those of no word. */
  readonly #columns = new Uint16Array(65_536);
  /** By node: where its row begins, or -1. */
  readonly #rows: Int32Array;
  readonly #table: Int32Array;
  /** Positions of the last characters: as many as the longest word has. */
  readonly #ring: Int32Array;

  constructor(words: readonly string[]) {
    const trie = new Trie(words);
    this.#trie = trie;
    this.#fail = new Int32Array(trie.size);
    this.#ends = trie.ends;
    this.#open = new Int32Array(trie.size);
    this.#rows = new Int32Array(trie.size).fill(-1);
    const width = this.#chooseColumns();
    const rows = Math.min(trie.size, Math.max(1, Math.floor(TABLE / width)));
    this.#table = new Int32Array(rows * width);
    this.#link(width);
    const longest = Math.max(1, ...words.map((word) => word.length));
    this.#ring = new Int32Array(2 ** Math.ceil(Math.log2(longest + 1)));
  }

  /** All places where a word stands, as `reader` reads the text. */
  find(text: string, reader: Reader): Found {
    const spans: number[] = [];
    const ring = this.#ring;
    const last = ring.length - 1;
    const read = reader === PLAIN ? null : reader.read;
    let node = 0;
    let at = 0;
    let index = 0;
    while (at < text.length) {
      const start = at;
      const unit = read === null ? 0x1_0000 | text.charCodeAt(at) : read(text, at);
      // Nothing more can be told: the rest may be the beginning of an escaped character.
      if (unit === TORN) break;
      at += unit >>> 16;
      const code = unit & 0xffff;
      if (code === SKIPPED) continue;
      ring[index & last] = start;
      node = this.#next(node, code);
      const length = this.#ends[node] ?? 0;
      if (length >= reader.shortest) addSpan(spans, ring[(index - length + 1) & last] ?? 0, at);
      index++;
    }
    const open = this.#open[node] ?? 0;
    return { spans, open: open === 0 ? at : (ring[(index - open) & last] ?? 0) };
  }

  #next(from: number, code: number): number {
    let node = from;
    let row = this.#rows[node] ?? 0;
    while (row < 0) {
      const child = this.#trie.child(node, code);
      if (child !== 0) return child;
      node = this.#fail[node] ?? 0;
      row = this.#rows[node] ?? 0;
    }
    return this.#table[row + (this.#columns[code] ?? 0)] ?? 0;
  }

  #copyRow(to: number, from: number, width: number): void {
    this.#table.copyWithin(to, from, from + width);
  }

  /** Answers how many there are. */
  #chooseColumns(): number {
    let width = 1;
    for (const code of this.#trie.codes.subarray(1)) {
      if (this.#columns[code] === 0) this.#columns[code] = width++;
    }
    return width;
  }

  /** Level by level from the root, since a node inherits from nodes that are nearer to it. */
  #link(width: number): void {
    const { codes, firstChild, sibling, depths } = this.#trie;
    const queue = new Int32Array(this.#trie.size);
    for (let head = 0, tail = 1; head < tail; head++) {
      const node = queue[head] ?? 0;
      const fail = this.#fail[node] ?? 0;
      const row = head * width;
      const hasRow = row < this.#table.length;
      if (hasRow) this.#copyRow(row, this.#rows[fail] ?? 0, width);
      for (let child = firstChild[node] ?? 0; child !== 0; child = sibling[child] ?? 0) {
        const code = codes[child] ?? 0;
        this.#fail[child] = node === 0 ? 0 : this.#next(fail, code);
        if (hasRow) this.#table[row + (this.#columns[code] ?? 0)] = child;
        queue[tail++] = child;
      }
      if (hasRow) this.#rows[node] = row;
      if (this.#ends[node] === 0) this.#ends[node] = this.#ends[fail] ?? 0;
      this.#open[node] = (firstChild[node] === 0 ? this.#open[fail] : depths[node]) ?? 0;
    }
  }
}

/** The words as a tree of characters; node 0 is the root. */
class Trie {
  readonly codes: Uint16Array;
  readonly firstChild: Int32Array;
  readonly sibling: Int32Array;
  readonly depths: Int32Array;
  /** By node: length of the word that ends here; 0 = none. */
  readonly ends: Int32Array;
  size = 1;

  constructor(words: readonly string[]) {
    const most = words.reduce((sum, word) => sum + word.length, 1);
    this.codes = new Uint16Array(most);
    this.firstChild = new Int32Array(most);
    this.sibling = new Int32Array(most);
    this.depths = new Int32Array(most);
    this.ends = new Int32Array(most);
    for (const word of words) this.#add(word);
    this.codes = this.codes.subarray(0, this.size);
  }

  /** 0 when there is none: the root is nobody's child. */
  child(node: number, code: number): number {
    let child = this.firstChild[node] ?? 0;
    while (child !== 0 && this.codes[child] !== code) child = this.sibling[child] ?? 0;
    return child;
  }

  #add(word: string): void {
    let node = 0;
    for (let i = 0; i < word.length; i++) {
      const code = word.charCodeAt(i);
      const known = this.child(node, code);
      node = known === 0 ? this.#grow(node, code) : known;
    }
    this.ends[node] = word.length;
  }

  #grow(parent: number, code: number): number {
    const child = this.size++;
    this.codes[child] = code;
    this.depths[child] = (this.depths[parent] ?? 0) + 1;
    this.sibling[child] = this.firstChild[parent] ?? 0;
    this.firstChild[parent] = child;
    return child;
  }
}

/** Spans come in the order of their ends. */
function addSpan(spans: number[], start: number, end: number): void {
  let first = start;
  while (spans.length > 0 && first < (spans.at(-1) ?? 0)) {
    first = Math.min(first, spans.at(-2) ?? 0);
    spans.length -= 2;
  }
  spans.push(first, end);
}
