/** One node beside the list: what it is at and was at last, and what can be done with it. */
import { X } from 'lucide-react';
import { Suspense, useState } from 'react';
import { api, dataOf } from '../api/client.ts';
import { author } from '../api/commands.ts';
import type { Assignment, Node } from '../api/generated.ts';
import { lazyPart } from '../api/part.ts';
import { useChange } from '../api/use-change.ts';
import { useActions } from '../app/actions.ts';
import { Button } from '../parts/button.tsx';
import { Echo } from '../parts/echo.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { Moment } from '../parts/moment.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { durationWords } from '../words/figures.ts';
import { Abilities } from './abilities.tsx';
import { Slots } from './node-row.tsx';
import { isOpen, lossWords, medianWords, nodeWords, priceWords } from './node-words.ts';
import { NODES } from './queries.ts';
import { WorkLine } from './work-line.tsx';

const NodeDialog = lazyPart(() => import('./node-dialog.tsx'));
const RemoveNodeDialog = lazyPart(() => import('./remove-node-dialog.tsx'));

interface NodeDetailProps {
  readonly node: Node;
  readonly onClose: () => void;
}

export function NodeDetail({ node, onClose }: NodeDetailProps) {
  const { id, assignments } = node;
  const open = assignments.filter(isOpen);
  return (
    <section aria-label={`Node ${id}`} className="flex flex-col gap-4 p-4">
      <header className="flex items-start gap-2">
        <h2 className="min-w-0 flex-1 text-lg font-semibold wrap-anywhere">{id}</h2>
        <Echo
          request={{ method: 'GET', path: `/api/v1/nodes/${encodeURIComponent(id)}` }}
          command={['nodes', 'show', id]}
        />
        <Button kind="quiet" size="icon" label="Close" shortcut="Escape" onClick={onClose}>
          <X className="size-4" aria-hidden />
        </Button>
      </header>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <StatusBadge words={nodeWords(node)} />
        <Slots used={node.used} slots={node.slots} />
      </div>
      <Deeds node={node} onClose={onClose} />
      <Abilities node={node} />
      <About node={node} />
      <Works title="What it is at" none="Nothing." works={open} />
      <Works
        title="What it was at last"
        none="Nothing that is still told."
        works={assignments.filter((one) => !isOpen(one))}
      />
    </section>
  );
}

function About({ node }: { readonly node: Node }) {
  const {
    address,
    version,
    lease_ms: lease,
    price,
    seconds,
    losses,
    joined_at: joined,
    seen_at: seen,
  } = node;
  return (
    <Facts>
      <Fact name="Comes">
        {address === null ? 'by itself, over a stream' : `when Baton calls ${address}`}
      </Fact>
      {version !== null && <Fact name="Version">{version}</Fact>}
      <Fact name="Price">{priceWords(price)}</Fact>
      <Fact name="Usually takes">{medianWords(seconds)}</Fact>
      <Fact name="Lost">{lossWords(losses)}</Fact>
      <Fact name="Known since">
        <Moment at={joined} as="clock" />
      </Fact>
      {address === null && (
        <Fact name="Heard last">
          <Moment at={seen} />
        </Fact>
      )}
      {lease !== null && <Fact name="May be silent">{`for ${durationWords(lease / 1_000)}`}</Fact>}
    </Facts>
  );
}

interface DeedsProps {
  readonly node: Node;
  readonly onClose: () => void;
}

function Deeds({ node, onClose }: DeedsProps) {
  const { id, draining, address } = node;
  const [asked, setAsked] = useState<'change' | 'remove'>();
  const drain = useChange({
    shown: NODES,
    isBare: true,
    done: () => (draining ? `${id} takes work again` : `${id} takes nothing new`),
    send: () => {
      const ask = { params: { path: { node: id } }, body: author() };
      return dataOf(
        draining
          ? api.POST('/api/v1/nodes/{node}/undrain', ask)
          : api.POST('/api/v1/nodes/{node}/drain', ask),
      );
    },
  });
  const busy = drain.isPending ? 'It is being sent.' : undefined;
  const own = address === null ? 'It comes by itself, and says itself what it can.' : undefined;
  const words = draining ? 'Take work again' : 'Drain';
  useActions([
    { label: `${words}: ${id}`, group: 'Node', keys: 'd', why: busy, act: () => drain.mutate() },
    { label: `Change ${id}`, group: 'Node', keys: 'e', why: own, act: () => setAsked('change') },
    { label: `Remove ${id}`, group: 'Node', act: () => setAsked('remove') },
    { label: 'Close the node', group: 'Node', keys: 'Escape', act: onClose },
  ]);
  const shut = () => setAsked(undefined);
  return (
    <div className="flex flex-wrap gap-2">
      <Button shortcut="d" why={busy} onClick={() => drain.mutate()}>
        {words}
      </Button>
      <Button shortcut="e" why={own} onClick={() => setAsked('change')}>
        Change
      </Button>
      <Button kind="danger" onClick={() => setAsked('remove')}>
        Remove
      </Button>
      <Suspense>
        {asked === 'change' && <NodeDialog node={node} onClose={shut} onDone={shut} />}
        {asked === 'remove' && <RemoveNodeDialog node={node} onClose={shut} onDone={onClose} />}
      </Suspense>
    </div>
  );
}

interface WorksProps {
  readonly title: string;
  readonly none: string;
  readonly works: readonly Assignment[];
}

function Works({ title, none, works }: WorksProps) {
  return (
    <section>
      <h3 className="font-semibold">{title}</h3>
      {works.length === 0 ? (
        <p className="text-sm text-quiet">{none}</p>
      ) : (
        <ul aria-label={title}>
          {works.map((work) => (
            <WorkLine key={work.id} work={work} />
          ))}
        </ul>
      )}
    </section>
  );
}
