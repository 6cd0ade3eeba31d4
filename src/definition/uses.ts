/** Lists of what expressions read: without repetitions, and without parts of what is read as a whole. */
import type { Path } from '../plan/json.ts';
import type { Use } from '../plan/template.ts';

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
  const kept = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const others = kept.get(key) ?? [];
    if (others.some((other) => isPrefix(other.path, one.path))) continue;
    kept.set(key, [...others.filter((other) => !isPrefix(one.path, other.path)), one]);
  }
  return [...kept.values()].flat();
}

function valueKey(use: Use): string {
  return use.root === 'inputs' ? `inputs ${use.name}` : `steps ${use.name} ${use.field}`;
}

function isPrefix(prefix: Path, path: Path): boolean {
  return prefix.length <= path.length && prefix.every((part, at) => part === path[at]);
}
