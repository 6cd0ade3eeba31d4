/** Steps on an axis of time: their attempts as bars, of opened ones turns and tools too; a stretch can be looked at closely. */
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Maximize2, ZoomIn, ZoomOut } from 'lucide-react';
import { useMemo } from 'react';
import { useActions } from '../../app/actions.ts';
import type { Step } from '../../api/generated.ts';
import { Button } from '../../parts/button.tsx';
import { cn } from '../../parts/class-names.ts';
import { durationWords } from '../../words/figures.ts';
import { useRun } from '../run-context.tsx';
import { AxisHead } from './axis-head.tsx';
import { chosenOf, overlaps, placeOf, stretchesOf, timeOf, zoomed, type Range } from './axis.ts';
import { withPeople } from './asks.ts';
import { Bar } from './bar.tsx';
import { spanTold } from './facts.ts';
import type { Marks } from './marks.ts';
import { PartBars, partsHeight } from './part-bars.tsx';
import { Rows, type Opening } from './rows.tsx';
import { criticalPath, spansOf, waitOf, type Span, type SpanKind } from './spans.ts';
import { useAsks } from './use-asks.ts';
import { useMarks } from './use-marks.ts';
import { useParts } from './use-parts.ts';

const route = getRouteApi('/runs/$id');

export const FILL: Readonly<Record<SpanKind, string>> = {
  waits: 'top-[14px] h-0.5 bg-line-strong/60',
  queue: 'top-2 h-3.5 bg-idle/40',
  work: 'top-2 h-3.5 bg-run',
  failed: 'top-2 h-3.5 bg-fail',
  backoff: 'top-2 h-3.5 border-b-2 border-dotted border-need',
  people: 'top-2 h-3.5 bg-need/60',
};

interface TimesProps {
  /** Those that are shown. */
  readonly steps: readonly Step[];
  readonly isFolded: boolean;
  /** Where what goes on ends; ms. */
  readonly now: number;
}

interface TimedRow {
  readonly step: Step;
  readonly spans: readonly Span[];
}

export function Times({ steps, isFolded, now }: TimesProps) {
  const { step: chosen } = route.useSearch();
  const marks = useMarks(now);
  const rows = useTimedRows(steps, now);
  const spans = useMemo(() => rows.flatMap((row) => row.spans), [rows]);
  const whole = useMemo(() => wholeOf(spans, marks, now), [spans, marks, now]);
  const { range, choose, corner } = useStretch(whole, rows);
  const stretches = useMemo(() => stretchesOf(spans, range, isFolded), [spans, range, isFolded]);
  const place = useMemo(() => placeOf(stretches), [stretches]);
  const timeAt = useMemo(() => timeOf(stretches), [stretches]);
  const critical = useMemo(() => criticalPath(steps), [steps]);
  const opening = useOpening(steps, range, place, now);
  return (
    <Rows
      steps={useMemo(() => rows.map(({ step }) => step), [rows])}
      chosen={chosen}
      corner={corner}
      opening={opening}
      head={
        <AxisHead
          range={range}
          stretches={stretches}
          place={place}
          timeAt={timeAt}
          marks={marks}
          onChoose={choose}
        />
      }
      bands={<Bands marks={marks} range={range} place={place} />}
      bar={(index) => {
        const row = rows[index];
        if (row === undefined) return null;
        return <Bars row={row} range={range} place={place} isCritical={critical.has(row.step.key)} />;
      }}
    />
  );
}

/** In the order in which they began. */
function useTimedRows(steps: readonly Step[], now: number): readonly TimedRow[] {
  const { steps: all } = useRun();
  const asks = useAsks(all);
  const ends = useMemo(
    () =>
      new Map(
        all.flatMap(({ key, completed_at: at }) => (at === null ? [] : [[key, Date.parse(at)] as const])),
      ),
    [all],
  );
  return useMemo(() => {
    const rows = steps.map((step) => {
      const spans = withPeople(spansOf(step, now), asks.get(step.key) ?? [], now);
      const begun = spans[0]?.from;
      const wait = begun === undefined ? undefined : waitOf(step, ends, begun);
      return { step, begun: begun ?? now, spans: wait === undefined ? spans : [wait, ...spans] };
    });
    return rows.toSorted((a, b) => a.begun - b.begun);
  }, [steps, ends, asks, now]);
}

function wholeOf(spans: readonly Span[], { pauses }: Marks, now: number): Range {
  const from = spans.reduce((least, span) => Math.min(least, span.from), now);
  const until = [...spans, ...pauses].reduce((most, one) => Math.max(most, one.until), from);
  return { from, until };
}

