/** The graph of the run with what an edit would do to it: what would come beside what is there, what would go struck through. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { EditAnswer, Step } from '../../../api/generated.ts';
import { runGraphQuery } from '../../../api/queries.ts';
import { Fault, Skeleton } from '../../../parts/states.tsx';
import { shownOf } from '../../graph/folding.ts';
import { changesOf, ghostEdges, withGhosts, type Proposed } from '../../graph/ghosts.ts';
import { PlanGraph } from '../../graph/plan-graph.tsx';
import { useRun } from '../../run-context.tsx';

export default function EditedGraph({ preview }: { readonly preview: EditAnswer }) {
  const { run, steps } = useRun();
  const { data: graph, error, refetch } = useQuery(runGraphQuery(run.id, run.revision, steps.length));
  const edits = useMemo(() => [proposedBy(preview)], [preview]);
  const byKey = useMemo(() => new Map<string, Step>(steps.map((step) => [step.key, step])), [steps]);
  if (error !== null) return <Fault error={error} retry={() => void refetch()} />;
  if (graph === undefined) return <Skeleton className="h-72" />;
  const drawn = withGhosts(graph, edits);
  const shown = shownOf(drawn, () => undefined, false, undefined);
  const changes = changesOf(edits);
  return (
    <div className="h-72 overflow-hidden rounded-(--radius) border border-line">
      <PlanGraph
        graph={drawn}
        shown={shown}
        steps={byKey}
        chosen={undefined}
        onChoose={() => undefined}
        focus={[...changes.keys()]}
        changes={changes}
        edgeChanges={ghostEdges(graph, shown, edits)}
      />
    </div>
  );
}

/** The same that an agent's proposal says of itself. */
function proposedBy({ steps, added, removed, changed, rewired }: EditAnswer): Proposed {
  const of = (keys: readonly string[]) => steps.filter(({ step }) => keys.includes(step));
  return { added: of(added), removed, changed, rewired: of(rewired) };
}
