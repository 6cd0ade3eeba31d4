/** The way of an edge as a path: the points that the layout has chosen, with round corners. Pure. */
import type { Graph } from '../../api/generated.ts';

type Points = Graph['edges'][number]['points'];

/** px. */
const ROUND = 10;

/** @returns a path of SVG; undefined: the layout tells no way */
export function pathOf(points: Points): string | undefined {
  const [first, ...rest] = points;
  if (first === undefined || rest.length === 0) return undefined;
  const parts = [`M${first.x},${first.y}`];
  for (const [at, point] of rest.entries()) {
    const before = points[at];
    const after = rest[at + 1];
    if (before === undefined || after === undefined) parts.push(`L${point.x},${point.y}`);
    else parts.push(`L${near(point, before)}`, `Q${point.x},${point.y} ${near(point, after)}`);
  }
  return parts.join(' ');
}

/** The place where a corner begins to be round, on the way to its neighbour. */
function near(corner: Points[number], to: Points[number]): string {
  const [dx, dy] = [to.x - corner.x, to.y - corner.y];
  const length = Math.hypot(dx, dy);
  const share = length === 0 ? 0 : Math.min(ROUND, length / 2) / length;
  return `${tenths(corner.x + dx * share)},${tenths(corner.y + dy * share)}`;
}

const tenths = (value: number) => Math.round(value * 10) / 10;
