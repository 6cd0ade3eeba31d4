/** What a period came to: runs, times, tokens and money, what they are made of, and what fails most. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTitle } from '../app/attention.ts';
import { usePreferences, zoneOf } from '../app/preferences.ts';
import { api, dataOf } from '../api/client.ts';
import type { Insights } from '../api/generated.ts';
import { Choice } from '../parts/field.tsx';
import { Echo } from '../parts/echo.tsx';
import { useNow } from '../parts/moment.tsx';
import { Empty, Fault, SkeletonRows } from '../parts/states.tsx';
import { countWords, durationWords, moneyWords, percentWords } from '../words/figures.ts';
import { zoneName } from '../words/time.ts';
import { BarChart, type Bar, type Part } from './bar-chart.tsx';
import { Breakdown } from './breakdown.tsx';
import { changeWords, isNamed, NAMED, periodOf, startsOf, type Period } from './period.ts';

const route = getRouteApi('/insights');

type Sums = Insights['totals'];

export function InsightsPage() {
  useTitle('Insights');
  const { from, workflow } = route.useSearch();
  const navigate = useNavigate();
  const zone = zoneOf(usePreferences());
  const named = isNamed(from) ? from : '7d';
  const hour = Math.floor(useNow() / 3_600_000);
  const period = useMemo(() => periodOf(named, hour * 3_600_000 + 1), [named, hour]);
  const query = { ...period, zone, ...(workflow !== undefined && { workflow }) };
  const { data, error, refetch } = useQuery({
    queryKey: ['insights', query],
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/insights', { params: { query }, signal })),
  });
  const set = (change: Readonly<Record<string, string | undefined>>) =>
    void navigate({
      to: '/insights',
      replace: true,
      search: (search) => ({ ...search, ...change }) as typeof search,
    });
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <header className="sticky top-0 z-10 flex flex-wrap items-center gap-2 border-b border-line bg-page px-4 py-3">
        <h1 className="flex-1 text-xl font-semibold">Insights</h1>
        <Choice
          aria-label="Definition"
          className="w-auto max-w-60"
          value={workflow ?? ''}
          onChange={({ target }) => set({ workflow: target.value === '' ? undefined : target.value })}
        >
          <option value="">all definitions</option>
          {[
            ...new Set([
              ...(workflow === undefined ? [] : [workflow]),
              ...(data?.workflows.map((one) => one.workflow) ?? []),
            ]),
          ].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Choice>
        <Choice
          aria-label="Period"
          className="w-auto"
          value={named}
          onChange={({ target }) => set({ from: target.value })}
        >
          {Object.entries(NAMED).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </Choice>
        <span className="text-xs text-quiet">{zoneName(zone)}</span>
        <Echo
          request={{ method: 'GET', path: `/api/v1/insights?${new URLSearchParams(query).toString()}` }}
          command={['stats']}
        />
      </header>
      {error !== null && data === undefined ? (
        <Fault error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <SkeletonRows />
      ) : data.totals.runs === 0 && data.previous.runs === 0 ? (
        <Empty title="Nothing has run in this period">Figures of runs stand here once there are some.</Empty>
      ) : (
        <Figures insights={data} period={period} zone={zone} workflow={workflow} />
      )}
    </div>
  );
}

interface FiguresProps {
  readonly insights: Insights;
  readonly period: Period;
  readonly zone: string;
  readonly workflow: string | undefined;
}

function Figures({ insights, period, zone, workflow }: FiguresProps) {
  const { totals, previous } = insights;
  const buckets = useBuckets(insights, period);
  const bars = (parts: (sums: Sums | undefined) => readonly Part[]): readonly Bar[] =>
    buckets.map(({ at, until, sums }) => ({
      key: at,
      label: labelOf(at, period.bucket, zone),
      parts: parts(sums),
      filter: `${workflow === undefined ? '' : `workflow:${workflow} `}created>=${at} created<${until}`,
    }));
  return (
    <div className="flex flex-col gap-4 p-4">
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-6">
        <Card name="Runs" value={countWords(totals.runs)} change={changeWords(totals.runs, previous.runs)} />
        <Card
          name="Completed"
          value={percentWords(totals.completed, totals.completed + totals.failed)}
          change={`${countWords(totals.failed)} failed`}
        />
        <Card
          name="Time, median"
          value={totals.p50_seconds === null ? '–' : durationWords(totals.p50_seconds)}
          change={changeWords(totals.p50_seconds, previous.p50_seconds)}
        />
        <Card
          name="Tokens"
          value={countWords(totals.total_tokens)}
          change={changeWords(totals.total_tokens, previous.total_tokens)}
        />
        <Card
          name="Cost"
          value={moneyWords(totals.cost_estimate)}
          change={
            totals.unpriced_runs > 0
              ? `${countWords(totals.unpriced_runs)} runs of unknown price`
              : changeWords(totals.cost_estimate, previous.cost_estimate)
          }
        />
        <Card
          name="Queue, 95%"
          value={totals.queue_p95_seconds === null ? '–' : durationWords(totals.queue_p95_seconds)}
          change={changeWords(totals.queue_p95_seconds, previous.queue_p95_seconds)}
        />
      </dl>
      <div className="grid gap-4 lg:grid-cols-2">
        <BarChart
          title="Runs"
          words={countWords}
          bars={bars((sums) => [
            { name: 'completed', fill: 'bg-done', value: sums?.completed ?? 0 },
            { name: 'failed', fill: 'bg-fail', value: sums?.failed ?? 0 },
            { name: 'stopped', fill: 'bg-idle', value: sums?.stopped ?? 0 },
            { name: 'open', fill: 'bg-run', value: sums?.open ?? 0 },
          ])}
        />
        <BarChart
          title="Time at work"
          isBeside
          words={durationWords}
          bars={bars((sums) => [
            { name: 'median', fill: 'bg-run', value: sums?.p50_seconds ?? 0 },
            { name: '95%', fill: 'bg-idle/40', value: sums?.p95_seconds ?? 0 },
          ])}
        />
        <BarChart
          title="Tokens"
          words={countWords}
          bars={bars((sums) => [{ name: 'tokens', fill: 'bg-pause', value: sums?.total_tokens ?? 0 }])}
        />
        <BarChart
          title="Cost"
          words={moneyWords}
          bars={bars((sums) => [{ name: 'cost', fill: 'bg-need', value: sums?.cost_estimate ?? 0 }])}
        />
      </div>
      <Failures insights={insights} />
      <Breakdown insights={insights} period={period} />
    </div>
  );
}

/** Every bucket of the period, also those in which nothing began. */
function useBuckets({ buckets }: Insights, period: Period) {
  return useMemo(() => {
    const known = new Map(buckets.map((bucket) => [bucket.at, bucket]));
    const starts = startsOf(period, [...known.keys()]);
    return starts.map((at, index) => ({ at, until: starts[index + 1] ?? period.until, sums: known.get(at) }));
  }, [buckets, period]);
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

interface CardProps {
  readonly name: string;
  readonly value: string;
  readonly change: string | undefined;
}

function Card({ name, value, change }: CardProps) {
  return (
    <div className="rounded-lg border border-line bg-raised px-3 py-2">
      <dt className="text-sm text-quiet">{name}</dt>
      <dd className="tabular text-xl font-semibold">
        {value}
        <span className="block min-h-4.5 text-xs font-normal text-quiet">{change}</span>
      </dd>
    </div>
  );
}

/** What fails most, each with its newest run. */
function Failures({ insights: { failures } }: { readonly insights: Insights }) {
  if (failures.length === 0) return null;
  return (
    <section className="rounded-lg border border-line bg-raised p-3">
      <h2 className="mb-1 font-semibold">What fails most</h2>
      <ul className="flex flex-col">
        {failures.map(({ workflow, step, type, message, runs, run }) => (
          <li
            key={`${workflow} ${step} ${type}`}
            className="flex items-baseline gap-3 border-t border-line py-1.5 text-sm first:border-t-0"
          >
            <Link
              to="/runs"
              search={{ filter: `workflow:${workflow} status:failed` }}
              className="tabular w-10 shrink-0 text-right font-semibold text-fail hover:underline"
              aria-label={`${runs} failed runs of ${workflow}`}
            >
              {runs}
            </Link>
            <span className="min-w-0 flex-1">
              <span className="font-medium">{workflow}</span>
              {step !== null && <span className="text-quiet"> at {step}</span>}{' '}
              <span className="font-mono text-xs text-quiet">{type}</span>
              <span className="block truncate text-quiet">{message}</span>
            </span>
            <Link to="/runs/$id" params={{ id: run }} className="shrink-0 text-accent underline">
              newest
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
