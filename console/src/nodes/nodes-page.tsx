/** Nodes: programs of users that do steps. Which there are and how they are, what they are at, and what waits for one. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { Suspense, useState } from 'react';
import type { Assignment, Node } from '../api/generated.ts';
import { lazyPart } from '../api/part.ts';
import { useActions } from '../app/actions.ts';
import { useTitle } from '../app/attention.ts';
import { Button } from '../parts/button.tsx';
import { ListBesideChosen } from '../parts/list-beside-chosen.tsx';
import { Fault, SkeletonRows } from '../parts/states.tsx';
import { counted } from '../words/figures.ts';
import { NoNodes } from './no-nodes.tsx';
import { NodeDetail } from './node-detail.tsx';
import { NodeRow } from './node-row.tsx';
import { nodesQuery } from './queries.ts';
import { WorkLine } from './work-line.tsx';

const NodeDialog = lazyPart(() => import('./node-dialog.tsx'));
const MatchDialog = lazyPart(() => import('./match-dialog.tsx'));

const route = getRouteApi('/nodes');

export function NodesPage() {
  useTitle('Nodes');
  const { node: chosen, ask } = route.useSearch();
  const navigate = useNavigate({ from: '/nodes' });
  const [isAdding, setAdding] = useState(false);
  const { data, error, refetch } = useQuery(nodesQuery());
  const change = (members: { readonly node?: string; readonly ask?: string }) =>
    void navigate({ search: (now) => ({ ...now, ...members }), replace: true });
  const choose = (node: string) => change({ node });
  useActions([
    { label: 'Add a node that Baton calls', group: 'Nodes', keys: 'c', act: () => setAdding(true) },
    { label: 'Which node would do it?', group: 'Nodes', keys: 'm', act: () => change({ ask: 'yes' }) },
  ]);
  return (
    <>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-3">
        <h1 className="text-lg font-semibold narrow:flex-1">Nodes</h1>
        <p className="min-w-0 flex-1 text-sm text-quiet narrow:order-last narrow:w-full narrow:flex-none">
          {data !== undefined && summaryOf(data.items)}
        </p>
        <Button shortcut="m" onClick={() => change({ ask: 'yes' })}>
          Which would do it?
        </Button>
        <Button kind="primary" shortcut="c" onClick={() => setAdding(true)}>
          <Plus className="size-4" aria-hidden />
          Add
        </Button>
      </header>
      {data === undefined ? (
        error === null ? (
          <SkeletonRows />
        ) : (
          <Fault error={error} retry={() => void refetch()} />
        )
      ) : (
        <ListBesideChosen
          noun="node"
          title="Nodes"
          width="w-[32rem] max-w-[50%]"
          items={data.items}
          chosen={chosen}
          isChosen={({ id }) => id === chosen}
          choose={choose}
          above={<Waiting works={data.waiting} />}
          none={<NoNodes onAdd={() => setAdding(true)} />}
          Row={NodeRow}
          detail={(node) => <NodeDetail key={node.id} node={node} onClose={() => choose('')} />}
        />
      )}
      <Suspense>
        {ask === 'yes' && (
          <MatchDialog onClose={() => change({ ask: '' })} onChoose={(node) => change({ ask: '', node })} />
        )}
        {isAdding && (
          <NodeDialog
            onClose={() => setAdding(false)}
            onDone={(node) => {
              setAdding(false);
              choose(node);
            }}
          />
        )}
      </Suspense>
    </>
  );
}

/** Work that nobody does, and what it lacks. */
function Waiting({ works }: { readonly works: readonly Assignment[] }) {
  if (works.length === 0) return null;
  return (
    <section aria-labelledby="waiting" className="border-b border-line bg-need-wash/40 px-4 py-3">
      <h2 id="waiting" className="font-semibold">
        {counted(works.length, 'piece of work waits', 'pieces of work wait')} for a node
      </h2>
      <ul aria-label="Work that waits">
        {works.map((work) => (
          <WorkLine key={work.id} work={work} />
        ))}
      </ul>
    </section>
  );
}

/** `3 nodes: 2 can take work, 1 away`. */
function summaryOf(nodes: readonly Node[]): string {
  if (nodes.length === 0) return 'Programs of yours that do steps of runs.';
  const of = (state: Node['state']) => nodes.filter((node) => node.state === state).length;
  const parts = [
    [of('ready'), 'can take work'],
    [of('full'), 'full'],
    [of('draining'), 'draining'],
    [of('away'), 'away'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  return `${counted(nodes.length, 'node')}: ${told.join(', ')}`;
}
