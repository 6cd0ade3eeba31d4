/** The points that a run can be set back to, newest first, epochs beside each other; and what can be done from one. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { GitFork, Tag, Undo2 } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useActions } from '../../app/actions.ts';
import { api, dataOf } from '../../api/client.ts';
import type { Checkpoint, CheckpointDetail } from '../../api/generated.ts';
import { Button } from '../../parts/button.tsx';
import { cn } from '../../parts/class-names.ts';
import { Moment } from '../../parts/moment.tsx';
import { Empty, Fault, Skeleton, SkeletonRows } from '../../parts/states.tsx';
import { bytesWords, counted, countWords, moneyWords } from '../../words/figures.ts';
import { CompareView } from '../compare/compare-view.tsx';
import { useRun } from '../run-context.tsx';
import { whyNotRun } from '../steering/why-not.ts';
import { GoBackDialog, type Way } from './go-back-dialog.tsx';
import { LabelDialog } from './label-dialog.tsx';

const route = getRouteApi('/runs/$id');
const REASONS: Readonly<Record<Checkpoint['reason'], string>> = {
  step: 'A step settled',
  level: 'A level settled',
  close: 'The run ended',
  label: 'Named',
};

export default function CheckpointsView() {
  const { compare } = route.useSearch();
  return compare === undefined ? <Checkpoints /> : <CompareView other={compare} />;
}

function Checkpoints() {
  const { run, at } = useRun();
  const { checkpoint: asked } = route.useSearch();
  const navigate = useNavigate();
  const [way, setWay] = useState<Way>();
  const [isNaming, setNaming] = useState(false);
  const { items, error, refetch, fetchNextPage, hasNextPage } = useCheckpoints(run.id, run.last_seq);
  // Of a moment of the past: the newest one at or before it.
  const chosen =
    items?.find(({ number }) => number === asked) ??
    items?.find(({ seq }) => seq !== null && seq <= (at ?? run.last_seq));
  const why = whyNotRun('fork', run, undefined);
  const whyNot = why ?? (chosen === undefined ? 'Choose a checkpoint first.' : undefined);
  useActions([
    {
      label: 'Restore the checkpoint',
      group: 'Checkpoints',
      keys: 'b',
      why: whyNot,
      act: () => setWay('restore'),
    },
    {
      label: 'Fork from the checkpoint',
      group: 'Checkpoints',
      keys: 'shift+f',
      why: whyNot,
      act: () => setWay('fork'),
    },
    {
      label: 'Name the point where the run stands',
      group: 'Checkpoints',
      keys: 'n',
      why: whyNotRun('message', run, at),
      act: () => setNaming(true),
    },
  ]);
  if (error !== null && items === undefined) return <Fault error={error} retry={() => void refetch()} />;
  if (items === undefined) return <SkeletonRows />;
  if (items.length === 0)
    return (
      <Empty title="There is no checkpoint yet">
        One comes whenever a step settles, before an edit, and when somebody names a point.
      </Empty>
    );
  return (
    <div className="flex min-h-0 flex-1 narrow:flex-col">
      <div className="flex min-h-0 w-96 shrink-0 flex-col border-r border-line narrow:h-1/2 narrow:w-full narrow:border-r-0 narrow:border-b">
        <List
          items={items}
          chosen={chosen?.number}
          onEnd={() => void (hasNextPage && fetchNextPage())}
          onChoose={(number) =>
            void navigate({ to: '.', replace: true, search: (search) => ({ ...search, checkpoint: number }) })
          }
        />
        <div className="border-t border-line p-2">
          <Button
            size="small"
            kind="quiet"
            shortcut="n"
            why={whyNotRun('message', run, at)}
            onClick={() => setNaming(true)}
          >
            <Tag className="size-3.5" aria-hidden />
            Name the point where the run stands
          </Button>
        </div>
      </div>
      <section aria-label="Checkpoint" className="min-w-0 flex-1 overflow-auto p-4">
        {chosen !== undefined && (
          <>
            <div className="mb-3 flex flex-wrap items-center gap-2">
              <h2 className="flex-1 font-semibold">
                Checkpoint {chosen.number}
                {chosen.label !== null && `: ${chosen.label}`}
              </h2>
              <Button why={whyNot} shortcut="b" onClick={() => setWay('restore')}>
                <Undo2 className="size-3.5" aria-hidden />
                Restore
              </Button>
              <Button why={whyNot} onClick={() => setWay('fork')}>
                <GitFork className="size-3.5" aria-hidden />
                Fork
              </Button>
            </div>
            <Detail checkpoint={chosen} />
          </>
        )}
        <Branches />
      </section>
      {way !== undefined && chosen !== undefined && (
        <GoBackDialog way={way} checkpoint={chosen} onClose={() => setWay(undefined)} />
      )}
      {isNaming && <LabelDialog runId={run.id} onClose={() => setNaming(false)} />}
    </div>
  );
}

interface CheckpointPage {
  readonly items: readonly Checkpoint[];
  readonly next_cursor: string | null;
}

function useCheckpoints(runId: string, lastSeq: number) {
  const query = useInfiniteQuery({
    queryKey: ['run', runId, 'checkpoints'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }): Promise<CheckpointPage> =>
      dataOf(
        api.GET('/api/v1/runs/{id}/checkpoints', {
          params: {
            path: { id: runId },
            query: { limit: 200, ...(pageParam !== undefined && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
  });
  const { refetch } = query;
  useEffect(() => {
    const timer = setTimeout(() => void refetch(), 500);
    return () => clearTimeout(timer);
  }, [refetch, lastSeq]);
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items), [query.data]);
  return { ...query, items };
}

interface ListProps {
  readonly items: readonly Checkpoint[];
  readonly chosen: number | undefined;
  readonly onChoose: (number: number) => void;
  readonly onEnd: () => void;
}

/** A rail for each epoch: what was superseded stands further left. */
function List({ items, chosen, onChoose, onEnd }: ListProps) {
  const box = useRef<HTMLDivElement>(null);
  const newest = Math.max(0, ...items.map(({ epoch }) => epoch));
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => 52,
    overscan: 8,
  });
  const last = rows.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= items.length - 1) onEnd();
    // oxlint-disable-next-line react/exhaustive-deps
  }, [last, items.length]);
  return (
    <div
      ref={box}
      tabIndex={0}
      role="region"
      aria-label="Checkpoints"
      className="min-h-0 flex-1 overflow-auto"
    >
      <ul className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const one = items[row.index];
          if (one === undefined) return null;
          const isOld = one.epoch < newest;
          return (
            <li
              key={one.number}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${row.start}px)`, height: 52 }}
            >
              <button
                type="button"
                aria-current={one.number === chosen}
                onClick={() => onChoose(one.number)}
                className={cn(
                  'flex h-full w-full items-stretch gap-3 pr-4 text-left hover:bg-hover',
                  one.number === chosen && 'bg-accent-wash hover:bg-accent-wash',
                )}
              >
                <span
                  className="relative w-6 shrink-0"
                  style={{ marginInlineStart: `${Math.min(newest, one.epoch) * 0.75 + 0.5}rem` }}
                  aria-hidden
                >
                  <span
                    className={cn(
                      'absolute inset-y-0 left-1/2 border-l-2',
                      isOld ? 'border-line-strong border-dotted' : 'border-accent',
                    )}
                  />
                  <span
                    className={cn(
                      'absolute top-1/2 left-1/2 size-2.5 -translate-1/2 rounded-full border-2 bg-page',
                      isOld ? 'border-line-strong' : 'border-accent',
                    )}
                  />
                </span>
                <span className="min-w-0 flex-1 py-1.5 text-sm">
                  <span className="flex gap-2">
                    <span className="truncate font-medium">
                      {one.label ??
                        (one.settled.length > 0 ? one.settled.slice(0, 3).join(', ') : REASONS[one.reason])}
                    </span>
                    <span className="flex-1" />
                    <span className="text-xs text-quiet">
                      <Moment at={one.at} />
                    </span>
                  </span>
                  <span className="block truncate text-xs text-quiet">
                    {one.number}. {REASONS[one.reason]}
                    {one.steps_settled !== null && `, ${one.steps_settled} settled`}
                    {isOld && `, epoch ${one.epoch}, superseded`}
                  </span>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Detail({ checkpoint }: { readonly checkpoint: Checkpoint }) {
  const { run } = useRun();
  const {
    number,
    at,
    epoch,
    parent,
    turns,
    total_tokens: tokens,
    cost_estimate: cost,
    workspace_commit: commit,
    seq,
  } = checkpoint;
  const { data, error } = useQuery({
    queryKey: ['run', run.id, 'checkpoint', number],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/runs/{id}/checkpoints/{checkpoint}', {
          params: { path: { id: run.id, checkpoint: String(number) } },
          signal,
        }),
      ),
  });
  return (
    <div className="flex flex-col gap-3 text-sm">
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        <dt className="text-quiet">When</dt>
        <dd>
          <Moment at={at} as="clock" />
          {seq !== null && (
            <>
              , event{' '}
              <Link to="." search={(search) => ({ ...search, at: seq })} className="text-accent underline">
                {seq}
              </Link>
            </>
          )}
        </dd>
        <dt className="text-quiet">Lineage</dt>
        <dd>
          epoch {epoch}
          {parent !== null && `, after checkpoint ${parent}`}
        </dd>
        <dt className="text-quiet">Used by then</dt>
        <dd>
          {turns === null ? '–' : `${turns} turns`}, {tokens === null ? '–' : `${countWords(tokens)} tokens`},{' '}
          {moneyWords(cost)}
        </dd>
        {commit !== null && (
          <>
            <dt className="text-quiet">Files</dt>
            <dd className="font-mono text-xs wrap-anywhere">{commit}</dd>
          </>
        )}
      </dl>
      {data === undefined && error === null && <Skeleton className="h-16" />}
      {data !== undefined && <Changes changes={data.changes} />}
      {data !== undefined && <TakesAlong {...data.takes_along} />}
    </div>
  );
}

function Changes({ changes }: { readonly changes: CheckpointDetail['changes'] }) {
  const { since, steps, turns, total_tokens: tokens, cost_estimate: cost, messages } = changes;
  return (
    <section>
      <h3 className="mb-1 font-semibold">
        {since === null ? 'Since the beginning' : `Since checkpoint ${since}`}
      </h3>
      <ul className="flex flex-col gap-0.5">
        {steps.map(({ key, from, to, attempt }) => (
          <li key={key} className="wrap-anywhere">
            <span className="font-medium">{key}</span>{' '}
            <span className="text-quiet">
              {from === null ? '' : `${from} → `}
              {to}
              {attempt > 1 && `, try ${attempt}`}
            </span>
          </li>
        ))}
        <li className="text-quiet">
          {turns ?? 0} turns, {countWords(tokens ?? 0)} tokens, {moneyWords(cost)}
          {messages.length > 0 && `, ${counted(messages.length, 'message')} of people`}
        </li>
      </ul>
    </section>
  );
}

/** Other runs that begin here, or from which this one begins: each can be compared. */
function Branches() {
  const { run } = useRun();
  const { forked_from: parent, rerun_of: again } = run.lineage;
  const others = [
    ...run.forks.map((fork) => ({ id: fork.run, how: `forked at checkpoint ${fork.checkpoint}` })),
    ...(parent === undefined
      ? []
      : [{ id: parent.run, how: `where this run was forked, at checkpoint ${parent.checkpoint}` }]),
    ...(again === undefined ? [] : [{ id: again, how: 'the run that this one repeats' }]),
  ];
  if (others.length === 0) return null;
  return (
    <section className="mt-6 text-sm">
      <h3 className="mb-1 font-semibold">Other branches</h3>
      <ul className="flex flex-col gap-1">
        {others.map(({ id, how }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-3">
            <Link to="/runs/$id" params={{ id }} className="text-accent underline">
              {id}
            </Link>
            <span className="text-quiet">{how}</span>
            <Link to="." search={(search) => ({ ...search, compare: id })} className="text-accent underline">
              Compare
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function TakesAlong({ results, result_bytes: bytes, state_bytes: state }: CheckpointDetail['takes_along']) {
  return (
    <p className="text-quiet">
      A fork takes along {counted(results, 'result')} ({bytesWords(bytes)}); its state has {bytesWords(state)}
      .
    </p>
  );
}
