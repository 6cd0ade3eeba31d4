/** Order and levels of steps by Kahn's algorithm, who comes before whom, and the name of a cycle. */

export interface GraphNode {
  readonly key: string;
  /** Keys of other nodes; keys that do not exist must have been left out. */
  readonly dependencies: readonly string[];
}

export interface Graph {
  /** By level, then as written; without the nodes that stand in or behind a cycle. */
  readonly order: readonly string[];
  readonly levels: ReadonlyMap<string, number>;
  /** A cycle, first key repeated at the end, or null. */
  readonly cycle: readonly string[] | null;
  /** True when `earlier` must have settled before `later` may start. Only for nodes of `order`. */
  isAncestor(earlier: string, later: string): boolean;
}

export function graphOf(nodes: readonly GraphNode[]): Graph {
  const levels = levelsOf(nodes);
  const order = nodes.filter(({ key }) => levels.has(key)).map(({ key }) => key);
  order.sort((a, b) => (levels.get(a) ?? 0) - (levels.get(b) ?? 0));
  const ancestors = lazily(() => ancestorsOf(nodes, order));
  return {
    order,
    levels,
    cycle: order.length === nodes.length ? null : cycleOf(nodes, levels),
    isAncestor(earlier, later) {
      const { index, sets } = ancestors();
      return has(sets.get(later), index.get(earlier));
    },
  };
}

/** Keys that nothing depends on, as written. */
export function sinksOf(nodes: readonly GraphNode[]): readonly string[] {
  const needed = new Set(nodes.flatMap((node) => node.dependencies));
  return nodes.map((node) => node.key).filter((key) => !needed.has(key));
}

/** Kahn: take what waits for nothing, release what waits for it, one level after the other. */
function levelsOf(nodes: readonly GraphNode[]): Map<string, number> {
  const waiting = new Map(nodes.map((node) => [node.key, new Set(node.dependencies).size]));
  const dependents = dependentsOf(nodes);
  const levels = new Map<string, number>();
  let ready = nodes.map((node) => node.key).filter((key) => waiting.get(key) === 0);
  for (let level = 0; ready.length > 0; level++) {
    const next: string[] = [];
    for (const key of ready) {
      levels.set(key, level);
      for (const dependent of dependents.get(key) ?? []) {
        const left = (waiting.get(dependent) ?? 0) - 1;
        waiting.set(dependent, left);
        if (left === 0) next.push(dependent);
      }
    }
    ready = next;
  }
  return levels;
}

function dependentsOf(nodes: readonly GraphNode[]): Map<string, string[]> {
  const dependents = new Map<string, string[]>(nodes.map((node) => [node.key, []]));
  for (const { key, dependencies } of nodes) {
    for (const dependency of new Set(dependencies)) dependents.get(dependency)?.push(key);
  }
  return dependents;
}

/** Among the nodes without a level each has a dependency without one: following these must come round. */
function cycleOf(nodes: readonly GraphNode[], levels: ReadonlyMap<string, number>): readonly string[] {
  const stuck = new Map(nodes.filter(({ key }) => !levels.has(key)).map((node) => [node.key, node]));
  const way: string[] = [];
  let at = [...stuck.keys()][0];
  while (at !== undefined && !way.includes(at)) {
    way.push(at);
    at = stuck.get(at)?.dependencies.find((dependency) => stuck.has(dependency));
  }
  return at === undefined ? way : [...way.slice(way.indexOf(at)), at];
}

interface Ancestors {
  readonly index: ReadonlyMap<string, number>;
  /** One bit per node. */
  readonly sets: ReadonlyMap<string, Uint32Array>;
}

function ancestorsOf(nodes: readonly GraphNode[], order: readonly string[]): Ancestors {
  const index = new Map(order.map((key, at) => [key, at]));
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const sets = new Map<string, Uint32Array>();
  for (const key of order) {
    const set = new Uint32Array((order.length + 31) >>> 5);
    for (const dependency of byKey.get(key)?.dependencies ?? []) {
      const at = index.get(dependency) ?? 0;
      set[at >>> 5] = (set[at >>> 5] ?? 0) | (1 << (at & 31));
      sets.get(dependency)?.forEach((bits, word) => (set[word] = (set[word] ?? 0) | bits));
    }
    sets.set(key, set);
  }
  return { index, sets };
}

function has(set: Uint32Array | undefined, at: number | undefined): boolean {
  return set !== undefined && at !== undefined && ((set[at >>> 5] ?? 0) & (1 << (at & 31))) !== 0;
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
