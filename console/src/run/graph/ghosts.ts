/**
 * Changes of the plan that wait for a yes, on the graph as it is: what would come stands beside what is there, which does not
 * move; what would go or change is marked. Pure. Where a step would really be drawn is worked out once it is there.
 */
import type { Graph } from '../../api/generated.ts';
import type { Shown, ShownNode } from './folding.ts';
import type { EdgeChange } from './plan-graph.tsx';
import type { StepChange } from './step-node.tsx';

interface Rewired {
  readonly step: string;
  readonly dependencies: readonly string[];
}

interface Added extends Rewired {
  readonly title?: string;
  readonly kind: string;
}

/** As an agent proposes it, or as the preview of a person's edit tells it. */
export interface Proposed {
  readonly added: readonly Added[];
  readonly removed: readonly string[];
  readonly changed: readonly { readonly step: string }[];
  readonly rewired: readonly Rewired[];
}

/** Of every step, as the API draws it; px. */
const SIZE = { x: 216, y: 64 } as const;
const GAP = { x: 32, y: 56 } as const;

/** What each step would become, by key. */
export function changesOf(edits: readonly Proposed[]): ReadonlyMap<string, StepChange> {
  return new Map(
    edits.flatMap(({ added, removed, changed, rewired }) => [
      ...[...changed, ...rewired].map(({ step }) => [step, 'changed'] as const),
      ...added.map(({ step }) => [step, 'added'] as const),
      ...removed.map((key) => [key, 'removed'] as const),
    ]),
  );
}

/** The graph with the steps that would come, and with their edges. The same graph where nothing would. */
export function withGhosts(graph: Graph, edits: readonly Proposed[]): Graph {
  if (edits.every(({ added, rewired }) => added.length + rewired.length === 0)) return graph;
  const nodes = new Map(graph.nodes.map((node) => [node.key, node]));
  for (const { added } of edits)
    for (const { step, title = step, kind, dependencies } of inOrder(added)) {
      if (nodes.has(step)) continue;
      const above = dependencies.flatMap((key) => nodes.get(key) ?? []);
      const place = freeNear(wanted(above), [...nodes.values()]);
      const level = Math.max(-1, ...above.map((one) => one.level)) + 1;
      nodes.set(step, { key: step, title, kind, level, ...place });
    }
  const known = new Set(graph.edges.map(({ from, to }) => `${from} ${to}`));
  const edges = edits
    .flatMap(({ added, rewired }) => [...added, ...rewired])
    .flatMap(({ step, dependencies }) => dependencies.map((from) => ({ from, to: step, points: [] })))
    .filter(({ from, to }) => nodes.has(from) && nodes.has(to) && !known.has(`${from} ${to}`));
  return { ...graph, nodes: [...nodes.values()], edges: [...graph.edges, ...edges] };
}

/** Edges that are only proposed, by their ids; those that would go, too. */
export function ghostEdges(
  graph: Graph,
  shown: Shown,
  edits: readonly Proposed[],
): ReadonlyMap<string, EdgeChange> {
  const known = new Set(graph.edges.map(({ from, to }) => `${from} → ${to}`));
  const removed = new Set(edits.flatMap((edit) => edit.removed));
  const wants = new Map(
    edits.flatMap(({ rewired }) => rewired.map(({ step, dependencies }) => [step, new Set(dependencies)])),
  );
  return new Map(
    shown.edges.flatMap(({ id, from, to }): (readonly [string, EdgeChange])[] => {
      if (removed.has(from) || removed.has(to)) return [[id, 'removed'] as const];
      const isKept = wants.get(to)?.has(from) ?? true;
      if (known.has(id)) return isKept ? [] : [[id, 'removed'] as const];
      return edits.some(({ added, rewired }) => [...added, ...rewired].some(({ step }) => step === to))
        ? [[id, 'added'] as const]
        : [];
    }),
  );
}

/** Each behind those of them that it waits for. */
function inOrder(added: readonly Added[]): readonly Added[] {
  const left = new Map(added.map((one) => [one.step, one]));
  const ordered: Added[] = [];
  while (left.size > 0) {
    const free = [...left.values()].filter(({ dependencies }) => !dependencies.some((key) => left.has(key)));
    for (const one of free.length > 0 ? free : left.values()) {
      ordered.push(one);
      left.delete(one.step);
    }
  }
  return ordered;
}

type Place = Pick<ShownNode, 'x' | 'y'>;

/** Below the middle of what it waits for. */
function wanted(above: readonly Place[]): Place {
  if (above.length === 0) return { x: 0, y: 0 };
  const x = above.reduce((sum, one) => sum + one.x, 0) / above.length;
  return { x: Math.round(x), y: Math.max(...above.map(({ y }) => y)) + SIZE.y + GAP.y };
}

/** There, or beside what is there already. */
function freeNear({ x, y }: Place, taken: readonly Place[]): Place {
  const row = taken.filter((one) => Math.abs(one.y - y) < SIZE.y + GAP.y / 2).toSorted((a, b) => a.x - b.x);
  let free = x;
  for (const one of row) if (Math.abs(one.x - free) < SIZE.x + GAP.x) free = one.x + SIZE.x + GAP.x;
  return { x: free, y };
}