/** The stretch that the address chooses, and how another is chosen: by dragging, by buttons, by keys. */
function useStretch(whole: Range, rows: readonly TimedRow[]) {
  const { step: chosen, since, till } = route.useSearch();
  const navigate = useNavigate();
  const range = useMemo(() => chosenOf(whole, since, till), [whole, since, till]);
  const isZoomed = range !== whole;
  const choose = (next: Range | undefined) =>
    void navigate({
      to: '.',
      replace: true,
      search: ({ since: _since, till: _till, ...search }) =>
        next === undefined ? search : { ...search, since: next.from, till: next.until },
    });
  const zoom = (factor: number) => {
    const spans = rows.find(({ step }) => step.key === chosen)?.spans.filter(({ kind }) => kind !== 'waits');
    const middle = ((spans?.[0]?.from ?? range.from) + (spans?.at(-1)?.until ?? range.until)) / 2;
    const around = middle >= range.from && middle <= range.until ? middle : undefined;
    choose(zoomed(range, whole, factor, around));
  };
  const whyWhole = isZoomed ? undefined : 'All of it is shown.';
  useActions([
    { label: 'Look closer', group: 'Timeline', keys: '+', act: () => zoom(0.5) },
    { label: 'Look from further', group: 'Timeline', keys: '-', why: whyWhole, act: () => zoom(2) },
    { label: 'The whole time', group: 'Timeline', keys: '0', why: whyWhole, act: () => choose(undefined) },
    ...(isZoomed
      ? [
          {
            label: 'Back to the whole time',
            group: 'Timeline',
            keys: 'Escape',
            act: () => choose(undefined),
          },
        ]
      : []),
  ]);
  const corner = (
    <>
      <span className="flex-1 narrow:sr-only">Step</span>
      <Button
        kind="quiet"
        size="icon"
        className="size-6"
        label="Look closer"
        shortcut="+"
        onClick={() => zoom(0.5)}
      >
        <ZoomIn className="size-3.5" aria-hidden />
      </Button>
      <Button
        kind="quiet"
        size="icon"
        className="size-6"
        label="Look from further"
        shortcut="-"
        why={whyWhole}
        onClick={() => zoom(2)}
      >
        <ZoomOut className="size-3.5" aria-hidden />
      </Button>
      <Button
        kind="quiet"
        size="icon"
        className="size-6"
        label="The whole time"
        shortcut="0"
        why={whyWhole}
        onClick={() => choose(undefined)}
      >
        <Maximize2 className="size-3.5" aria-hidden />
      </Button>
    </>
  );
  return { range, choose, corner };
}

/** Which rows are open stands in the address; only these are read. */
function useOpening(
  steps: readonly Step[],
  range: Range,
  place: (time: number) => number,
  now: number,
): Opening {
  const { run, at } = useRun();
  const { open } = route.useSearch();
  const navigate = useNavigate();
  const keys = useMemo(() => new Set(open?.split(',')), [open]);
  const opened = useMemo(
    () => steps.filter(({ key, agent }) => agent !== null && keys.has(key)),
    [steps, keys],
  );
  const parts = useParts(run.id, opened, now, at !== undefined);
  const toggle = (key: string) => {
    const next = keys.has(key) ? [...keys].filter((one) => one !== key) : [...keys, key];
    void navigate({
      to: '.',
      replace: true,
      search: ({ open: _open, ...search }) =>
        next.length === 0 ? search : { ...search, open: next.join(',') },
    });
  };
  return {
    isOpen: (key) => opened.some((step) => step.key === key),
    toggle,
    heightOf: (key) => partsHeight(parts.get(key)),
    inside: ({ key }) => <PartBars parts={parts.get(key)} range={range} place={place} />,
  };
}

interface BarsProps {
  readonly row: TimedRow;
  readonly range: Range;
  readonly place: (time: number) => number;
  readonly isCritical: boolean;
}

const WORKS: ReadonlySet<SpanKind> = new Set(['work', 'failed', 'people']);

function Bars({ row: { step, spans }, range, place, isCritical }: BarsProps) {
  const total = spans.reduce((sum, { kind, from, until }) => sum + (WORKS.has(kind) ? until - from : 0), 0);
  const seen = spans.filter((span) => overlaps(span, range));
  const end = seen.reduce((most, { until }) => Math.max(most, place(until)), 0);
  return (
    <>
      {seen.map((span) => (
        <Bar
          key={`${span.place} ${span.kind}`}
          from={span.from}
          until={span.until}
          place={place}
          told={(zone, now) => spanTold(step, span, zone, now)}
          className={cn(
            FILL[span.kind],
            isCritical && WORKS.has(span.kind) && 'ring-1 ring-ink ring-offset-1 ring-offset-page',
          )}
        />
      ))}
      <span
        className="tabular pointer-events-none absolute top-1.5 px-1 text-xs whitespace-nowrap text-quiet"
        style={{ left: `${end * 100}%` }}
      >
        {seen.length === 0 ? '' : durationWords(total / 1000)}
        {isCritical && <span className="sr-only">, on the critical path</span>}
      </span>
    </>
  );
}

interface BandsProps {
  readonly marks: Marks;
  readonly range: Range;
  readonly place: (time: number) => number;
}

/** When the run was paused, over all rows; a line where it began anew. */
function Bands({ marks, range, place }: BandsProps) {
  return (
    <>
      {marks.pauses
        .filter((pause) => overlaps(pause, range))
        .map(({ seq, from, until }) => (
          <span
            key={seq}
            className="absolute inset-y-0 min-w-0.5 bg-pause/15"
            style={{ left: `${place(from) * 100}%`, width: `${(place(until) - place(from)) * 100}%` }}
          />
        ))}
      {marks.starts
        .filter(({ at }) => at >= range.from && at <= range.until)
        .map(({ seq, at }) => (
          <span
            key={seq}
            className="absolute inset-y-0 border-l border-dashed border-pause"
            style={{ left: `${place(at) * 100}%` }}
          />
        ))}
    </>
  );
}
