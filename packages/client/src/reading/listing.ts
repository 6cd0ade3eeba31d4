/** A list of the API, which comes in pages: read one by one as it is gone through, so that it may be of any length. */

export interface Page<T> {
  readonly items: readonly T[];
  /** Null: there is no further page. */
  readonly next_cursor: string | null;
}

type ReadPage<T> = (cursor: string | undefined) => Promise<Page<T>>;

export class Listing<T> implements AsyncIterable<T> {
  readonly #read: ReadPage<T>;

  /** @param read the page behind a cursor; without one the first */
  constructor(read: ReadPage<T>) {
    this.#read = read;
  }

  /** One page. @param cursor `next_cursor` of the page before */
  page(cursor?: string): Promise<Page<T>> {
    return this.#read(cursor);
  }

  /** The first items, all of them unless told. */
  async toArray(most = Number.POSITIVE_INFINITY): Promise<readonly T[]> {
    const items: T[] = [];
    for await (const item of this) {
      if (items.length >= most) break;
      items.push(item);
    }
    return items;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (let cursor: string | undefined; ;) {
      const page = await this.#read(cursor);
      yield* page.items;
      // A cursor that leads to itself would be read for ever.
      if (page.next_cursor === null || page.next_cursor === cursor) return;
      cursor = page.next_cursor;
    }
  }
}
