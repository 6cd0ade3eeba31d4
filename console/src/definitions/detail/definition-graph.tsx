/** The plan of a version as a graph, drawn where it was laid out when it was published; or, on a phone and by wish, as an outline. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Suspense } from 'react';
import { lazyPart } from '../../api/part.ts';
import type { WorkflowDetail } from '../../api/generated.ts';
import { useActions } from '../../app/actions.ts';
import { Button } from '../../parts/button.tsx';
import { Skeleton } from '../../parts/states.tsx';
import { useIsPhone } from '../../parts/use-is-phone.ts';
import { graphQuery } from '../queries.ts';
import { widthOf } from './levels.ts';
import { PlanOutline } from './plan-outline.tsx';

const GraphOfPlan = lazyPart(() => import('./graph-of-plan.tsx'));
const route = getRouteApi('/definitions/$name');
const READABLE_WIDTH = 30;

export function DefinitionGraph({ definition }: { readonly definition: WorkflowDetail }) {
  const { name, selected } = definition;
  const { look, step } = route.useSearch();
  const navigate = route.useNavigate();
  const isPhone = useIsPhone();
  // Of a wide one no part that can be read says anything of the whole.
  const usual = isPhone || widthOf(selected.steps) > READABLE_WIDTH ? 'list' : 'graph';
  const isList = (look ?? usual) === 'list';
  // A version that cannot be laid out has its outline all the same.
  const { data: graph, error } = useQuery({ ...graphQuery(name, selected.version), enabled: !isList });
  const set = (change: { readonly step?: string; readonly look?: string }) =>
    void navigate({ search: (search) => ({ ...search, ...change }), replace: true });
  const label = isList ? 'Show the steps as a graph' : 'Show the steps as an outline';
  const turn = () => set({ look: isList ? 'graph' : 'list' });
  useActions([{ label, group: 'Definition', keys: 'o', act: turn }]);
  return (
    <>
      {isList || error !== null ? (
        <PlanOutline steps={selected.steps} onChoose={(key) => set({ step: key })} />
      ) : (
        <div className="h-96 overflow-hidden rounded-lg border border-line">
          {graph === undefined ? (
            <Skeleton className="h-full" />
          ) : (
            <Suspense fallback={<Skeleton className="h-full" />}>
              <GraphOfPlan graph={graph} chosen={step} onChoose={(key) => set({ step: key })} />
            </Suspense>
          )}
        </div>
      )}
      <Button kind="quiet" size="small" shortcut="o" className="self-start" onClick={turn}>
        {isList ? 'As a graph' : 'As an outline'}
      </Button>
    </>
  );
}
