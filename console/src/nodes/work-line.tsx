/** A piece of work: whose step it is, how it is, how far it says to be. */
import { Link } from '@tanstack/react-router';
import type { Assignment } from '../api/generated.ts';
import { Bar } from '../parts/bar.tsx';
import { Elapsed, Moment } from '../parts/moment.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { isOpen, workWords } from './node-words.ts';

export function WorkLine({ work }: { readonly work: Assignment }) {
  const { run, step, attempt, why, progress, late_answers: late } = work;
  return (
    <li className="flex flex-col gap-0.5 border-b border-line py-2 text-sm last:border-b-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Link
          to="/runs/$id/$tab"
          params={{ id: run, tab: 'graph' }}
          search={{ step }}
          className="min-w-0 font-medium wrap-anywhere text-accent underline"
        >
          {run} · {step}
        </Link>
        {attempt > 1 && <span className="text-quiet">try {attempt}</span>}
        <span className="flex-1" />
        <StatusBadge words={workWords(work)} plain />
        <span className="text-xs text-quiet">
          <Since work={work} />
        </span>
      </div>
      {progress !== null && isOpen(work) && <Progress {...progress} />}
      {why !== null && (
        <p className="text-xs wrap-anywhere text-quiet">
          {work.status === 'waiting' ? `It waits for ${why}.` : why}
        </p>
      )}
      {late > 0 && <p className="text-xs text-need">{late} answers came after it was over.</p>}
    </li>
  );
}

/** How long it has been at it or has waited; of what has ended, when, and how long it took. */
function Since({ work }: { readonly work: Assignment }) {
  const { created_at: created, started_at: started, ended_at: ended } = work;
  if (ended !== null)
    return (
      <>
        <Moment at={ended} />
        {started !== null && (
          <>
            , took <Elapsed from={started} until={ended} />
          </>
        )}
      </>
    );
  return (
    <>
      for <Elapsed from={started ?? created} until={null} />
    </>
  );
}

function Progress({ share, text }: NonNullable<Assignment['progress']>) {
  return (
    <div className="flex items-center gap-2 text-xs">
      {share !== null && (
        <>
          <Bar share={share} className="w-24" />
          <span className="tabular">{Math.round(share * 100)}%</span>
        </>
      )}
      <span className="min-w-0 wrap-anywhere">{text}</span>
    </div>
  );
}
