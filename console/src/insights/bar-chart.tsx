/**
 * Bars over time, stacked where they have parts, with a line for the period before. A chart is one stop of the Tab key:
 * arrows go from bar to bar, and each leads to its runs. What a bar says stands below; behind it is a table.
 */
import { Link } from '@tanstack/react-router';
import { useRef, useState, type KeyboardEvent } from 'react';
import { Button } from '../parts/button.tsx';
import { cn } from '../parts/class-names.ts';
import { barWords, mostOf, nextBar, sizeOf, type Bar, type Words } from './bars.ts';
import { ChartTable } from './chart-table.tsx';

/** More bars than this stand without gaps. */
const SPACED = 60;

interface BarChartProps {
  readonly title: string;
  readonly bars: readonly Bar[];
  readonly words: Words;
  /** What the line shows, such as `the 7 days before`. */
  readonly beforeName: string;
  /** The change since then, in words. */
  readonly difference: string | undefined;
  /** Parts are compared, not added, as percentiles are. */
  readonly isBeside?: boolean;
}

export function BarChart({ title, bars, words, beforeName, difference, isBeside = false }: BarChartProps) {
  const [isTable, setTable] = useState(false);
  const most = mostOf(bars, isBeside);
  const isEmpty = most === 0 && bars.every(({ runs }) => runs === 0);
  return (
    <figure className="flex min-w-0 flex-col rounded-lg border border-line bg-raised p-3">
      <figcaption className="mb-2">
        <span className="flex flex-wrap items-center gap-x-3">
          <span className="font-semibold">{title}</span>
          {bars[0]?.parts.map(({ name, fill }) => (
            <Key key={name} name={name} mark={`size-2.5 rounded-sm ${fill}`} />
          ))}
          <Key name={beforeName} mark="w-3 border-t-2 border-dashed border-quiet" />
          <span className="flex-1" />
          <Button kind="quiet" size="small" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
            Table
          </Button>
        </span>
        <span className="block min-h-4.5 text-xs text-quiet">{difference}</span>
      </figcaption>
      {isTable ? (
        <ChartTable title={title} bars={bars} words={words} />
      ) : isEmpty ? (
        <p className="grid h-40 place-items-center text-sm text-quiet">Nothing in this period.</p>
      ) : (
        <Bars title={title} bars={bars} most={most} words={words} isBeside={isBeside} />
      )}
    </figure>
  );
}

function Key({ name, mark }: { readonly name: string; readonly mark: string }) {
  return (
    <span className="flex items-center gap-1 text-xs text-quiet">
      <span className={`inline-block ${mark}`} aria-hidden />
      {name}
    </span>
  );
}

interface BarsProps {
  readonly title: string;
  readonly bars: readonly Bar[];
  readonly most: number;
  readonly words: Words;
  readonly isBeside: boolean;
}

function Bars({ title, bars, most, words, isBeside }: BarsProps) {
  const [pointed, setPointed] = useState<number>();
  const [stop, setStop] = useState(0);
  const list = useRef<HTMLOListElement>(null);
  // The stop is a bar with runs in it, whatever the period has become.
  const tabbed = (bars[stop]?.runs ?? 0) > 0 ? stop : nextBar(bars, -1, 1);
  const go = (event: KeyboardEvent) => {
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: nextBar(bars, tabbed, -1),
      ArrowRight: nextBar(bars, tabbed, 1),
      Home: nextBar(bars, -1, 1),
      End: nextBar(bars, bars.length, -1),
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    list.current?.children[target]?.querySelector('a')?.focus();
  };
  const told = pointed === undefined ? undefined : bars[pointed];
  return (
    <>
      {/* The links in it have the focus. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <ol
        ref={list}
        aria-label={title}
        onKeyDown={go}
        onPointerLeave={() => setPointed(undefined)}
        className={cn('flex h-32 items-stretch', bars.length <= SPACED && 'gap-px')}
      >
        {bars.map((bar, at) => (
          <li key={bar.key} className="relative min-w-0 flex-1" onPointerEnter={() => setPointed(at)}>
            <Column
              bar={bar}
              most={most}
              words={words}
              isBeside={isBeside}
              isTabbed={at === tabbed}
              onFocus={() => {
                setStop(at);
                setPointed(at);
              }}
            />
          </li>
        ))}
      </ol>
      <div className="mt-1 flex h-7 justify-between gap-2 text-xs text-quiet">
        {told === undefined ? (
          <>
            <span>{bars[0]?.label}</span>
            <span>most {words(most)}</span>
            <span>{bars.at(-1)?.label}</span>
          </>
        ) : (
          <span className="line-clamp-2 text-ink">{barWords(told, words)}</span>
        )}
      </div>
    </>
  );
}

interface ColumnProps {
  readonly bar: Bar;
  readonly most: number;
  readonly words: Words;
  readonly isBeside: boolean;
  readonly isTabbed: boolean;
  readonly onFocus: () => void;
}

function Column({ bar, most, words, isBeside, isTabbed, onFocus }: ColumnProps) {
  const { parts, before, filter, runs } = bar;
  const heightOf = (value: number) => ({ height: `${most === 0 ? 0 : (value / most) * 100}%` });
  const ordered = isBeside ? parts.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0)) : parts;
  const isUnseen = runs > 0 && sizeOf(bar, isBeside) === 0;
  return (
    <>
      {runs === 0 ? (
        <span className="block h-full border-b border-line" />
      ) : (
        <Link
          to="/runs"
          search={{ filter }}
          aria-label={barWords(bar, words)}
          tabIndex={isTabbed ? 0 : -1}
          onFocus={onFocus}
          className="relative flex h-full flex-col justify-end border-b border-line hover:bg-hover"
        >
          {ordered.map(({ name, fill, value }) => (
            <span
              key={name}
              className={cn(isBeside ? 'absolute inset-x-0 bottom-0' : 'block', fill)}
              style={heightOf(value ?? 0)}
            />
          ))}
          {isUnseen && <span className="block border-t-2 border-dotted border-idle" />}
        </Link>
      )}
      {before !== null && before > 0 && (
        <span
          aria-hidden
          className="pointer-events-none absolute inset-x-0 bottom-0 border-t-2 border-dashed border-quiet"
          style={heightOf(before)}
        />
      )}
    </>
  );
}
