/** The steps of a version, and how each went in the last runs. Long lists are drawn only where one looks. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import type { StepStatistics, WorkflowStep } from '../../api/generated.ts';
import { cn } from '../../parts/class-names.ts';
import { countWords } from '../../words/figures.ts';
import { costWords, rateWords, secondsWords } from '../figures.ts';
import { KindIcon } from '../../parts/kind-icon.tsx';

const ROW_PIXELS = 45;
const COLUMNS =
  'grid grid-cols-[minmax(10rem,1fr)_5.5rem_3.25rem_3.25rem_3.25rem_4rem_4rem_3.75rem_5.5rem] items-center gap-x-3 px-3';
const HEADS = ['Step', 'Kind', 'Started', 'Failed', 'Retried', 'p50', 'p95', 'Tokens', 'Cost'];

interface StepsProps {
  readonly steps: readonly WorkflowStep[];
  readonly statistics: readonly StepStatistics[];
  /** It is brought into sight and marked. */
  readonly chosen: string | undefined;
}

export function StepsTable({ steps, statistics, chosen }: StepsProps) {
  const box = useRef<HTMLDivElement>(null);
  const byKey = useMemo(() => new Map(statistics.map((one) => [one.key, one])), [statistics]);
  const rows = useVirtualizer({
    count: steps.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PIXELS,
    overscan: 20,
  });
  const at = steps.findIndex(({ key }) => key === chosen);
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: 'auto' });
  }, [at, rows]);
  return (
    <div
      ref={box}
      role="table"
      aria-label="Steps"
      aria-rowcount={steps.length + 1}
      // It scrolls, so that it can be reached by keyboard.
      tabIndex={0}
      className="max-h-[36rem] overflow-auto rounded-lg border border-line"
    >
      <div role="rowgroup" className="sticky top-0 z-10 min-w-fit border-b border-line bg-surface">
        <div role="row" className={cn(COLUMNS, 'h-8 text-xs text-quiet')}>
          {HEADS.map((head, at) => (
            <div key={head} role="columnheader" className={at > 1 ? 'text-right' : ''}>
              {head}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="relative min-w-fit" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const step = steps[index];
          return (
            step !== undefined && (
              <div
                key={step.key}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={step.key === chosen}
                className={cn(
                  COLUMNS,
                  'tabular absolute inset-x-0 top-0 h-[45px] border-b border-line text-right text-sm',
                  step.key === chosen && 'bg-accent-wash',
                )}
                style={{ transform: `translateY(${start}px)` }}
              >
                <StepCells step={step} statistics={byKey.get(step.key)} />
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

interface CellsProps {
  readonly step: WorkflowStep;
  readonly statistics: StepStatistics | undefined;
}

function StepCells({ step: { key, title, kind }, statistics }: CellsProps) {
  const { failure_rate: failed = null, started = 0 } = statistics ?? {};
  return (
    <>
      <div role="cell" className="min-w-0 text-left">
        <div className="truncate font-mono text-xs">{key}</div>
        {title !== key && <div className="truncate text-xs text-quiet">{title}</div>}
      </div>
      <div role="cell" className="flex items-center gap-1.5 text-left text-xs text-quiet">
        <KindIcon kind={kind} className="text-quiet" />
        {kind}
      </div>
      <div role="cell">{started === 0 ? '–' : countWords(started)}</div>
      <div role="cell" className={cn(failed !== null && failed > 0 && 'font-medium text-fail')}>
        {rateWords(failed)}
      </div>
      <div role="cell">{rateWords(statistics?.retry_rate ?? null)}</div>
      <div role="cell">{secondsWords(statistics?.seconds.p50 ?? null)}</div>
      <div role="cell">{secondsWords(statistics?.seconds.p95 ?? null)}</div>
      <div role="cell">
        {kind !== 'agent' || started === 0 ? '–' : countWords(statistics?.total_tokens ?? 0)}
      </div>
      <div role="cell">
        {kind !== 'agent' || statistics === undefined ? '–' : costWords(statistics.cost, started)}
      </div>
    </>
  );
}
