/** The run over time: a row for each step, its attempts as bars with the parts of each; what nobody did is folded. */
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, type ReactNode } from 'react';
import { useActions } from '../../app/actions.ts';
import { usePreferences, zoneOf } from '../../app/preferences.ts';
import type { Step } from '../../api/generated.ts';
import { Button } from '../../parts/button.tsx';
import { cn } from '../../parts/class-names.ts';
import { Choice } from '../../parts/field.tsx';
import { KindIcon } from '../../parts/kind-icon.tsx';
import { useNow } from '../../parts/moment.tsx';
import { Empty } from '../../parts/states.tsx';
import { StatusIcon, toneText } from '../../parts/status-badge.tsx';
import { countWords, durationWords, moneyWords } from '../../words/figures.ts';
import { stepWords } from '../../words/status.ts';
import { clockWords } from '../../words/time.ts';
import { useRun } from '../run-context.tsx';
import { criticalPath, placeOf, spansOf, stretchesOf, ticksOf, type Span, type SpanKind } from './spans.ts';

const route = getRouteApi('/runs/$id');

const ROW = 30;

const FILL: Readonly<Record<SpanKind, string>> = {
  queue: 'bg-idle/40',
  work: 'bg-run',
  failed: 'bg-fail',
  backoff: 'border-b-2 border-dotted border-need',
  people: 'bg-need/60',
};

const SAID: Readonly<Record<SpanKind, string>> = {
  queue: 'in the queue',
  work: 'at work',
  failed: 'at work, failed',
  backoff: 'before the next try',
  people: 'waiting for somebody',
};

const BY = { time: 'by time', tokens: 'by tokens', money: 'by money' } as const;
type By = keyof typeof BY;

export default function TimelineView() {
  const { run, steps } = useRun();
  const { by, fold, hide, step: chosen } = route.useSearch();
  const navigate = useNavigate();
  const now = useNow();
  const isFolded = fold !== 'no';
  const drawn: By = by === 'tokens' || by === 'money' ? by : 'time';
  const begun = useMemo(
    () =>
      steps.filter(
        (step) =>
          (step.started_at !== null || step.attempts.length > 0) &&
          !(hide === 'done' && step.status === 'completed'),
      ),
    [steps, hide],
  );
  const set = (change: Readonly<Record<string, string>>) =>
    void navigate({ to: '.', replace: true, search: (search) => ({ ...search, ...change }) });
  useActions([
    {
      label: isFolded ? 'Show idle time' : 'Fold idle time',
      group: 'Timeline',
      keys: 'z',
      act: () => set({ fold: isFolded ? 'no' : 'yes' }),
    },
    {
      label: hide === 'done' ? 'Show what is done' : 'Hide what is done',
      group: 'Timeline',
      keys: 'd',
      act: () => set({ hide: hide === 'done' ? 'nothing' : 'done' }),
    },
  ]);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div
        role="group"
        aria-label="How it is drawn"
        className="flex flex-wrap items-center gap-1.5 border-b border-line px-4 py-1.5"
      >
        <Choice
          aria-label="Drawn by"
          className="h-7 w-auto text-xs"
          value={drawn}
          onChange={({ target }) => set({ by: target.value })}
        >
          {Object.entries(BY).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </Choice>
        <Button
          size="small"
          shortcut="z"
          kind={isFolded ? 'normal' : 'quiet'}
          aria-pressed={isFolded}
          why={drawn === 'time' ? undefined : 'Only time has idle stretches.'}
          onClick={() => set({ fold: isFolded ? 'no' : 'yes' })}
        >
          Fold idle time
        </Button>
        <Button
          size="small"
          shortcut="d"
          kind={hide === 'done' ? 'normal' : 'quiet'}
          aria-pressed={hide === 'done'}
          onClick={() => set({ hide: hide === 'done' ? 'nothing' : 'done' })}
        >
          Hide what is done
        </Button>
        <Legend />
      </div>
      {begun.length === 0 ? (
        <Empty title={steps.length === 0 ? 'The plan is not known yet' : 'Nothing has begun yet'} />
      ) : drawn === 'time' ? (
        <Times
          steps={begun}
          chosen={chosen}
          isFolded={isFolded}
          now={run.completed_at === null ? now : Date.parse(run.completed_at)}
        />
      ) : (
        <Amounts steps={begun} chosen={chosen} by={drawn} />
      )}
    </div>
  );
}

