/** The drawing itself, loaded when it is looked at: it brings the library that draws. */
import type { Graph, Step } from '../../api/generated.ts';
import { shownOf } from '../../run/graph/folding.ts';
import { PlanGraph } from '../../run/graph/plan-graph.tsx';

interface GraphOfPlanProps {
  readonly graph: Graph;
  readonly chosen: string | undefined;
  readonly onChoose: (key: string) => void;
}

/** Of a definition no step has a state. */
const NO_STEPS: ReadonlyMap<string, Step> = new Map();
/** It opens on the beginning, at a size that can be read. */
const FIRST_LEVELS = 4;
const MOST_NODES = 8;

export default function GraphOfPlan({ graph, chosen, onChoose }: GraphOfPlanProps) {
  const shown = shownOf(graph, () => undefined, false, chosen);
  const first = graph.nodes.filter(({ level }) => level < FIRST_LEVELS).slice(0, MOST_NODES);
  const focus = chosen === undefined ? first.map(({ key }) => key) : [chosen];
  return (
    <PlanGraph
      graph={graph}
      shown={shown}
      steps={NO_STEPS}
      chosen={chosen}
      onChoose={onChoose}
      focus={focus}
    />
  );
}
