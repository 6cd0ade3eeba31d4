/** One run: its head, its tabs, and beside them the inspector of the step that is chosen. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useActions } from '../app/actions.ts';
import { useTitle } from '../app/attention.ts';
import { RUN_TABS, type RunTab } from '../app/search.ts';
import { api, dataOf } from '../api/client.ts';
import type { RunNow, Step } from '../api/generated.ts';
import { runQuery, stepsQuery } from '../api/queries.ts';
import { StoppedClock } from '../parts/moment.tsx';
import { Fault, SkeletonRows } from '../parts/states.tsx';
import { runWords } from '../words/status.ts';
import { asItWas, type Instant } from './cursor/as-it-was.ts';
import { CursorBar } from './cursor/cursor-bar.tsx';
import { useFollowing } from './follow.ts';
import { RunHead } from './head/run-head.tsx';
import { Inspector } from './inspector/inspector.tsx';
import { RunContext } from './run-context.tsx';

const route = getRouteApi('/runs/$id');
const NO_STEPS: readonly never[] = [];
/** Whether the socket tells everything is looked at so often. */
const LOOK_EVERY_MS = 20_000;

const TAB_WORDS: Readonly<Record<RunTab, string>> = {
  graph: 'Graph',
  timeline: 'Timeline',
  conversation: 'Conversation',
  checkpoints: 'Checkpoints',
  events: 'Events',
};

export function RunPage() {
  const { id } = route.useParams();
  const { at, step } = route.useSearch();
  const { data: run, error, refetch } = useQuery({ ...runQuery(id), refetchInterval: LOOK_EVERY_MS });
  const { data: steps = NO_STEPS } = useQuery(stepsQuery(id));
  const following = useFollowing(id, run);
  const instant = useInstant(run, steps, at);
  useTitle(run === undefined ? id : `${run.workflow}: ${runWords(run).text}`);
  useTabKeys(id);
  if (run === undefined) {
    return error === null ? <SkeletonRows /> : <Fault error={error} retry={() => void refetch()} />;
  }
  const shown = instant ?? { run, steps, time: undefined };
  const state = at !== undefined ? 'snapshot' : following.state;
  return (
    <RunContext value={{ run: shown.run, steps: shown.steps, following: { ...following, state }, at }}>
      <StoppedClock value={shown.time ?? following.lostAt}>
        <RunHead />
        <Tabs id={id} />
        <CursorBar runId={id} at={at} time={shown.time} last={run.last_seq} />
        <div className="flex min-h-0 flex-1">
          <section className="flex min-h-0 min-w-0 flex-1 flex-col" aria-label="Run">
            <Outlet />
          </section>
          {step !== undefined && <Inspector stepKey={step} />}
        </div>
      </StoppedClock>
    </RunContext>
  );
}

/** The run as it was after an event; undefined: now, or not known yet. */
function useInstant(
  run: RunNow | undefined,
  steps: readonly Step[],
  at: number | undefined,
): Instant | undefined {
  const { data: then } = useQuery({
    queryKey: ['run', run?.id, 'state', at],
    enabled: run !== undefined && at !== undefined,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/runs/{id}/state', {
          params: { path: { id: run?.id ?? '' }, query: { at: at ?? 1 } },
          signal,
        }),
      ),
  });
  return useMemo(
    () =>
      run === undefined || at === undefined || then === undefined ? undefined : asItWas(run, steps, then),
    [run, steps, then, at],
  );
}

function Tabs({ id }: { readonly id: string }) {
  return (
    <nav
      aria-label="Views of the run"
      className="flex gap-1 overflow-x-auto border-b border-line px-4 narrow:px-1"
    >
      {RUN_TABS.map((tab) => (
        <Link
          key={tab}
          to="/runs/$id/$tab"
          params={{ id, tab }}
          search={(search) => search}
          activeOptions={{ includeSearch: false }}
          className="-mb-px border-b-2 border-transparent px-2.5 py-2 text-sm whitespace-nowrap text-quiet hover:text-ink data-[status=active]:border-accent data-[status=active]:font-medium data-[status=active]:text-ink"
        >
          {TAB_WORDS[tab]}
        </Link>
      ))}
    </nav>
  );
}

/** `[` and `]` go through the tabs. */
function useTabKeys(id: string): void {
  const navigate = useNavigate();
  const go = (by: number) => {
    const now = RUN_TABS.findIndex((tab) => location.pathname.endsWith(`/${tab}`));
    const tab = RUN_TABS[(now + by + RUN_TABS.length) % RUN_TABS.length] ?? RUN_TABS[0];
    void navigate({ to: '/runs/$id/$tab', params: { id, tab }, search: (search) => search });
  };
  useActions([
    { label: 'Previous view', group: 'Run', keys: '[', act: () => go(-1) },
    { label: 'Next view', group: 'Run', keys: ']', act: () => go(1) },
    ...RUN_TABS.map((tab) => ({
      label: `Show ${TAB_WORDS[tab].toLowerCase()}`,
      group: 'Run',
      act: () => void navigate({ to: '/runs/$id/$tab', params: { id, tab }, search: (search) => search }),
    })),
  ]);
}
