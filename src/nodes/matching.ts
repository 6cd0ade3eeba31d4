/**
 * Which node does what: pure. Required are the capability and every label; what fits is ordered by
 *
 * 1. how many of the preferred labels it has, the most first;
 * 2. how many of its last 20 assignments were lost, the fewest first;
 * 3. its price, the lowest first, an unknown one last;
 * 4. the median time of its last 20, the shortest first, an unknown one last;
 * 5. the share of its slots that is taken, then its name.
 */
import type { Need, NodeView } from './node.ts';

export interface Judged {
  readonly node: NodeView;
  /** What keeps it from the work; empty: it fits. Phrases that go on from the node's name. */
  readonly against: readonly string[];
  /** Preferred labels that it has. */
  readonly preferred: number;
}

/** Nodes that do not want a piece of work, with the reason of each. */
export type Rejections = Readonly<Record<string, string>>;

/** Every node with what speaks against it, the best first, those that do not fit last. */
export function judged(
  need: Need,
  nodes: readonly NodeView[],
  rejections: Rejections = {},
): readonly Judged[] {
  return nodes
    .map((node) => ({ node, against: against(need, node, rejections), preferred: preferredBy(need, node) }))
    .toSorted(compare);
}

/** The node that does it; undefined: none can at the moment. */
export function chosen(
  need: Need,
  nodes: readonly NodeView[],
  rejections: Rejections = {},
): NodeView | undefined {
  const [best] = judged(need, nodes, rejections);
  return best?.against.length === 0 ? best.node : undefined;
}

/** What is missing, for people: goes on from "waits for". */
export function missingOf(need: Need, nodes: readonly NodeView[], rejections: Rejections = {}): string {
  const wanted = wordsOf(need);
  if (nodes.length === 0) return `${wanted}: no node has joined`;
  const all = judged(need, nodes, rejections);
  const able = all.filter(({ node }) => lacks(need, node).length === 0);
  const told = (able.length > 0 ? able : all).slice(0, 3);
  const reasons = told.map(({ node, against: why }) => `${node.id} ${why.join(' and ')}`);
  const more = (able.length > 0 ? able : all).length - told.length;
  return `${wanted}: ${reasons.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/** Why the chosen node, for people: what tells it from the next. */
export function reasonOf(need: Need, nodes: readonly NodeView[], rejections: Rejections = {}): string {
  const fits = judged(need, nodes, rejections).filter(({ against: why }) => why.length === 0);
  const [best, next] = fits;
  if (best === undefined) return `no node fits: ${missingOf(need, nodes, rejections)}`;
  if (next === undefined) return `${best.node.id} is the only node that fits`;
  const among = `of ${fits.length} that fit, ${best.node.id}`;
  const { node } = best;
  if (best.preferred !== next.preferred)
    return `${among} has most of the preferred labels (${best.preferred})`;
  if (node.losses !== next.node.losses) return `${among} has lost least of late (${node.losses})`;
  if (node.price !== next.node.price && node.price !== null)
    return `${among} has the lowest price (${node.price} micro-dollars a second)`;
  if (node.seconds !== next.node.seconds && node.seconds !== null)
    return `${among} was quickest of late (${node.seconds.toFixed(1)} s)`;
  return `${among} has most slots free (${node.slots - node.used} of ${node.slots})`;
}

/** "a node that can render, with gpu=a100". */
export function wordsOf({ capability, labels }: Need): string {
  const texts = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const able = capability === null ? 'a node' : `a node that can ${capability}`;
  return texts.length === 0 ? able : `${able}, with ${texts.join(', ')}`;
}

function against(need: Need, node: NodeView, rejections: Rejections): readonly string[] {
  const rejection = own(rejections, node.id);
  return [
    ...lacks(need, node),
    ...(rejection === undefined ? [] : [`does not want it (${rejection})`]),
    ...(node.alive ? [] : ['is away']),
    ...(node.draining ? ['takes nothing new'] : []),
    ...(node.used >= node.slots ? [`has all of its ${node.slots} slots taken`] : []),
  ];
}

/** What does not go away by waiting. */
function lacks({ capability, labels }: Need, node: NodeView): readonly string[] {
  const missing = Object.entries(labels).filter(([name, value]) => own(node.labels, name) !== value);
  return [
    ...(capability === null || node.capabilities.includes(capability) ? [] : [`cannot ${capability}`]),
    ...missing.map(([name, value]) => {
      const has = own(node.labels, name);
      return has === undefined ? `has no label ${name}` : `has ${name}=${has} and not ${value}`;
    }),
  ];
}

const own = (texts: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(texts, name) ? texts[name] : undefined;

function preferredBy({ prefer }: Need, { labels }: NodeView): number {
  return Object.entries(prefer).filter(([name, value]) => own(labels, name) === value).length;
}

function compare(a: Judged, b: Judged): number {
  const differences = [
    Math.sign(a.against.length) - Math.sign(b.against.length),
    b.preferred - a.preferred,
    a.node.losses - b.node.losses,
    (a.node.price ?? Infinity) - (b.node.price ?? Infinity),
    (a.node.seconds ?? Infinity) - (b.node.seconds ?? Infinity),
    a.node.used / a.node.slots - b.node.used / b.node.slots,
  ];
  // Two unknown figures differ by NaN.
  return differences.find((one) => one !== 0 && !Number.isNaN(one)) ?? (a.node.id < b.node.id ? -1 : 1);
}
