/** What a period came to: runs, times, tokens and money, what they are made of, and what fails most. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTitle } from '../app/attention.ts';
import { usePreferences, zoneOf } from '../app/preferences.ts';
import { api, dataOf } from '../api/client.ts';
import type { Insights } from '../api/generated.ts';
import { Choice } from '../parts/field.tsx';
import { Echo } from '../parts/echo.tsx';
import { useNow } from '../parts/moment.tsx';
import { Empty, Fault, SkeletonRows } from '../parts/states.tsx';
import { zoneName } from '../words/time.ts';
import { Breakdown } from './breakdown.tsx';
import { Charts } from './charts.tsx';
import { Failures } from './failures.tsx';
import { isNamed, ownPeriod, periodOf } from './period.ts';
import { PeriodChoice, type PeriodInAddress } from './period-choice.tsx';
import { Summary } from './summary.tsx';

const route = getRouteApi('/insights');

export function InsightsPage() {
  useTitle('Insights');
  const { from, until, workflow } = route.useSearch();
  const navigate = useNavigate();
  const zone = zoneOf(usePreferences());
  const hour = Math.floor(useNow() / 3_600_000);
  const own = useMemo(() => ownPeriod(from, until), [from, until]);
  const named = own !== undefined ? undefined : isNamed(from) ? from : '7d';
  const period = useMemo(() => own ?? periodOf(named ?? '7d', hour * 3_600_000 + 1), [own, named, hour]);
  const query = { ...period, zone, ...(workflow !== undefined && { workflow }) };
  const { data, error, refetch } = useQuery({
    queryKey: ['insights', query],
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/insights', { params: { query }, signal })),
  });
  const set = (change: Partial<PeriodInAddress & { readonly workflow: string | undefined }>) =>
    void navigate({
      to: '/insights',
      replace: true,
      search: (search) => ({ ...search, ...change }) as typeof search,
    });
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <header className="sticky top-0 z-10 narrow:static flex flex-wrap items-center gap-2 border-b border-line bg-page px-4 py-3">
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
        <PeriodChoice named={named} period={period} zone={zone} choose={set} />
        <span className="text-xs text-quiet">{zoneName(zone)}</span>
        <Echo
          request={{ method: 'GET', path: `/api/v1/insights?${new URLSearchParams(query).toString()}` }}
        />
      </header>
      {error !== null && data === undefined ? (
        <Fault error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <SkeletonRows />
      ) : data.totals.runs === 0 && data.previous.runs === 0 ? (
        <Empty title="Nothing has run in this period">Figures of runs stand here once there are some.</Empty>
      ) : (
        <Figures insights={data} workflow={workflow} />
      )}
    </div>
  );
}

interface FiguresProps {
  readonly insights: Insights;
  readonly workflow: string | undefined;
}

/** While another period is on its way, the figures are still those of the period that they tell. */
function Figures({ insights, workflow }: FiguresProps) {
  const { since, until, bucket, zone } = insights;
  const period = { since, until, bucket };
  return (
    <div className="flex flex-col gap-4 p-4">
      <Summary insights={insights} period={period} />
      <Charts insights={insights} period={period} zone={zone} workflow={workflow} />
      <Failures insights={insights} period={period} />
      <Breakdown insights={insights} period={period} />
    </div>
  );
}
