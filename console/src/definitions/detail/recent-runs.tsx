/** The newest runs of a definition, open ones too. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Moment } from '../../parts/moment.tsx';
import { Fault, Skeleton } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { runWords } from '../../words/status.ts';
import { recentRunsQuery } from '../queries.ts';

export function RecentRuns({ name }: { readonly name: string }) {
  const { data: runs, error } = useQuery(recentRunsQuery(name));
  if (runs === undefined) return error === null ? <Skeleton className="h-24" /> : <Fault error={error} />;
  if (runs.length === 0) return <p className="text-sm text-quiet">It has not run yet.</p>;
  return (
    <ul className="flex flex-col divide-y divide-line rounded-lg border border-line">
      {runs.map((run) => (
        <li key={run.id} className="relative flex items-center gap-2 px-3 py-1.5 hover:bg-hover">
          <div className="min-w-0 flex-1">
            <StatusBadge plain words={runWords(run)} />
            <Link
              to="/runs/$id"
              params={{ id: run.id }}
              className="block truncate font-mono text-xs text-quiet after:absolute after:inset-0"
            >
              {run.id}
            </Link>
          </div>
          <span className="text-xs text-quiet">
            <Moment at={run.created_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}
