/**
 * Reads for many at once. Per key one read is under way; whoever asks meanwhile shares the next one.
 *
 * A read begins after everybody it is for has asked, so nobody gets what is older than his question. However many ask,
 * a key costs one connection.
 */
interface Reading<Item, Found> {
  readonly items: Item[];
  readonly found: Promise<Found>;
}

export class ReadTogether<Item, Found> {
  readonly #read: (key: string, items: readonly Item[]) => Promise<Found>;
  /** The last read of each key that was asked for. */
  readonly #last = new Map<string, Promise<Found>>();
  /** Those of them that have not begun. */
  readonly #next = new Map<string, Reading<Item, Found>>();

  /** @param read gets the items of all who share it. */
  constructor(read: (key: string, items: readonly Item[]) => Promise<Found>) {
    this.#read = read;
  }

  /** What the read that this item is among has found; throws what it throws. */
  ask(key: string, item: Item): Promise<Found> {
    const next = this.#next.get(key);
    if (next === undefined) return this.#begin(key, [item]);
    next.items.push(item);
    return next.found;
  }

  #begin(key: string, items: Item[]): Promise<Found> {
    const found = this.#after(this.#last.get(key), key, items);
    this.#next.set(key, { items, found });
    this.#last.set(key, found);
    return found;
  }

  async #after(before: Promise<unknown> | undefined, key: string, items: readonly Item[]): Promise<Found> {
    // Failures are for those who shared that read.
    await before?.catch(() => undefined);
    const last = this.#last.get(key);
    this.#next.delete(key);
    try {
      return await this.#read(key, items);
    } finally {
      if (this.#last.get(key) === last) this.#last.delete(key);
    }
  }
}
