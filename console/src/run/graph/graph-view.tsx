/** The graph of a run: it opens on what matters now. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Suspense, useDeferredValue, useMemo, useState } from 'react';
import { useActions } from '../../app/actions.ts';
import type { Graph, Step } from '../../api/generated.ts';
import { lazyPart } from '../../api/part.ts';
import { runGraphQuery } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { TextInput } from '../../parts/field.tsx';
import { Empty, Fault, SkeletonRows } from '../../parts/states.tsx';
import { useIsPhone } from '../../parts/use-is-phone.ts';
import { useRun } from '../run-context.tsx';
import { neighbour, pressing, shownOf, type Shown } from './folding.ts';
import { PlanGraph, useGraphMoves } from './plan-graph.tsx';
import { useGhosts, useProposals } from './use-proposals.ts';
import { useAtMost } from './use-at-most.ts';

const ProposalBar = lazyPart(() => import('./proposals.tsx'));
const Outline = lazyPart(() => import('./outline.tsx'));
const route = getRouteApi('/runs/$id');

/** Graphs of more steps are folded at first. */
const SMALL = 40;
/** Of more steps than this, changes are drawn at most four times a second. */
const MANY = 300;
const DRAWN_EVERY_MS = 250;

export default function GraphView() {
  const { run, steps } = useRun();
  const { step: chosen, fold, look } = route.useSearch();
  const navigate = useNavigate();
  const isPhone = useIsPhone();
  const isList = (look ?? (isPhone ? 'list' : 'graph')) === 'list';
  const {
    data: graph,
    error,
    refetch,
  } = useQuery({
    ...runGraphQuery(run.id, run.revision, steps.length),
    enabled: steps.length > 0 && !isList,
    placeholderData: keepPreviousData,
  });
  const set = (change: { readonly step?: string; readonly fold?: string; readonly look?: string }) =>
    void navigate({ to: '.', replace: true, search: (search) => ({ ...search, ...change }) });
  useActions([
    {
      label: isList ? 'Show the steps as a graph' : 'Show the steps as a list',
      group: 'Graph',
      keys: 'o',
      act: () => set({ look: isList ? 'graph' : 'list' }),
    },
  ]);
  if (steps.length === 0)
    return <Empty title="The plan is not known yet">It comes with the first task of the run.</Empty>;
  const isFolded = fold === undefined ? steps.length > SMALL : fold === 'yes';
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      {isList ? (
        <>
          <div className="flex justify-end border-b border-line px-2 py-1">
            <Button kind="quiet" size="small" shortcut="o" onClick={() => set({ look: 'graph' })}>
              As a graph
            </Button>
          </div>
          <div className="min-h-0 flex-1 overflow-auto">
            <Suspense fallback={<SkeletonRows />}>
              <Outline steps={steps} chosen={chosen} />
            </Suspense>
          </div>
        </>
      ) : error !== null ? (
        <Fault error={error} retry={() => void refetch()} />
      ) : graph === undefined ? (
        <SkeletonRows />
      ) : (
        <Picture graph={graph} steps={steps} chosen={chosen} isFolded={isFolded} set={set} />
      )}
    </div>
  );
}

interface PictureProps {
  readonly graph: Graph;
  readonly steps: readonly Step[];
  readonly chosen: string | undefined;
  readonly isFolded: boolean;
  readonly set: (change: { readonly step?: string; readonly fold?: string; readonly look?: string }) => void;
}

