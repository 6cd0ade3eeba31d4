/** Lists of what expressions read: without repetitions, and without parts of what is read as a whole. */
import type { Path } from '../../plan/json.ts';
import type { Use } from '../../plan/template.ts';

/** The uses, each once, in the order of their first appearance. */
export function mergedUses(uses: readonly Use[]): readonly Use[] {
  return withoutParts(uses, valueKey);
}

/** The paths, each once, without those that lie below another one. */
export function mergedPaths(paths: readonly Path[]): readonly Path[] {
  return withoutParts(
    paths.map((path) => ({ path })),
    () => '',
  ).map(({ path }) => path);
}

function withoutParts<T extends { readonly path: Path }>(
  all: readonly T[],
  keyOf: (one: T) => string,
): readonly T[] {
  const groups = new Map<string, Paths<T>>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key) ?? new Paths<T>();
    groups.set(key, group);
    group.add(one);
  }
  return [...groups.values()].flatMap((group) => [...group.kept]);
}

/** A place in the tree of paths: what is read there as a whole, or what lies below it. */
interface Branch<T> {
  readonly below: Map<string | number, Branch<T>>;
  whole: T | null;
}

/** What was added, without what lies below another one. */
class Paths<T extends { readonly path: Path }> {
  readonly kept = new Set<T>();
  readonly #root: Branch<T> = { below: new Map(), whole: null };

  add(one: T): void {
    let at = this.#root;
    for (const part of one.path) {
      if (at.whole !== null) return;
      const next = at.below.get(part) ?? { below: new Map<string | number, Branch<T>>(), whole: null };
      at.below.set(part, next);
      at = next;
    }
    if (at.whole !== null) return;
    this.#drop(at);
    at.whole = one;
    this.kept.add(one);
  }

  #drop({ below, whole }: Branch<T>): void {
    if (whole !== null) this.kept.delete(whole);
    for (const branch of below.values()) this.#drop(branch);
    below.clear();
  }
}

function valueKey(use: Use): string {
  return use.root === 'inputs' ? `inputs ${use.name}` : `steps ${use.name} ${use.field}`;
}