function Legend() {
  return (
    <span className="flex flex-1 flex-wrap justify-end gap-x-3 text-xs text-quiet narrow:hidden">
      {(['queue', 'work', 'failed', 'people'] as const).map((kind) => (
        <span key={kind} className="flex items-center gap-1">
          <span className={cn('inline-block h-2.5 w-4 rounded-sm', FILL[kind])} aria-hidden />
          {SAID[kind]}
        </span>
      ))}
    </span>
  );
}

interface TimesProps {
  readonly steps: readonly Step[];
  readonly chosen: string | undefined;
  readonly isFolded: boolean;
  /** Where what goes on ends; ms. */
  readonly now: number;
}

function Times({ steps, chosen, isFolded, now }: TimesProps) {
  const zone = zoneOf(usePreferences());
  const rows = useMemo(() => steps.map((step) => ({ step, spans: spansOf(step, now) })), [steps, now]);
  const all = useMemo(() => rows.flatMap(({ spans }) => spans), [rows]);
  const from = all.reduce((least, span) => Math.min(least, span.from), now);
  const until = Math.max(
    now > from && all.some((span) => span.until >= now) ? now : from,
    ...[all.reduce((most, span) => Math.max(most, span.until), from)],
  );
  const stretches = useMemo(() => stretchesOf(all, from, until, isFolded), [all, from, until, isFolded]);
  const place = useMemo(() => placeOf(stretches), [stretches]);
  const critical = useMemo(() => criticalPath(steps), [steps]);
  const folded = stretches.filter((one) => one.isFolded);
  const ordered = useMemo(
    () => rows.toSorted((a, b) => (a.spans[0]?.from ?? 0) - (b.spans[0]?.from ?? 0)),
    [rows],
  );
  return (
    <Rows
      steps={ordered.map(({ step }) => step)}
      chosen={chosen}
      head={
        <>
          {ticksOf(from, until)
            .filter((tick) => !folded.some((one) => tick > one.from && tick < one.until))
            .map((tick) => (
              <span
                key={tick}
                className="absolute top-0 h-full border-l border-line pl-1 whitespace-nowrap"
                style={{ left: `${place(tick) * 100}%` }}
              >
                {tick === from
                  ? clockWords(new Date(tick).toISOString(), zone, tick)
                  : `+${durationWords((tick - from) / 1000)}`}
              </span>
            ))}
          {folded.map((one) => (
            <span
              key={one.from}
              className="absolute top-0 z-1 h-full -translate-x-1/2 rounded-sm bg-hover px-1 whitespace-nowrap"
              style={{ left: `${((place(one.from) + place(one.until)) / 2) * 100}%` }}
            >
              {durationWords((one.until - one.from) / 1000)} idle
            </span>
          ))}
        </>
      }
      bar={(index) => {
        const row = ordered[index];
        if (row === undefined) return null;
        return <Bars spans={row.spans} place={place} isCritical={critical.has(row.step.key)} />;
      }}
    />
  );
}

interface BarsProps {
  readonly spans: readonly Span[];
  readonly place: (time: number) => number;
  readonly isCritical: boolean;
}

