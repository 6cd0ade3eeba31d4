/** A definition in the list: what it is called, how its last runs went, and how to start it. A card on a phone. */
import { Link } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import type { ReactNode, Ref } from 'react';
import type { ListedWorkflow } from '../../api/generated.ts';
import { Button } from '../../parts/button.tsx';
import { cn } from '../../parts/class-names.ts';
import { Moment } from '../../parts/moment.tsx';
import { costWords, rateWords, secondsWords, timeOf } from '../figures.ts';
import { Sparkline } from './sparkline.tsx';

/** Of the head too. */
export const COLUMNS =
  'grid grid-cols-[minmax(12rem,1fr)_4.5rem_4.5rem_16.25rem_5rem_5rem_6.5rem_3.5rem_5.5rem_2.5rem] items-center gap-x-3 px-4 max-xl:grid-cols-[minmax(10rem,1fr)_4.5rem_4.5rem_9rem_5rem_5rem_6rem_3rem_5.5rem_2.5rem]';

interface RowProps {
  readonly definition: ListedWorkflow;
  readonly isCurrent: boolean;
  readonly onStart: () => void;
  readonly onFocus: () => void;
  readonly ref: Ref<HTMLAnchorElement>;
}

export function DefinitionRow({ definition, isCurrent, onStart, onFocus, ref }: RowProps) {
  const { name, title, latest_version: version, archived_at: archived, statistics } = definition;
  return (
    <div
      role="row"
      className={cn(
        COLUMNS,
        'relative min-h-13 border-b border-line py-1.5 hover:bg-hover narrow:flex narrow:flex-wrap narrow:gap-x-4 narrow:gap-y-1 narrow:py-3',
        isCurrent && 'bg-hover',
      )}
    >
      <div role="cell" className="min-w-0 narrow:w-full narrow:pr-12">
        <Link
          ref={ref}
          to="/definitions/$name"
          params={{ name }}
          onFocus={onFocus}
          className="block truncate font-medium after:absolute after:inset-0"
        >
          {name}
        </Link>
        {title !== null && <div className="truncate text-xs text-quiet">{title}</div>}
      </div>
      <Cell label="Version" className="truncate font-mono text-xs">
        {version}
      </Cell>
      <Figures statistics={statistics} />
      <div role="cell" className="relative justify-self-end narrow:absolute narrow:top-2 narrow:right-3">
        <Button
          kind="quiet"
          size="icon"
          label={`Start ${name}`}
          why={archived === null ? undefined : 'It is archived: it takes no new runs.'}
          onClick={onStart}
        >
          <Play className="size-4" aria-hidden />
        </Button>
      </div>
    </div>
  );
}

function Figures({ statistics }: { readonly statistics: ListedWorkflow['statistics'] }) {
  if (statistics === undefined) return null;
  const { runs, success_rate: rate, points, cost, open_runs: open, last_run_at: last } = statistics;
  const seconds = timeOf(statistics);
  return (
    <>
      <Cell
        label="Success"
        isNone={rate === null}
        className={cn('text-right', rate !== null && rate < 0.8 && 'font-medium text-fail')}
      >
        {rateWords(rate)}
      </Cell>
      <div
        role="cell"
        className={cn('pl-2 narrow:order-last narrow:w-full narrow:pl-0', runs === 0 && 'narrow:hidden')}
      >
        <Sparkline points={points} />
      </div>
      <Cell label="p50" isNone={seconds.p50 === null} className="text-right">
        {secondsWords(seconds.p50)}
      </Cell>
      <Cell label="p95" isNone={seconds.p95 === null} className="text-right">
        {secondsWords(seconds.p95)}
      </Cell>
      <Cell label="Cost" isNone={runs === 0} className="text-right">
        {costWords(cost, runs)}
      </Cell>
      <Cell label="Open" isNone={open === 0} className="text-right">
        {open === 0 ? '–' : open.toLocaleString('en')}
      </Cell>
      <Cell label="Last run" className="text-right">
        {last === null ? 'never' : <Moment at={last} />}
      </Cell>
    </>
  );
}

interface CellProps {
  readonly label: string;
  /** There is none: on a phone it is left out. */
  readonly isNone?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

function Cell({ label, isNone = false, className, children }: CellProps) {
  return (
    <div
      role="cell"
      className={cn(
        'tabular text-sm narrow:flex narrow:gap-1 narrow:text-xs',
        isNone && 'narrow:hidden',
        className,
      )}
    >
      <span className="hidden font-sans font-normal text-quiet narrow:inline">{label}</span>
      {children}
    </div>
  );
}
