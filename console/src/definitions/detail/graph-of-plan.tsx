/** The drawing itself, loaded when it is looked at: it brings the library that draws. */
import type { Graph, Step } from '../../api/generated.ts';
import { shownOf } from '../../run/graph/folding.ts';
import { PlanGraph } from '../../run/graph/plan-graph.tsx';
import { firstSight } from './first-sight.ts';

interface GraphOfPlanProps {
  readonly graph: Graph;
  readonly chosen: string | undefined;
  readonly onChoose: (key: string) => void;
}

/** Of a definition no step has a state. */
const NO_STEPS: ReadonlyMap<string, Step> = new Map();
export default function GraphOfPlan({ graph, chosen, onChoose }: GraphOfPlanProps) {
  const shown = shownOf(graph, () => undefined, false, chosen);
  const focus = chosen === undefined ? firstSight(graph) : [chosen];
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
