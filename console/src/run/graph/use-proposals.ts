/** Changes of the plan that wait for somebody's yes. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Question } from '../../api/generated.ts';
import { part } from '../../api/part.ts';
import { questionsOf } from '../../api/queries.ts';
import { useRun } from '../run-context.tsx';
import type * as Ghosts from './ghosts.ts';

export type Proposal = Question & { readonly edit: Ghosts.Proposed };

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

/** What draws changes that are not made yet, loaded where there are some; undefined until then. */
export function useGhosts(areThere: boolean): typeof Ghosts | undefined {
  const { data } = useQuery({
    queryKey: ['part', 'ghosts'],
    enabled: areThere,
    staleTime: Infinity,
    queryFn: () => part(() => import('./ghosts.ts')),
  });
  return areThere ? data : undefined;
}
