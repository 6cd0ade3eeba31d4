/** What stands above every view of a run: how it is, how far, what it has used, whose it is. */
import type { ReactNode } from 'react';
import { Link } from '@tanstack/react-router';
import { Copy } from '../../parts/copy.tsx';
import { Freshness } from '../../parts/freshness.tsx';
import { Elapsed } from '../../parts/moment.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { countWords, moneyWords } from '../../words/figures.ts';
import { runWords } from '../../words/status.ts';
import { useRun } from '../run-context.tsx';

export function RunHead() {
  const { run, steps, following } = useRun();
  const settled = steps.filter(({ status }) =>
    ['completed', 'failed', 'skipped', 'cancelled', 'superseded'].includes(status),
  ).length;
  return (
    <header className="flex flex-col gap-2 border-b border-line px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="text-lg font-semibold wrap-anywhere">
          <Link to="/definitions/$name" params={{ name: run.workflow }} className="hover:underline">
            {run.workflow}
          </Link>
        </h1>
        <StatusBadge words={runWords(run)} />
        <Freshness state={following.state} />
        <span className="flex items-center font-mono text-xs text-quiet">
          {run.id}
          <Copy text={run.id} what="the run’s id" />
        </span>
      </div>
      <dl className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
        <Figure name="Time">
          {run.started_at === null ? '–' : <Elapsed from={run.started_at} until={run.completed_at} />}
        </Figure>
        <Figure name="Steps">{`${settled}/${steps.length}`}</Figure>
        <Figure name="Turns">{countWords(run.turns)}</Figure>
        <Figure name="Tokens">{countWords(run.total_tokens)}</Figure>
        <Figure name="Cost">{moneyWords(run.cost_estimate)}</Figure>
      </dl>
    </header>
  );
}

function Figure({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="flex gap-1.5">
      <dt className="text-quiet">{name}</dt>
      <dd className="tabular font-medium">{children}</dd>
    </div>
  );
}
