/** One cell of the list of runs. */
import { Link } from '@tanstack/react-router';
import type { RunNow } from '../../api/generated.ts';
import { Elapsed, Moment } from '../../parts/moment.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { preferences } from '../../app/preferences.ts';
import { countWords, durationWords, moneyWords } from '../../words/figures.ts';
import { runWords } from '../../words/status.ts';
import { cellText, valueAt } from './columns.ts';

export function RunCell({ run, column }: { readonly run: RunNow; readonly column: string }) {
  switch (column) {
    case 'status':
      return <StatusBadge words={runWords(run, preferences().name)} plain className="flex" />;
    case 'id':
      return <RunLink run={run} />;
    case 'workflow':
      return <Text text={run.workflow} />;
    case 'version':
      return <Text text={run.version ?? ''} quiet />;
    case 'progress':
      return <Progress run={run} />;
    case 'created':
      return <Moment at={run.created_at} />;
    case 'updated':
      return <Moment at={run.updated_at} />;
    case 'duration':
      return <Duration run={run} />;
    case 'cost':
      return <Cost run={run} />;
    case 'tokens':
      return <Figure value={run.total_tokens} />;
    case 'turns':
      return <Figure value={run.turns} />;
    case 'by':
      return <Text text={run.metadata.started_by ?? ''} quiet />;
    case 'labels':
      return <Labels labels={run.labels} />;
    case 'error':
      return <Text text={cellText(run.error_message)} quiet />;
    default:
      return <Text text={cellText(valueAt(run, column))} />;
  }
}

function RunLink({ run: { id } }: { readonly run: RunNow }) {
  return (
    <Link
      to="/runs/$id"
      params={{ id }}
      tabIndex={-1}
      className="block truncate font-medium text-ink hover:underline"
      title={id}
    >
      {id}
    </Link>
  );
}

function Text({ text, quiet = false }: { readonly text: string; readonly quiet?: boolean }) {
  return (
    <span className={quiet ? 'block truncate text-quiet' : 'block truncate'} title={text}>
      {text}
    </span>
  );
}

/** Nothing is said of what has not begun. */
function Figure({ value }: { readonly value: number }) {
  return <span className="tabular text-quiet">{value === 0 ? '' : countWords(value)}</span>;
}

export function Cost({ run }: { readonly run: RunNow }) {
  const { cost_estimate: cost, total_tokens: tokens } = run;
  const text = tokens === 0 && (cost ?? 0) === 0 ? '' : moneyWords(cost);
  return <span className={cost === null ? 'text-quiet' : 'tabular'}>{text}</span>;
}

export function Duration({ run }: { readonly run: RunNow }) {
  const { started_at: from, completed_at: until, duration_seconds: seconds } = run;
  if (seconds !== null) return <span className="tabular">{durationWords(seconds)}</span>;
  return from === null ? null : <Elapsed from={from} until={until} />;
}

/** `3/5` and a bar; ended runs need none. */
function Progress({ run: { progress } }: { readonly run: RunNow }) {
  if (progress === null || progress.total === 0) return null;
  const { settled, total, current } = progress;
  return (
    <span className="flex items-center justify-end gap-1.5" title={current.join(', ')}>
      <span className="h-1 w-8 overflow-hidden rounded-full bg-hover" aria-hidden>
        <span className="block h-full bg-run" style={{ width: `${(100 * settled) / total}%` }} />
      </span>
      <span className="tabular">
        {settled}/{total}
      </span>
    </span>
  );
}

function Labels({ labels }: { readonly labels: RunNow['labels'] }) {
  const all = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return (
    <span className="flex gap-1 overflow-hidden" title={all.join(' ')}>
      {all.map((text) => (
        <span
          key={text}
          className="max-w-40 min-w-0 truncate rounded bg-idle-wash px-1.5 text-xs leading-5 text-idle"
        >
          {text}
        </span>
      ))}
    </span>
  );
}
