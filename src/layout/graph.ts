/**
 * The form of a graph of steps, and a drawing of it. Pure: the same form has the same hash, whatever its steps do, so that
 * versions and runs that only differ in their texts share one drawing.
 */
import { createHash } from 'node:crypto';

export interface GraphNode {
  readonly key: string;
  readonly dependencies: readonly string[];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a step is drawn: its upper left corner, in CSS pixels. */
interface PlacedNode extends Point {
  readonly key: string;
}

export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  /** From its beginning to its end; empty: straight. */
  readonly points: readonly Point[];
}

export interface Layout {
  /** `levels`: the layout engine did not come to an end in time, and steps stand in rows by their levels. */
  readonly engine: 'elk' | 'levels';
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** The size of every step, in CSS pixels. */
export const NODE = { width: 216, height: 64 } as const;
const GAP = { x: 32, y: 56 } as const;
/** Rows of levels are cut here, so that a fan-out of a thousand is no line of a thousand. */
const MOST_IN_ROW = 40;

export function hashOf(nodes: readonly GraphNode[]): string {
  const form = nodes.map(({ key, dependencies }) => [key, dependencies.toSorted()]);
  return createHash('sha256').update(JSON.stringify(form)).digest('hex');
}

/** Only those between steps that are there. */
export function edgesOf(nodes: readonly GraphNode[]): readonly Omit<PlacedEdge, 'points'>[] {
  const keys = new Set(nodes.map(({ key }) => key));
  return nodes.flatMap(({ key, dependencies }) =>
    dependencies.filter((one) => keys.has(one)).map((from) => ({ from, to: key })),
  );
}

/** Steps in rows by their levels, in the plan's order: what is drawn when nothing better is to be had. */
export function byLevels(nodes: readonly GraphNode[]): Layout {
  const level = levelsOf(nodes);
  const rows: GraphNode[][] = [];
  for (const node of nodes) (rows[level.get(node.key) ?? 0] ??= []).push(node);
  const lines = rows.flatMap((row) => chunks(row, MOST_IN_ROW));
  const widest = Math.max(1, ...lines.map((line) => line.length));
  const width = widest * (NODE.width + GAP.x) - GAP.x;
  const placed = lines.flatMap((line, y) => {
    const left = (width - (line.length * (NODE.width + GAP.x) - GAP.x)) / 2;
    return line.map(({ key }, x) => ({
      key,
      x: left + x * (NODE.width + GAP.x),
      y: y * (NODE.height + GAP.y),
    }));
  });
  const height = Math.max(NODE.height, lines.length * (NODE.height + GAP.y) - GAP.y);
  return {
    engine: 'levels',
    width,
    height,
    nodes: placed,
    edges: edgesOf(nodes).map((edge) => ({ ...edge, points: [] })),
  };
}

/** How many steps stand before each on its longest way. A ring, which no plan has, would count as far as it was seen. */
function levelsOf(nodes: readonly GraphNode[]): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  let left = nodes;
  for (let level = 0; left.length > 0; level++) {
    const waiting = new Set(left.map(({ key }) => key));
    const free = left.filter(({ dependencies }) => !dependencies.some((one) => waiting.has(one)));
    for (const { key } of free.length > 0 ? free : left) levels.set(key, level);
    left = free.length > 0 ? left.filter(({ key }) => !levels.has(key)) : [];
  }
  return levels;
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}
