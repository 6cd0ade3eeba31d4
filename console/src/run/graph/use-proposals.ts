/** Changes of the plan that wait for somebody's yes. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Question } from '../../api/generated.ts';
import { questionsOf } from '../../api/queries.ts';
import { useRun } from '../run-context.tsx';
import type { Proposed } from './ghosts.ts';

export type Proposal = Question & { readonly edit: Proposed };

/** Read where the run waits for an answer; none of a moment of the past, of which nobody knows them. */
export function useProposals(): readonly Proposal[] {
  const { run } = useRun();
  const asked = run.waiting_for.filter(({ kind }) => kind === 'question').map(({ step }) => step ?? '');
  const { data } = useQuery({
    queryKey: ['run', run.id, 'proposals', asked, run.revision],
    enabled: asked.length > 0,
    queryFn: ({ signal }) => questionsOf(run.id, { status: 'open' }, signal),
  });
  const isAsked = asked.length > 0;
  return useMemo(
    () => (isAsked ? (data?.filter((one): one is Proposal => one.edit !== null) ?? []) : []),
    [data, isAsked],
  );
}
