/** Nodes as text: a table of all, one with what it is at, and what matching says. */
import type { Assignment } from '../../../contract/nodes/assignment.ts';
import type { Node, NodeMatch, Nodes } from '../../../contract/nodes/node.ts';
import { fitTable, type Column } from '../../terminal/fit-table.ts';
import { formatDuration } from '../../terminal/style.ts';

const NODES: readonly Column[] = [
  { head: 'NODE' },
  { head: 'STATE' },
  { head: 'CAN', drop: 1 },
  { head: 'LABELS', drop: 3 },
  { head: 'SLOTS', side: 'right' },
  { head: 'PRICE', side: 'right', drop: 4 },
  { head: 'MEDIAN', side: 'right', drop: 2 },
  { head: 'LOST', side: 'right' },
  { head: 'SEEN', side: 'right' },
];

const WORK: readonly Column[] = [
  { head: 'RUN' },
  { head: 'STEP' },
  { head: 'TRY', side: 'right' },
  { head: 'STATUS' },
  { head: 'TIME', side: 'right' },
  { head: 'WHAT' },
];

const MATCHES: readonly Column[] = [
  { head: 'NODE' },
  { head: 'SLOTS', side: 'right' },
  { head: 'PREFERRED', side: 'right', drop: 2 },
  { head: 'PRICE', side: 'right', drop: 3 },
  { head: 'MEDIAN', side: 'right', drop: 1 },
  { head: 'AGAINST' },
];

/** @param width of a line */
export function nodesText({ items, waiting }: Nodes, now: number, width = Infinity): string {
  const nodes =
    items.length === 0
      ? 'no node has joined; docs/nodes.md says how one does'
      : fitTable(
          NODES,
          items.map((node) => nodeRow(node, now)),
          width,
        );
  if (waiting.length === 0) return nodes;
  return [nodes, '', 'work that no node does:', workTable(waiting, now, width)].join('\n');
}

/** A server of before leases were told does not say. */
const silenceText = ({ lease_ms: lease }: Node): string =>
  lease == null ? '' : `; after ${formatDuration(lease)} without a word its work goes to others`;

export function nodeText(node: Node, now: number, width = Infinity): string {
  const lines = [
    `${node.id}: ${node.state}, ${node.used} of ${node.slots} slots taken`,
    `can      ${node.capabilities.join(', ') || 'nothing that it names'}`,
    `labels   ${labelsText(node.labels) || 'none'}`,
    node.address === null ? `comes by itself${silenceText(node)}` : `is called at ${node.address}`,
    `price    ${node.price === null ? 'not known' : `${node.price} micro-dollars a second`}`,
    `median   ${time(node.seconds) || 'nothing completed yet'}; lost ${node.losses} of its last 20`,
    `seen     ${formatDuration(now - Date.parse(node.seen_at))} ago`,
  ];
  if (node.assignments.length === 0) return lines.join('\n');
  return [...lines, '', workTable(node.assignments, now, width)].join('\n');
}

export function matchText({ node, why, considered }: NodeMatch, width = Infinity): string {
  const first = node === null ? `none could: it would wait for ${why}` : `${node}: ${why}`;
  if (considered.length === 0) return first;
  const rows = considered.map((one) => [
    one.node,
    `${one.used}/${one.slots}`,
    String(one.preferred),
    one.price === null ? '' : String(one.price),
    time(one.seconds),
    one.against.join(', '),
  ]);
  return [first, '', fitTable(MATCHES, rows, width)].join('\n');
}

function nodeRow(node: Node, now: number): string[] {
  return [
    node.id,
    node.state,
    node.capabilities.join(', '),
    labelsText(node.labels),
    `${node.used}/${node.slots}`,
    node.price === null ? '' : String(node.price),
    time(node.seconds),
    node.losses === 0 ? '' : String(node.losses),
    node.address === null ? formatDuration(now - Date.parse(node.seen_at)) : '',
  ];
}

function workTable(work: readonly Assignment[], now: number, width: number): string {
  return fitTable(
    WORK,
    work.map((one) => workRow(one, now)),
    width,
  );
}

function workRow(one: Assignment, now: number): string[] {
  const from = Date.parse(one.started_at ?? one.created_at);
  const to = one.ended_at === null ? now : Date.parse(one.ended_at);
  return [one.run, one.step, String(one.attempt), one.status, formatDuration(to - from), whatText(one)];
}

function whatText({ status, why, progress }: Assignment): string {
  if (status === 'waiting') return `waits for ${why ?? 'a node'}`;
  if (status !== 'running' || progress === null) return why ?? '';
  const share = progress.share === null ? '' : `${Math.round(progress.share * 100)}% `;
  return `${share}${progress.text}`.trim();
}

const labelsText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

const time = (seconds: number | null): string => (seconds === null ? '' : formatDuration(seconds * 1_000));
