/** The rows of the timeline: one scroll for names and bars, of which only those in sight are there. Arrows go from row to row and from bar to bar. */
import { useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronRight } from 'lucide-react';
import { useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import type { Step } from '../../api/generated.ts';
import { cn } from '../../parts/class-names.ts';
import { KindIcon } from '../../parts/kind-icon.tsx';
import { StatusIcon, toneText } from '../../parts/status-badge.tsx';
import { stepWords } from '../../words/status.ts';

/** px. */
const ROW = 30;
const COLUMNS = 'grid grid-cols-[15rem_minmax(0,1fr)] narrow:grid-cols-[8.5rem_minmax(0,1fr)]';
/** Room for the words behind the last bar. */
const BEHIND = 'mr-28 narrow:mr-14';

export interface Opening {
  readonly isOpen: (key: string) => boolean;
  readonly toggle: (key: string) => void;
  /** What an opened row takes below its bars; px. */
  readonly heightOf: (key: string) => number;
  readonly inside: (step: Step) => ReactNode;
}

interface RowsProps {
  readonly steps: readonly Step[];
  readonly chosen: string | undefined;
  /** Beside the axis. */
  readonly corner: ReactNode;
  readonly head: ReactNode;
  readonly bar: (index: number) => ReactNode;
  /** Over all rows. */
  readonly bands?: ReactNode;
  readonly opening?: Opening;
}

export function Rows({ steps, chosen, corner, head, bar, bands, opening }: RowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const heightAt = (index: number) => {
    const key = steps[index]?.key ?? '';
    return ROW + (opening?.isOpen(key) === true ? opening.heightOf(key) : 0);
  };
  const rows = useVirtualizer({
    count: steps.length,
    getScrollElement: () => box.current,
    estimateSize: heightAt,
    getItemKey: (index) => steps[index]?.key ?? index,
    overscan: 12,
  });
  const heights = steps.flatMap(({ key }, at) =>
    opening?.isOpen(key) === true ? [`${key} ${heightAt(at)}`] : [],
  );
  const told = heights.join(' ');
  useLayoutEffect(() => rows.measure(), [rows, told]);
  return (
    <div
      ref={box}
      tabIndex={0}
      role="region"
      aria-label="Timeline"
      className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto"
    >
      <div className={cn('sticky top-0 z-10 border-b border-line bg-page text-xs text-quiet', COLUMNS)}>
        <div className="flex h-10 items-center gap-1 px-4 narrow:px-1">{corner}</div>
        <div className={cn('relative', BEHIND)}>{head}</div>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the buttons and bars in it */}
      <div className="relative" onKeyDown={walk}>
        {bands !== undefined && (
          <div className={cn('pointer-events-none absolute inset-0', COLUMNS)} aria-hidden>
            <div className={cn('relative col-start-2', BEHIND)}>{bands}</div>
          </div>
        )}
        <ul className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => {
            const step = steps[row.index];
            if (step === undefined) return null;
            return (
              <li
                key={step.key}
                data-row
                className={cn(
                  'absolute inset-x-0 top-0 hover:bg-hover/60',
                  COLUMNS,
                  step.key === chosen && 'bg-accent-wash',
                )}
                style={{ transform: `translateY(${row.start}px)`, height: row.size }}
              >
                <Row step={step} isChosen={step.key === chosen} opening={opening} bars={bar(row.index)} />
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}

interface RowProps {
  readonly step: Step;
  readonly isChosen: boolean;
  readonly opening: Opening | undefined;
  readonly bars: ReactNode;
}

function Row({ step, isChosen, opening, bars }: RowProps) {
  const navigate = useNavigate();
  const words = stepWords(step);
  const isOpen = opening?.isOpen(step.key) === true;
  const choose = () => void navigate({ to: '.', search: (search) => ({ ...search, step: step.key }) });
  return (
    <>
      <span className="flex h-[30px] min-w-0 items-center gap-1 pr-2 pl-1">
        {opening !== undefined && step.agent !== null ? (
          <button
            type="button"
            aria-expanded={isOpen}
            aria-label={`Turns and tools of ${step.title}`}
            onClick={() => opening.toggle(step.key)}
            className="flex size-6 shrink-0 items-center justify-center rounded-sm text-quiet hover:bg-hover hover:text-ink"
          >
            <ChevronRight className={cn('size-3.5', isOpen && 'rotate-90')} aria-hidden />
          </button>
        ) : (
          <span className="w-6 shrink-0" />
        )}
        <button
          type="button"
          data-step
          aria-current={isChosen}
          onClick={choose}
          className="flex h-full min-w-0 flex-1 items-center gap-1.5 text-left text-sm"
        >
          <StatusIcon sign={words.sign} className={toneText(words.tone)} />
          <KindIcon kind={step.kind} className="text-quiet narrow:hidden" />
          <span className="truncate">{step.title}</span>
          <span className="sr-only">, {words.text}</span>
        </button>
      </span>
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the button before it does the same */}
      <div className={cn('relative', BEHIND)} onClick={choose}>
        {bars}
        {isOpen && opening.inside(step)}
      </div>
    </>
  );
}

/** From row to row and from bar to bar. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const { key, target } = event;
  if (!(target instanceof HTMLElement)) return;
  const row = target.closest<HTMLElement>('[data-row]');
  if (row === null) return;
  const next =
    key === 'ArrowDown' || key === 'ArrowUp'
      ? besides(row, key === 'ArrowDown' ? 1 : -1)
      : key === 'ArrowRight' || key === 'ArrowLeft'
        ? barFrom(row, target, key === 'ArrowRight' ? 1 : -1)
        : undefined;
  if (next === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  next.focus();
}

function besides(row: HTMLElement, by: number): HTMLElement | undefined {
  const next = by > 0 ? row.nextElementSibling : row.previousElementSibling;
  return next?.querySelector<HTMLElement>('[data-step]') ?? undefined;
}

function barFrom(row: HTMLElement, from: HTMLElement, by: number): HTMLElement | undefined {
  const bars = [...row.querySelectorAll<HTMLElement>('[data-step], [data-bar]')];
  return bars[bars.indexOf(from) + by];
}
