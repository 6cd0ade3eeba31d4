/** How a definition goes, and what it is made of: figures, the last runs, its graph, its steps with theirs, its inputs. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { InputSpec } from '../../../../src/plan/plan.ts';
import type { WorkflowDetail, WorkflowStatistics } from '../../api/generated.ts';
import { Fault, Skeleton } from '../../parts/states.tsx';
import { Tip } from '../../parts/tip.tsx';
import { countWords, counted } from '../../words/figures.ts';
import { costSpreadWords, costWords, rateWords, secondsWords, timeOf, unpricedWords } from '../figures.ts';
import { Sparkline } from '../list/sparkline.tsx';
import { statisticsQuery } from '../queries.ts';
import { DefinitionGraph } from './definition-graph.tsx';
import { InputsTable } from './inputs-table.tsx';
import { RecentRuns } from './recent-runs.tsx';
import { StepsTable } from './steps-table.tsx';

interface OverviewProps {
  readonly definition: WorkflowDetail;
  /** As it stands in the address; undefined: the newest, and figures of all. */
  readonly version: string | undefined;
  /** The step that is chosen. */
  readonly step: string | undefined;
}

export function Overview({ definition, version, step }: OverviewProps) {
  const { name, selected } = definition;
  const { data: statistics, error, refetch } = useQuery(statisticsQuery(name, version));
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <div className="grid grid-cols-[minmax(0,1fr)_22rem] gap-x-8 gap-y-6 p-4 max-xl:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-6">
          {statistics === undefined && error !== null ? (
            <Fault error={error} retry={() => void refetch()} />
          ) : (
            <Figures statistics={statistics} />
          )}
          <Section title="Graph" more={counted(selected.steps.length, 'step')}>
            <DefinitionGraph key={selected.hash} definition={definition} />
          </Section>
          <Section title="Steps" more={statistics && `in the last ${counted(statistics.runs, 'run')}`}>
            <StepsTable steps={selected.steps} statistics={statistics?.steps ?? []} chosen={step} />
          </Section>
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          {selected.description !== null && (
            <Section title="Description">
              <p className="text-sm whitespace-pre-wrap wrap-anywhere">{selected.description}</p>
            </Section>
          )}
          <Section title="Inputs">
            <InputsTable inputs={selected.inputs as Readonly<Record<string, InputSpec>>} />
          </Section>
          <Section
            title="Recent runs"
            more={
              <Link to="/runs" search={{ filter: `workflow:${name}` }} className="text-accent underline">
                All runs
              </Link>
            }
          >
            <RecentRuns name={name} />
          </Section>
        </div>
      </div>
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  readonly more?: ReactNode;
  readonly children: ReactNode;
}

function Section({ title, more, children }: SectionProps) {
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <h2 className="flex items-baseline gap-2 text-sm font-semibold">
        {title}
        {more !== undefined && <span className="text-xs font-normal text-quiet">{more}</span>}
      </h2>
      {children}
    </section>
  );
}

function Figures({ statistics }: { readonly statistics: WorkflowStatistics | undefined }) {
  if (statistics === undefined) return <Skeleton className="h-20" />;
  const { runs, completed, failed, cancelled, duration_seconds: whole, cost } = statistics;
  const time = timeOf(statistics);
  return (
    <div className="flex flex-wrap items-end gap-x-8 gap-y-4 rounded-lg border border-line bg-surface p-4">
      <div className="min-w-0">
        <div className="text-xs text-quiet">
          {runs === 0 ? 'No run has ended' : `Last ${counted(runs, 'run')}`}
        </div>
        <Sparkline points={statistics.points} height={44} />
      </div>
      <dl className="flex flex-wrap gap-x-7 gap-y-3">
        <Figure
          name="Success"
          more={`${completed} completed, ${failed} failed. The ${cancelled} that somebody ended do not count.`}
        >
          {rateWords(statistics.success_rate)}
        </Figure>
        <Figure name="p50" more={`Of the time at work. With waiting: ${secondsWords(whole.p50)}.`}>
          {secondsWords(time.p50)}
        </Figure>
        <Figure name="p95" more={`Of the time at work. With waiting: ${secondsWords(whole.p95)}.`}>
          {secondsWords(time.p95)}
        </Figure>
        <Figure
          name="Cost"
          more={[costSpreadWords(cost) ?? 'Of all of them together.', unpricedWords(cost)].join(' ')}
        >
          {costWords(cost, runs)}
        </Figure>
        <Figure name="Tokens" more="Of all of them together.">
          {runs === 0 ? '–' : countWords(statistics.total_tokens)}
        </Figure>
        <Figure name="Open" more="Runs that have not ended.">
          {statistics.open_runs.toLocaleString('en')}
        </Figure>
      </dl>
    </div>
  );
}

function Figure({
  name,
  more,
  children,
}: {
  readonly name: string;
  readonly more: string;
  readonly children: ReactNode;
}) {
  return (
    <Tip text={more}>
      <div>
        <dt className="text-xs text-quiet">{name}</dt>
        <dd className="tabular text-lg font-semibold">{children}</dd>
      </div>
    </Tip>
  );
}
