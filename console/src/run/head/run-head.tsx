/** What stands above every view of a run: how it is and what to do, how far it is, what it has used, whose it is. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { RunNow } from '../../api/generated.ts';
import { Copy } from '../../parts/copy.tsx';
import { Echo } from '../../parts/echo.tsx';
import { Freshness } from '../../parts/freshness.tsx';
import { Elapsed, Moment } from '../../parts/moment.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Tip } from '../../parts/tip.tsx';
import { countWords, durationWords, moneyWords } from '../../words/figures.ts';
import { runWords } from '../../words/status.ts';
import { useRun } from '../run-context.tsx';
import { RunActions } from '../steering/run-actions.tsx';
import { gauges, type Gauge } from './budget.ts';
import { Situation } from './situation.tsx';
import { StepsBar } from './steps-bar.tsx';

export function RunHead() {
  const { run, steps, following } = useRun();
  return (
    <header className="flex flex-col gap-2 border-b border-line px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <h1 className="text-lg font-semibold wrap-anywhere">
          <Link to="/definitions/$name" params={{ name: run.workflow }} className="hover:underline">
            {run.workflow}
          </Link>
        </h1>
        <StatusBadge words={runWords(run)} />
        <Freshness state={following.state} />
        <span className="flex items-center font-mono text-xs text-quiet">
          <span className="wrap-anywhere">{run.id}</span>
          <Copy text={run.id} what="the run’s id" />
          <Echo request={{ method: 'GET', path: `/api/v1/runs/${run.id}` }} command={['status', run.id]} />
        </span>
        <span className="flex-1" />
        <RunActions />
      </div>
      <Situation />
      <div className="flex flex-wrap items-center gap-x-5 gap-y-1 text-sm">
        <StepsBar steps={steps} />
        <Figures run={run} />
        <Origin run={run} />
      </div>
    </header>
  );
}

function Figures({ run }: { readonly run: RunNow }) {
  const limits = gauges(run);
  const of = (name: Gauge['name']) => limits.find((gauge) => gauge.name === name);
  return (
    <dl className="contents">
      <Figure name="Time">
        {run.started_at === null ? '–' : <Elapsed from={run.started_at} until={run.completed_at} />}
        {run.active_seconds !== null && (
          <span className="font-normal text-quiet"> ({durationWords(run.active_seconds)} at work)</span>
        )}
      </Figure>
      <Figure name="Turns" gauge={of('turns')}>
        {countWords(run.turns)}
      </Figure>
      <Figure name="Tokens" gauge={of('tokens')}>
        {countWords(run.total_tokens)}
      </Figure>
      <Figure name="Cost" gauge={of('cost')}>
        {moneyWords(run.cost_estimate)}
      </Figure>
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly gauge?: Gauge | undefined;
  readonly children: ReactNode;
}

function Figure({ name, gauge, children }: FigureProps) {
  return (
    <div className="flex items-center gap-1.5">
      <dt className="text-quiet">{name}</dt>
      <dd className="tabular font-medium">
        {children}
        {gauge !== undefined && <Meter gauge={gauge} />}
      </dd>
    </div>
  );
}

/** How much of a limit is used. */
function Meter({ gauge: { name, share, most, left } }: { readonly gauge: Gauge }) {
  const all = name === 'cost' ? moneyWords(most) : name === 'time' ? durationWords(most) : countWords(most);
  const percent = `${Math.round(share * 100)}% of ${all}`;
  const text =
    left === null ? percent : `${percent}; at this pace it lasts ${durationWords(left)} more of work`;
  return (
    <Tip text={text}>
      <span className="ml-1 inline-flex items-center gap-1 font-normal text-quiet">
        of {all}
        <span className="inline-block h-1.5 w-12 overflow-hidden rounded-full bg-hover" aria-hidden>
          <span
            className={
              share >= 1
                ? 'block h-full bg-fail'
                : share >= 0.8
                  ? 'block h-full bg-need'
                  : 'block h-full bg-run'
            }
            style={{ width: `${Math.min(100, share * 100)}%` }}
          />
        </span>
        <span className="sr-only">{text}</span>
      </span>
    </Tip>
  );
}

/** Version, revision, who started it, where it comes from. */
function Origin({ run }: { readonly run: RunNow }) {
  const { lineage, metadata, labels, version, revision, epoch, forks } = run;
  const parents = [
    lineage.forked_from !== undefined && (['forked from', lineage.forked_from.run] as const),
    lineage.rerun_of !== undefined && (['again of', lineage.rerun_of] as const),
    lineage.redirected_from !== undefined && (['in place of', lineage.redirected_from] as const),
    lineage.redirected_to !== undefined && (['redirected to', lineage.redirected_to] as const),
    ...forks.map(({ run: fork }) => ['fork', fork] as const),
  ].filter((one) => one !== false);
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-quiet">
      <span>
        {version ?? 'version not known yet'}
        {revision > 0 && `, revision ${revision}`}
        {epoch > 0 && `, epoch ${epoch}`}
      </span>
      <span>
        {metadata.started_by == null ? 'started' : `by ${metadata.started_by},`}{' '}
        <Moment at={run.created_at} />
      </span>
      {Object.entries(labels).map(([name, value]) => (
        <span key={name} className="max-w-60 truncate rounded-full bg-hover px-2 text-xs leading-5 text-ink">
          {name}: {value}
        </span>
      ))}
      {parents.map(([how, id]) => (
        <span key={`${how} ${id}`}>
          {how}{' '}
          <Link to="/runs/$id" params={{ id }} className="text-accent underline">
            {id}
          </Link>
        </span>
      ))}
    </span>
  );
}
