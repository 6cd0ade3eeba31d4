/** The charts of a period: runs, times at work and in the queue, tokens and cost, by hour or day. */
import type { Insights } from '../api/generated.ts';
import { countWords, counted, durationWords, moneyWords } from '../words/figures.ts';
import { BarChart } from './bar-chart.tsx';
import type { Bar, Part, Words } from './bars.ts';
import { differenceWords } from './comparison.ts';
import { lengthWords, periodBefore, startsOf, type Period } from './period.ts';

type Sums = Insights['totals'];

interface ChartsProps {
  readonly insights: Insights;
  readonly period: Period;
  readonly zone: string;
  readonly workflow: string | undefined;
}

interface Chart {
  readonly title: string;
  readonly words: (value: number) => string;
  /** What a value that is not there is called. */
  readonly missing: string;
  /** What is compared with the period before. */
  readonly compared: (sums: Sums) => number | null;
  readonly parts: readonly (Omit<Part, 'value' | 'filter'> & {
    readonly of: (sums: Sums) => number | null;
    readonly status?: string;
  })[];
  readonly isBeside?: true;
  readonly note?: (sums: Sums) => string | undefined;
}

const CHARTS: readonly Chart[] = [
  {
    title: 'Runs',
    words: countWords,
    missing: '0',
    compared: ({ runs }) => runs,
    parts: [
      { name: 'completed', fill: 'bg-done', of: ({ completed }) => completed, status: 'completed' },
      { name: 'failed', fill: 'bg-fail', of: ({ failed }) => failed, status: 'failed,timed_out' },
      { name: 'stopped', fill: 'bg-idle', of: ({ stopped }) => stopped, status: 'cancelled,terminated' },
      { name: 'open', fill: 'bg-run', of: ({ open }) => open, status: 'open' },
    ],
  },
  {
    title: 'Time at work',
    words: durationWords,
    missing: '–',
    isBeside: true,
    compared: ({ p50_seconds: median }) => median,
    parts: [
      { name: 'median', fill: 'bg-run', of: ({ p50_seconds: median }) => median },
      { name: '95%', fill: 'bg-run/40', of: ({ p95_seconds: most }) => most },
    ],
  },
  {
    title: 'Time in the queue',
    words: durationWords,
    missing: '–',
    isBeside: true,
    compared: ({ queue_p50_seconds: median }) => median,
    parts: [
      { name: 'median', fill: 'bg-idle', of: ({ queue_p50_seconds: median }) => median },
      { name: '95%', fill: 'bg-idle/40', of: ({ queue_p95_seconds: most }) => most },
    ],
  },
  {
    title: 'Lag of the projection',
    words: durationWords,
    missing: '–',
    compared: ({ projection_lag_seconds: lag }) => lag,
    parts: [{ name: 'longest', fill: 'bg-idle', of: ({ projection_lag_seconds: lag }) => lag }],
  },
  {
    title: 'Tokens',
    words: countWords,
    missing: '0',
    compared: ({ total_tokens: tokens }) => tokens,
    parts: [{ name: 'tokens', fill: 'bg-pause', of: ({ total_tokens: tokens }) => tokens }],
  },
  {
    title: 'Cost',
    words: moneyWords,
    missing: 'unknown',
    compared: ({ cost_estimate: cost }) => cost,
    parts: [{ name: 'cost', fill: 'bg-need', of: ({ cost_estimate: cost }) => cost }],
    note: ({ unpriced_runs: unpriced }) =>
      unpriced === 0 ? undefined : `without ${counted(unpriced, 'run')} of unknown price`,
  },
];

/** What leaves something out says so, and is not compared. */
function changeOf({ compared, words, note }: Chart, { totals, previous }: Insights, period: Period) {
  const left = note?.(totals);
  if (left !== undefined || note?.(previous) !== undefined) return left;
  return differenceWords({ now: compared(totals), before: compared(previous) }, period, words);
}

export function Charts({ insights, period, zone, workflow }: ChartsProps) {
  const stretches = stretchesOf(insights, period);
  const beforeName = `the ${lengthWords(period)} before`;
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      {CHARTS.map((chart) => {
        const { title, words, missing, compared, parts, isBeside, note } = chart;
        const all: Words = (value) => (value === null ? missing : words(value));
        const bars = stretches.map(({ at, until, sums, before }): Bar => {
          const filter = `${workflow === undefined ? '' : `workflow:${workflow} `}created>=${at} created<${until}`;
          return {
            key: at,
            label: labelOf(at, period.bucket, zone),
            filter,
            runs: sums?.runs ?? 0,
            before: before === undefined ? null : compared(before),
            note: sums === undefined ? undefined : note?.(sums),
            parts: parts.map(({ name, fill, of, status }) => ({
              name,
              fill,
              // Where nothing ran there is nothing that could be unknown.
              value: sums === undefined ? (missing === '–' ? null : 0) : of(sums),
              ...(status !== undefined && { filter: `${filter} status:${status}` }),
            })),
          };
        });
        return (
          <BarChart
            key={title}
            title={title}
            bars={bars}
            words={all}
            beforeName={beforeName}
            difference={changeOf(chart, insights, period)}
            isBeside={isBeside ?? false}
          />
        );
      })}
    </div>
  );
}

/** Every bucket of the period, also those in which nothing began, each with the one at its place in the period before. */
function stretchesOf({ buckets, previous_buckets: earlier }: Insights, period: Period) {
  const known = new Map(buckets.map((bucket) => [bucket.at, bucket]));
  const before = new Map(earlier.map((bucket) => [bucket.at, bucket]));
  const starts = startsOf(period, [...known.keys()]);
  const startsBefore = startsOf(periodBefore(period), [...before.keys()]);
  return starts.map((at, index) => ({
    at,
    until: starts[index + 1] ?? period.until,
    sums: known.get(at),
    before: before.get(startsBefore[index] ?? ''),
  }));
}

function labelOf(at: string, bucket: Period['bucket'], zone: string): string {
  const date = new Date(at);
  if (bucket === 'day') return date.toLocaleDateString('en-CA', { timeZone: zone });
  return date.toLocaleString('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
}
