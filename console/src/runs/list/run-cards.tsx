/** The list of runs on a phone: what a run is called, how it stands, since when, and what it cost. */
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { RunNow } from '../../api/generated.ts';
import { preferences } from '../../app/preferences.ts';
import { cn } from '../../parts/class-names.ts';
import { Moment } from '../../parts/moment.tsx';
import { Skeleton } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { runWords } from '../../words/status.ts';
import { Cost, Duration } from '../columns/run-cell.tsx';
import type { ListProps } from './runs-table.tsx';
import { isSelected } from './selection.ts';

const CARD = 104;

type CardsProps = Pick<ListProps, 'list' | 'selection' | 'initialScroll' | 'see' | 'choose'>;

export default function RunCards({ list, selection, initialScroll, see, choose }: CardsProps) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: list.ids.length,
    getScrollElement: () => box.current,
    estimateSize: () => CARD,
    overscan: 4,
    initialOffset: initialScroll,
    getItemKey: (at) => list.ids[at] ?? at,
  });
  const items = virtual.getVirtualItems();
  const [from, to] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  const top = virtual.scrollOffset ?? 0;
  useEffect(() => see(from, to, top), [see, from, to, top, list.ids.length]);
  return (
    // A list that scrolls is reached by keyboard too.
    <div
      ref={box}
      className="min-h-0 flex-1 overflow-auto [overflow-anchor:none]"
      tabIndex={0}
      role="group"
      aria-label="Runs"
    >
      <ul style={{ height: virtual.getTotalSize() }} className="relative">
        {items.map((item) => {
          const id = list.ids[item.index] ?? '';
          return (
            <li
              key={item.key}
              className="absolute inset-x-0 top-0"
              style={{ height: CARD, transform: `translateY(${item.start}px)` }}
            >
              <Card id={id} run={list.runs.get(id)} isChosen={isSelected(selection, id)} choose={choose} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

interface CardProps {
  readonly id: string;
  readonly run: RunNow | undefined;
  readonly isChosen: boolean;
  readonly choose: (id: string, range: boolean) => void;
}

function Card({ id, run, isChosen, choose }: CardProps) {
  return (
    <div className={cn('flex h-full gap-3 border-b border-line px-3 py-2', isChosen && 'bg-accent-wash')}>
      <label className="-m-2 p-2">
        <input
          type="checkbox"
          aria-label={`Choose ${id}`}
          checked={isChosen}
          onChange={() => choose(id, false)}
          className="mt-1 size-5 accent-(--accent)"
        />
      </label>
      {run === undefined ? (
        <Skeleton className="h-16 flex-1" />
      ) : (
        <Link to="/runs/$id" params={{ id }} className="flex min-w-0 flex-1 flex-col gap-0.5">
          <span className="flex justify-between gap-2">
            <StatusBadge words={runWords(run, preferences().name)} plain />
            <span className="shrink-0 text-sm text-quiet">
              <Moment at={run.created_at} />
            </span>
          </span>
          <span className="truncate font-medium">{id}</span>
          <span className="truncate text-sm text-quiet">{run.error_message ?? labelsOf(run)}</span>
          <span className="flex gap-3 text-sm text-quiet">
            <Duration run={run} />
            <Cost run={run} />
          </span>
        </Link>
      )}
    </div>
  );
}

function labelsOf({ labels, workflow, version }: RunNow): string {
  const all = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return [version === null ? workflow : `${workflow} ${version}`, ...all].join(' · ');
}
