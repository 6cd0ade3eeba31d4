/**
 * A graph of steps as a picture: of a run, with how each stands, or of a definition. Nodes that have not changed stay the
 * same objects, so that only what moved is drawn again.
 */
import '@xyflow/react/dist/style.css';
import {
  Background,
  Controls,
  MiniMap,
  Panel,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Graph, Step } from '../../api/generated.ts';
import { themeInForce, usePreferences } from '../../app/preferences.ts';
import { stepWords } from '../../words/status.ts';
import type { Shown, ShownNode } from './folding.ts';
import { StepNode, type StepChange, type StepData, type StepNodeType } from './step-node.tsx';
import { WayEdge, type WayEdgeType } from './way-edge.tsx';

export interface PlanGraphProps {
  readonly graph: Graph;
  readonly shown: Shown;
  /** By key; empty: of a definition. */
  readonly steps: ReadonlyMap<string, Step>;
  readonly chosen: string | undefined;
  readonly onChoose: (key: string) => void;
  /** What a proposed edit of the plan would do to steps. */
  readonly changes?: ReadonlyMap<string, StepChange>;
  /** What it would do to edges, by their ids. */
  readonly edgeChanges?: ReadonlyMap<string, EdgeChange>;
  /** Steps that are in sight at first. */
  readonly focus: readonly string[];
  readonly children?: ReactNode;
}

export type EdgeChange = 'added' | 'removed';

const TYPES = { step: StepNode };
const EDGE_TYPES = { way: WayEdge };
const NO_CHANGES: ReadonlyMap<string, never> = new Map<string, never>();
const READABLE = { minZoom: 0.5, maxZoom: 1, padding: 0.25 };

export function PlanGraph(props: PlanGraphProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}

function Drawing({
  graph,
  shown,
  steps,
  chosen,
  onChoose,
  changes = NO_CHANGES,
  edgeChanges = NO_CHANGES,
  focus,
  children,
}: PlanGraphProps) {
  const theme = themeInForce(usePreferences());
  const near = useMemo(() => neighboursOf(shown, chosen), [shown, chosen]);
  const nodes = useNodes(graph, shown, steps, chosen, near, changes);
  const edges = useMemo(
    () => shown.edges.map((edge) => edgeOf(edge, chosen, edgeChanges.get(edge.id))),
    [shown.edges, chosen, edgeChanges],
  );
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={TYPES}
      edgeTypes={EDGE_TYPES}
      colorMode={theme === 'light' ? 'light' : 'dark'}
      minZoom={0.05}
      maxZoom={1.5}
      nodesDraggable={false}
      nodesConnectable={false}
      elementsSelectable={false}
      edgesFocusable={false}
      nodesFocusable
      onlyRenderVisibleElements={nodes.length > 150}
      proOptions={{ hideAttribution: true }}
      onNodeClick={(_, node) => onChoose(firstKey(shown, node.id))}
      fitView
      fitViewOptions={{ ...READABLE, nodes: focusNodes(shown, focus) }}
      aria-label="Graph of the steps"
      className="bg-surface!"
    >
      <Background gap={24} size={1} color="var(--line)" bgColor="var(--surface)" />
      {nodes.length > 12 && (
        <MiniMap
          pannable
          zoomable
          ariaLabel="Map of the graph"
          className="narrow:hidden"
          nodeColor={miniColour}
          nodeStrokeWidth={0}
          bgColor="var(--raised)"
          maskColor="color-mix(in srgb, var(--surface) 60%, transparent)"
        />
      )}
      <Controls showInteractive={false} position="bottom-left" aria-label="Zoom" />
      {children !== undefined && <Panel position="top-left">{children}</Panel>}
      <Follow shown={shown} chosen={chosen} />
    </ReactFlow>
  );
}

/** Brings the chosen step into sight, where it is not. */
function Follow({ shown, chosen }: { readonly shown: Shown; readonly chosen: string | undefined }) {
  const { setCenter, getViewport, getZoom } = useReactFlow();
  const node = shown.nodes.find(({ keys }) => chosen !== undefined && keys.includes(chosen));
  const [x, y] = [node?.x, node?.y];
  useEffect(() => {
    if (x === undefined || y === undefined) return;
    const { x: left, y: top, zoom } = getViewport();
    const [onX, onY] = [x * zoom + left, y * zoom + top];
    const box = document.querySelector('.react-flow')?.getBoundingClientRect();
    if (box === undefined || (onX > 0 && onY > 0 && onX < box.width - 100 && onY < box.height - 40)) return;
    void setCenter(x + 108, y + 32, { zoom: Math.max(0.5, getZoom()), duration: 150 });
  }, [x, y, setCenter, getViewport, getZoom]);
  return null;
}