function Picture({ graph, steps, chosen, isFolded, set }: PictureProps) {
  const byKey = useMemo(() => new Map(steps.map((step) => [step.key, step])), [steps]);
  const states = useDeferredValue(useAtMost(byKey, steps.length > MANY ? DRAWN_EVERY_MS : 0));
  const proposals = useProposals();
  const edits = useMemo(() => proposals.map(({ edit }) => edit), [proposals]);
  const ghosts = useGhosts(proposals.length > 0);
  const drawn = useMemo(() => ghosts?.withGhosts(graph, edits) ?? graph, [ghosts, graph, edits]);
  const shape = useShape(drawn, states, isFolded, chosen);
  const [focus] = useState(() => (chosen === undefined ? pressing(steps) : [chosen]));
  const changes = useMemo(() => ghosts?.changesOf(edits), [ghosts, edits]);
  const edgeChanges = useMemo(() => ghosts?.ghostEdges(graph, shape, edits), [ghosts, graph, shape, edits]);
  return (
    <>
      {proposals.length > 0 && (
        <Suspense>
          <ProposalBar proposals={proposals} />
        </Suspense>
      )}
      <div className="min-h-0 flex-1">
        <PlanGraph
          graph={drawn}
          shown={shape}
          steps={states}
          chosen={chosen}
          onChoose={(key) => byKey.has(key) && set({ step: key })}
          focus={focus}
          {...(changes !== undefined && { changes })}
          {...(edgeChanges !== undefined && { edgeChanges })}
        >
          <Tools graph={graph} shown={shape} steps={steps} chosen={chosen} isFolded={isFolded} set={set} />
        </PlanGraph>
      </div>
    </>
  );
}

/** Made anew only where folding could have changed: when steps finish. */
function useShape(
  graph: Graph,
  states: ReadonlyMap<string, Step>,
  isFolded: boolean,
  chosen: string | undefined,
): Shown {
  const finished = isFolded
    ? [...states.values()].filter(({ status }) => status === 'completed' || status === 'skipped').length
    : 0;
  const apart = isFolded ? chosen : undefined;
  return useMemo(
    () => shownOf(graph, (key) => states.get(key)?.status, isFolded, apart),
    // oxlint-disable-next-line react/exhaustive-deps
    [graph, isFolded, apart, finished],
  );
}

interface ToolsProps extends PictureProps {
  readonly shown: Shown;
}

function Tools({ graph, shown, steps, chosen, isFolded, set }: ToolsProps) {
  const { show, showAll } = useGraphMoves(shown);
  const [text, setText] = useState('');
  const now = pressing(steps);
  const walk = (arrow: Parameters<typeof neighbour>[2]) => {
    const next = neighbour(graph, chosen ?? now[0] ?? '', arrow);
    if (next !== undefined) set({ step: next });
  };
  const find = () => {
    const wanted = text.trim().toLowerCase();
    const found = steps.find(
      ({ key, title }) => key.toLowerCase().includes(wanted) || title.toLowerCase().includes(wanted),
    );
    if (wanted === '' || found === undefined) return;
    // What is chosen comes into sight by itself, out of its fold if need be.
    if (found.key === chosen) show([found.key]);
    else set({ step: found.key });
  };
  useActions([
    { label: 'What matters now', group: 'Graph', keys: '.', act: () => show(now) },
    { label: 'Whole graph', group: 'Graph', keys: '0', act: showAll },
    { label: 'Step that this one waits for', group: 'Graph', keys: 'ArrowUp', act: () => walk('ArrowUp') },
    {
      label: 'Step that waits for this one',
      group: 'Graph',
      keys: 'ArrowDown',
      act: () => walk('ArrowDown'),
    },
    { label: 'Step to the left', group: 'Graph', keys: 'ArrowLeft', act: () => walk('ArrowLeft') },
    { label: 'Step to the right', group: 'Graph', keys: 'ArrowRight', act: () => walk('ArrowRight') },
    {
      label: 'Find a step',
      group: 'Graph',
      keys: '/',
      act: () => document.querySelector<HTMLInputElement>('#find-step')?.focus(),
    },
  ]);
  return (
    <div className="flex flex-wrap items-center gap-1.5 rounded-lg border border-line bg-raised p-1 shadow-sm">
      <Button size="small" shortcut="." onClick={() => show(now)}>
        Now ({now.length})
      </Button>
      <Button size="small" shortcut="0" onClick={showAll}>
        Whole graph
      </Button>
      <Button
        size="small"
        kind={isFolded ? 'normal' : 'quiet'}
        aria-pressed={isFolded}
        onClick={() => set({ fold: isFolded ? 'no' : 'yes' })}
      >
        Fold finished
      </Button>
      <Button size="small" kind="quiet" shortcut="o" onClick={() => set({ look: 'list' })}>
        As a list
      </Button>
      <TextInput
        id="find-step"
        type="search"
        aria-label="Find a step"
        placeholder="Find a step"
        className="h-7 w-36 text-xs"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={({ key }) => key === 'Enter' && find()}
      />
    </div>
  );
}
