/**
 * What of a large graph is shown: stretches and groups of finished siblings become one node each, so that what matters now
 * stands out. Pure. Siblings: steps of one level with the same dependencies and the same steps behind them.
 */
import type { Graph, Step } from '../../api/generated.ts';
import { pathOf } from './way.ts';

export interface ShownNode {
  readonly id: string;
  readonly kind: 'step' | 'group';
  /** The steps that it stands for: one, or those of the group. */
  readonly keys: readonly string[];
  readonly x: number;
  readonly y: number;
}

interface ShownEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** A path of SVG as the layout has it; undefined where an end is folded, or where it has none. */
  readonly path: string | undefined;
}

export interface Shown {
  readonly nodes: readonly ShownNode[];
  readonly edges: readonly ShownEdge[];
}

type Status = Step['status'] | undefined;

/** So many siblings stay apart. */
const MOST_SIBLINGS = 3;
/** So many one after the other stay apart. */
const MOST_IN_CHAIN = 2;
const FINISHED: ReadonlySet<Status> = new Set(['completed', 'skipped']);

/** @param statusOf undefined: not known, as in a definition */
export function shownOf(
  graph: Graph,
  statusOf: (key: string) => Status,
  isFolded: boolean,
  chosen: string | undefined,
): Shown {
  const groups = isFolded ? groupsOf(graph, statusOf, chosen) : new Map<string, readonly string[]>();
  const idOf = new Map([...groups].flatMap(([id, keys]) => keys.map((key) => [key, id] as const)));
  const placed = new Map(graph.nodes.map((node) => [node.key, node]));
  const steps = graph.nodes
    .filter(({ key }) => !idOf.has(key))
    .map(({ key, x, y }) => ({ id: key, kind: 'step', keys: [key], x, y }) as const);
  const folded = [...groups].map(([id, keys]) => {
    const places = keys.flatMap((key) => placed.get(key) ?? []);
    const middle = places.reduce((sum, { x }) => sum + x, 0) / Math.max(1, places.length);
    return { id, kind: 'group', keys, x: Math.round(middle), y: places[0]?.y ?? 0 } as const;
  });
  return { nodes: [...steps, ...folded], edges: edgesOf(graph, (key) => idOf.get(key) ?? key) };
}

function groupsOf(
  graph: Graph,
  statusOf: (key: string) => Status,
  chosen: string | undefined,
): ReadonlyMap<string, readonly string[]> {
  const before = new Map<string, string[]>();
  const after = new Map<string, string[]>();
  for (const { from, to } of graph.edges) {
    put(before, to, from);
    put(after, from, to);
  }
  const mayFold = (key: string) => key !== chosen && FINISHED.has(statusOf(key));
  const alike = new Map<string, string[]>();
  for (const { key, level } of graph.nodes) {
    if (!mayFold(key)) continue;
    const name = `${level}|${before.get(key)?.toSorted().join(',') ?? ''}|${after.get(key)?.toSorted().join(',') ?? ''}`;
    put(alike, name, key);
  }
  const siblings = [...alike.values()].filter((keys) => keys.length > MOST_SIBLINGS);
  const folded = new Set(siblings.flat());
  const chains = chainsOf(
    graph.nodes.map(({ key }) => key).filter((key) => mayFold(key) && !folded.has(key)),
    before,
    after,
  ).filter((keys) => keys.length > MOST_IN_CHAIN);
  return new Map([...siblings, ...chains].map((keys) => [`group of ${keys[0]}`, keys]));
}

/** Steps of which each has only the next behind it, and that one only it before: from the first to the last. */
function chainsOf(
  keys: readonly string[],
  before: ReadonlyMap<string, readonly string[]>,
  after: ReadonlyMap<string, readonly string[]>,
): readonly (readonly string[])[] {
  const left = new Set(keys);
  const only = (lists: ReadonlyMap<string, readonly string[]>, key: string) => {
    const list = lists.get(key) ?? [];
    return list.length === 1 ? list[0] : undefined;
  };
  const nextOf = (key: string) => {
    const next = only(after, key);
    return next !== undefined && left.has(next) && only(before, next) === key ? next : undefined;
  };
  const hasBefore = new Set(keys.flatMap((key) => nextOf(key) ?? []));
  return keys
    .filter((key) => !hasBefore.has(key))
    .map((first) => {
      const chain = [first];
      for (let next = nextOf(first); next !== undefined; next = nextOf(next)) chain.push(next);
      return chain;
    });
}

function put(lists: Map<string, string[]>, name: string, value: string): void {
  const known = lists.get(name);
  if (known === undefined) lists.set(name, [value]);
  else known.push(value);
}

function edgesOf(graph: Graph, idOf: (key: string) => string): readonly ShownEdge[] {
  const seen = new Map<string, ShownEdge>();
  for (const { from, to, points } of graph.edges) {
    const [begin, end] = [idOf(from), idOf(to)];
    if (begin === end) continue;
    const id = `${begin} → ${end}`;
    const path = begin === from && end === to ? pathOf(points) : undefined;
    if (!seen.has(id)) seen.set(id, { id, from: begin, to: end, path });
  }
  return [...seen.values()];
}

const PRESSING: ReadonlySet<Status> = new Set(['running', 'waiting', 'retrying', 'failed']);

/** What matters now: at work, waiting for somebody, failed; else what comes next; else the beginning. */
export function pressing(
  steps: readonly Pick<Step, 'key' | 'status' | 'dependencies' | 'tolerated'>[],
): readonly string[] {
  const now = steps
    .filter(({ status, tolerated }) => PRESSING.has(status) && !tolerated)
    .map(({ key }) => key);
  if (now.length > 0) return now;
  const pending = new Set(steps.filter(({ status }) => status === 'pending').map(({ key }) => key));
  const next = steps
    .filter(({ key, dependencies }) => pending.has(key) && !dependencies.some((one) => pending.has(one)))
    .map(({ key }) => key);
  return next.length > 0 ? next : steps.slice(0, 1).map(({ key }) => key);
}

/** Where a key of the arrows leads from a step: up to what it waits for, down to what waits for it, sideways in its level. */
export function neighbour(
  graph: Graph,
  key: string,
  arrow: 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight',
): string | undefined {
  const from = graph.nodes.find((node) => node.key === key);
  if (from === undefined) return graph.nodes[0]?.key;
  if (arrow === 'ArrowLeft' || arrow === 'ArrowRight') {
    const row = graph.nodes.filter(({ y }) => y === from.y).toSorted((a, b) => a.x - b.x);
    return row[row.indexOf(from) + (arrow === 'ArrowRight' ? 1 : -1)]?.key;
  }
  const linked = graph.edges.flatMap((edge) =>
    arrow === 'ArrowDown' && edge.from === key
      ? [edge.to]
      : arrow === 'ArrowUp' && edge.to === key
        ? [edge.from]
        : [],
  );
  const near = (one: string) => Math.abs((graph.nodes.find((node) => node.key === one)?.x ?? 0) - from.x);
  return linked.toSorted((a, b) => near(a) - near(b))[0];
}