/** How buttons outside move the picture; inside a `PlanGraph` only. */
export function useGraphMoves(shown: Shown) {
  const { fitView } = useReactFlow();
  const show = useCallback(
    (keys: readonly string[]) => void fitView({ ...READABLE, nodes: focusNodes(shown, keys), duration: 200 }),
    [fitView, shown],
  );
  const showAll = useCallback(() => void fitView({ padding: 0.1, duration: 200 }), [fitView]);
  return { show, showAll };
}

function focusNodes({ nodes }: Shown, keys: readonly string[]): { id: string }[] {
  const wanted = new Set(keys);
  return nodes.filter((node) => node.keys.some((key) => wanted.has(key))).map(({ id }) => ({ id }));
}

function firstKey({ nodes }: Shown, id: string): string {
  return nodes.find((node) => node.id === id)?.keys[0] ?? id;
}

/** The chosen node with those at its edges; undefined: nothing is chosen, and nothing stands back. */
function neighboursOf({ nodes, edges }: Shown, chosen: string | undefined): ReadonlySet<string> | undefined {
  const id = nodes.find(({ keys }) => chosen !== undefined && keys.includes(chosen))?.id;
  if (id === undefined) return undefined;
  return new Set([id, ...edges.flatMap(({ from, to }) => (from === id ? [to] : to === id ? [from] : []))]);
}

/** Those made last stay where they say the same. */
function useNodes(
  graph: Graph,
  shown: Shown,
  steps: ReadonlyMap<string, Step>,
  chosen: string | undefined,
  near: ReadonlySet<string> | undefined,
  changes: ReadonlyMap<string, StepChange>,
): StepNodeType[] {
  const [made] = useState<NodeCache>(() => new Map());
  const titles = useMemo(() => new Map(graph.nodes.map((node) => [node.key, node])), [graph]);
  return useMemo(() => {
    return shown.nodes.map((node) => {
      const key = node.keys[0] ?? node.id;
      const step = steps.get(key);
      const drawn = titles.get(key);
      const mark =
        near === undefined
          ? 'none'
          : chosen !== undefined && node.keys.includes(chosen)
            ? 'chosen'
            : near.has(node.id)
              ? 'near'
              : 'far';
      const change = changes.get(key) ?? null;
      return cached(made, node, [step, drawn, mark, change], () =>
        nodeOf(node, {
          title: drawn?.title ?? key,
          kind: drawn?.kind ?? 'step',
          words: step === undefined ? null : stepWords(step),
          step: step === undefined || node.kind === 'group' ? null : step,
          count: node.keys.length,
          mark,
          change,
        }),
      );
    });
  }, [made, titles, shown, steps, chosen, near, changes]);
}

type NodeCache = Map<string, { readonly from: readonly unknown[]; readonly node: StepNodeType }>;

/** The node made before, where it is made of the same. */
function cached(
  made: NodeCache,
  { id, x, y, keys }: ShownNode,
  parts: readonly unknown[],
  make: () => StepNodeType,
): StepNodeType {
  const from = [...parts, x, y, keys.length];
  const before = made.get(id);
  if (before !== undefined && before.from.every((part, at) => part === from[at])) return before.node;
  const node = make();
  made.set(id, { from, node });
  return node;
}

function nodeOf({ id, x, y }: ShownNode, data: StepData): StepNodeType {
  return {
    id,
    type: 'step',
    position: { x, y },
    data,
    width: 216,
    height: 64,
    ariaLabel: `${data.title}: ${data.change === null ? '' : `would be ${data.change}, `}${data.words?.text ?? data.kind}`,
  };
}

function edgeOf(
  { id, from, to, path }: Shown['edges'][number],
  chosen: string | undefined,
  change: EdgeChange | undefined,
): WayEdgeType {
  const isLit = chosen === from || chosen === to;
  const colour =
    change === 'added' ? 'var(--done)' : change === 'removed' ? 'var(--fail)' : 'var(--line-strong)';
  return {
    id,
    type: 'way',
    source: from,
    target: to,
    data: { path },
    style: {
      stroke: isLit ? 'var(--accent)' : colour,
      strokeWidth: isLit ? 2.5 : 1.2,
      opacity: chosen === undefined || isLit ? 1 : 0.4,
      ...(change !== undefined && { strokeDasharray: change === 'added' ? '6 4' : '2 4' }),
    },
    focusable: false,
  };
}

function miniColour({ data }: { readonly data: Record<string, unknown> }): string {
  const { words } = data as StepData;
  return `var(--${words?.tone ?? 'line-strong'})`;
}
