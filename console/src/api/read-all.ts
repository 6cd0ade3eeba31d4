/** Lists by `seq`, read to their end. */

interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** Everything with a greater `seq` than `after`, page by page. @param read a page of it */
export async function readAll<T extends { readonly seq: number }>(
  after: number,
  read: (after: number) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const items: T[] = [];
  for (let from = after; ;) {
    const page = await read(from);
    items.push(...page.items);
    const last = page.items.at(-1)?.seq;
    if (page.next_cursor === null || last === undefined) return items;
    from = last;
  }
}