function Bars({ spans, place, isCritical }: BarsProps) {
  const total = spans.reduce(
    (sum, span) =>
      sum +
      (span.kind === 'work' || span.kind === 'failed' || span.kind === 'people' ? span.until - span.from : 0),
    0,
  );
  const end = Math.max(0, ...spans.map(({ until }) => place(until)));
  return (
    <>
      {spans.map((span) => (
        <span
          key={`${span.attempt} ${span.kind} ${span.from}`}
          title={`Try ${span.attempt}: ${SAID[span.kind]}, ${durationWords((span.until - span.from) / 1000)}`}
          className={cn(
            'absolute top-2 h-3.5 min-w-0.5 rounded-sm',
            FILL[span.kind],
            isCritical && span.kind !== 'queue' && 'ring-1 ring-ink ring-offset-1 ring-offset-page',
          )}
          style={{
            left: `${place(span.from) * 100}%`,
            width: `${Math.max(0.1, (place(span.until) - place(span.from)) * 100)}%`,
          }}
        />
      ))}
      <span
        className="tabular absolute top-1.5 px-1 text-xs whitespace-nowrap text-quiet"
        style={{ left: `${end * 100}%` }}
      >
        {durationWords(total / 1000)}
        {isCritical && <span className="sr-only">, on the critical path</span>}
      </span>
    </>
  );
}

interface AmountsProps {
  readonly steps: readonly Step[];
  readonly chosen: string | undefined;
  readonly by: Exclude<By, 'time'>;
}

/** Bars as long as what was used. */
function Amounts({ steps, chosen, by }: AmountsProps) {
  const amount = (step: Step) => (by === 'tokens' ? step.total_tokens : (step.cost_estimate ?? 0));
  const ordered = useMemo(() => steps.toSorted((a, b) => amount(b) - amount(a)), [steps, by]); // oxlint-disable-line react/exhaustive-deps
  const most = Math.max(1, ...ordered.map(amount));
  return (
    <Rows
      steps={ordered}
      chosen={chosen}
      head={<span className="pl-1">{by === 'tokens' ? 'tokens' : 'dollars'}, the most first</span>}
      bar={(index) => {
        const step = ordered[index];
        if (step === undefined) return null;
        const share = amount(step) / most;
        return (
          <>
            <span
              className="absolute top-2 left-0 h-3.5 min-w-0.5 rounded-sm bg-run"
              style={{ width: `${share * 100}%` }}
            />
            <span
              className="tabular absolute top-1.5 px-1 text-xs whitespace-nowrap text-quiet"
              style={{ left: `${share * 100}%` }}
            >
              {by === 'tokens' ? countWords(step.total_tokens) : moneyWords(step.cost_estimate)}
            </span>
          </>
        );
      }}
    />
  );
}

interface RowsProps {
  readonly steps: readonly Step[];
  readonly chosen: string | undefined;
  readonly head: ReactNode;
  readonly bar: (index: number) => ReactNode;
}

/** One scroll for names and bars. */
function Rows({ steps, chosen, head, bar }: RowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const rows = useVirtualizer({
    count: steps.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  return (
    <div
      ref={box}
      tabIndex={0}
      role="region"
      aria-label="Timeline"
      className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto"
    >
      <div className="sticky top-0 z-10 grid grid-cols-[14rem_minmax(0,1fr)] border-b border-line bg-page text-xs text-quiet narrow:grid-cols-[8rem_minmax(0,1fr)]">
        <span className="px-4 py-1">Step</span>
        <div className="relative mr-28 h-6 py-1 narrow:mr-14">{head}</div>
      </div>
      <ul className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const step = steps[row.index];
          if (step === undefined) return null;
          const words = stepWords(step);
          return (
            <li
              key={step.key}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${row.start}px)`, height: ROW }}
            >
              <button
                type="button"
                aria-current={step.key === chosen}
                onClick={() =>
                  void navigate({ to: '.', search: (search) => ({ ...search, step: step.key }) })
                }
                className={cn(
                  'grid h-full w-full grid-cols-[14rem_minmax(0,1fr)] text-left hover:bg-hover narrow:grid-cols-[8rem_minmax(0,1fr)]',
                  step.key === chosen && 'bg-accent-wash',
                )}
              >
                <span className="flex items-center gap-1.5 px-4 text-sm narrow:px-2">
                  <StatusIcon sign={words.sign} className={toneText(words.tone)} />
                  <KindIcon kind={step.kind} className="text-quiet narrow:hidden" />
                  <span className="truncate">{step.title}</span>
                  <span className="sr-only">, {words.text}</span>
                </span>
                <span className="relative mr-28 block h-full narrow:mr-14">{bar(row.index)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
