/** Nodes for people: all, one, and which would do a piece of work. */
import type { Assignment } from '../../contract/nodes/assignment.ts';
import type { Node, NodeMatch, NodeNeed, Nodes } from '../../contract/nodes/node.ts';
import { NotFoundError } from '../../errors/errors.ts';
import { chosen, judged, missingOf, reasonOf } from '../../nodes/matching.ts';
import type { NodeView } from '../../nodes/node.ts';
import { nodeViews } from '../../nodes/queries/node-views.ts';
import type { Services } from '../services.ts';
import { exactly } from '../views/exactly.ts';
import { assignmentJson } from '../views/step.ts';
import { iso } from '../views/time.ts';
import { listNodes, listUnassigned } from './queries/nodes.ts';

type Way = Pick<Services, 'store'>;

type NodeRow = NodeView & {
  readonly version: string | null;
  readonly lease_ms: number | null;
  readonly joined_at: Date;
  readonly seen_at: Date;
  readonly assignments: readonly Assignment[];
};

export async function readNodes({ store }: Way): Promise<Nodes> {
  const [rows, waiting] = await Promise.all([
    store.all<NodeRow>(listNodes()),
    store.all<{ assignment: Assignment }>(listUnassigned),
  ]);
  return { items: rows.map(nodeJson), waiting: waiting.map(({ assignment }) => assignmentJson(assignment)) };
}

/** @throws NotFoundError `node_not_found` */
export async function readNode({ store }: Way, id: string): Promise<Node> {
  const row = await store.first<NodeRow>(listNodes(id));
  if (row === undefined) throw noNode(id);
  return nodeJson(row);
}

/** What matching would do with such work now. Nothing is given to anybody. */
export async function matchNode({ store }: Way, need: NodeNeed): Promise<NodeMatch> {
  const nodes = await store.all<NodeView>(nodeViews);
  const node = chosen(need, nodes)?.id ?? null;
  return {
    node,
    why: node === null ? missingOf(need, nodes) : reasonOf(need, nodes),
    considered: judged(need, nodes).map(({ node: one, against, preferred }) => ({
      node: one.id,
      against: [...against],
      preferred,
      used: one.used,
      slots: one.slots,
      price: one.price,
      seconds: one.seconds,
      losses: one.losses,
    })),
  };
}

export function noNode(id: string): NotFoundError {
  return new NotFoundError('node_not_found', `There is no node "${id}". GET /nodes lists them.`);
}

function nodeJson(row: NodeRow): Node {
  const { instance: _, alive, ...node } = row;
  const state = !alive ? 'away' : row.draining ? 'draining' : row.used >= row.slots ? 'full' : 'ready';
  return exactly<Node>()({
    ...node,
    capabilities: [...node.capabilities],
    labels: { ...node.labels },
    state,
    joined_at: iso(node.joined_at),
    seen_at: iso(node.seen_at),
    assignments: node.assignments.map(assignmentJson),
  });
}
