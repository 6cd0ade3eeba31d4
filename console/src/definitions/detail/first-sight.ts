/** What of a graph is in sight at first: its beginning, and what stands nearest below it. Pure. */
import type { Graph } from '../../api/generated.ts';

const MOST = 8;
const LEVELS = 4;

/** Keys of steps, few enough to be read; a plan that fits is there whole. */
export function firstSight({ nodes }: Pick<Graph, 'nodes'>): readonly string[] {
  const [first] = nodes.toSorted((a, b) => a.level - b.level || a.x - b.x);
  if (first === undefined) return [];
  const middle = middleOf(nodes.filter(({ level }) => level === first.level));
  return nodes
    .filter(({ level }) => level < first.level + LEVELS)
    .toSorted((a, b) => rank(a, middle) - rank(b, middle))
    .slice(0, MOST)
    .map(({ key }) => key);
}

/** A level counts as much as a step that stands so far aside. */
const LEVEL_PIXELS = 260;

function rank({ level, x }: Graph['nodes'][number], middle: number): number {
  return level * LEVEL_PIXELS + Math.abs(x - middle);
}

function middleOf(nodes: Graph['nodes']): number {
  return nodes.reduce((sum, { x }) => sum + x, 0) / Math.max(1, nodes.length);
}
