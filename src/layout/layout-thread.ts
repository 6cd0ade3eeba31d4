/** The thread that draws one graph by ELK, tells it, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ELK as Engine, ElkNode } from 'elkjs/lib/elk-api.js';
import Elk from 'elkjs/lib/elk.bundled.js';
import { edgesOf, NODE, type GraphNode, type Layout } from './graph.ts';

/** From here on the quick ways of the engine are taken. */
const LARGE = 200;

const ALWAYS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.spacing.nodeNode': '28',
  'elk.layered.spacing.nodeNodeBetweenLayers': '56',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
};
const QUICK = {
  'elk.edgeRouting': 'POLYLINE',
  'elk.layered.thoroughness': '1',
  'elk.layered.nodePlacement.strategy': 'SIMPLE',
};

async function layout(nodes: readonly GraphNode[]): Promise<Layout> {
  const engine = new (Elk as unknown as new () => Engine)();
  const edges = edgesOf(nodes);
  const drawn = await engine.layout({
    id: 'root',
    layoutOptions:
      nodes.length > LARGE ? { ...ALWAYS, ...QUICK } : { ...ALWAYS, 'elk.edgeRouting': 'POLYLINE' },
    children: nodes.map(({ key }) => ({ id: key, ...NODE })),
    edges: edges.map(({ from, to }, at) => ({ id: `e${at}`, sources: [from], targets: [to] })),
  });
  return toLayout(drawn);
}

function toLayout({ width = 0, height = 0, children = [], edges = [] }: ElkNode): Layout {
  const round = ({ x = 0, y = 0 }: { readonly x?: number; readonly y?: number }) => ({
    x: Math.round(x),
    y: Math.round(y),
  });
  return {
    engine: 'elk',
    width: Math.ceil(width),
    height: Math.ceil(height),
    nodes: children.map((node) => ({ key: node.id, ...round(node) })),
    edges: edges.map(({ sources, targets, sections = [] }) => ({
      from: sources[0] ?? '',
      to: targets[0] ?? '',
      points: sections.flatMap(({ startPoint, bendPoints = [], endPoint }) =>
        [startPoint, ...bendPoints, endPoint].map(round),
      ),
    })),
  };
}

parentPort?.postMessage(await layout(workerData as readonly GraphNode[]));
