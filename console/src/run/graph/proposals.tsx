/** Changes of the plan that wait for somebody's yes: who proposes what, and where it is answered. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { GitPullRequest } from 'lucide-react';
import { useMemo } from 'react';
import { api, dataOf } from '../../api/client.ts';
import type { Question } from '../../api/generated.ts';
import { counted } from '../../words/figures.ts';
import { useRun } from '../run-context.tsx';
import type { Proposed } from './ghosts.ts';

type Proposal = Question & { readonly edit: Proposed };

/** Read where the run waits for an answer; none of a moment of the past, of which nobody knows them. */
export function useProposals(): readonly Proposal[] {
  const { run } = useRun();
  const asked = run.waiting_for.filter(({ kind }) => kind === 'question').map(({ step }) => step ?? '');
  const { data } = useQuery({
    queryKey: ['run', run.id, 'proposals', asked, run.revision],
    enabled: asked.length > 0,
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/runs/{id}/questions', {
          params: { path: { id: run.id }, query: { status: 'open', limit: 200 } },
          signal,
        }),
      ),
  });
  const isAsked = asked.length > 0;
  return useMemo(
    () => (isAsked ? (data?.items.filter((one): one is Proposal => one.edit !== null) ?? []) : []),
    [data, isAsked],
  );
}

export function ProposalBar({ proposals }: { readonly proposals: readonly Proposal[] }) {
  const { run, steps } = useRun();
  return proposals.map(({ id, step, edit }) => (
    <p
      key={id}
      className="flex flex-wrap items-center gap-2 border-b border-line bg-need-wash px-4 py-1.5 text-sm"
    >
      <GitPullRequest className="size-4 text-need" aria-hidden />
      <span className="min-w-0 wrap-anywhere">
        <strong className="font-medium">{steps.find(({ key }) => key === step)?.title ?? step}</strong>{' '}
        proposes to change the plan: {proposedWords(edit)}. It waits for a yes.
      </span>
      <Link to="/inbox" search={{ run: run.id, question: id }} className="text-accent underline">
        Look at the proposal
      </Link>
    </p>
  ));
}

function proposedWords({ added, removed, changed, rewired }: Proposed): string {
  const parts = [
    added.length > 0 && `${counted(added.length, 'step')} more`,
    removed.length > 0 && `${counted(removed.length, 'step')} less`,
    changed.length > 0 && `${counted(changed.length, 'step')} changed`,
    rewired.length > 0 && `${counted(rewired.length, 'step')} waiting for others`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? 'nothing of its steps' : parts.join(', ');
}
