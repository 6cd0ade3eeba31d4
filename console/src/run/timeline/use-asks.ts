/** When the steps of the run that is shown waited for people. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Step } from '../../api/generated.ts';
import { questionsOf } from '../../api/queries.ts';
import { useRun } from '../run-context.tsx';
import { asksOf } from './asks.ts';

const NO_ASKS: ReturnType<typeof asksOf> = new Map();

/** Read again when a step begins or ends to wait for somebody; nobody is asked where there are no agents. */
export function useAsks(steps: readonly Step[]): ReturnType<typeof asksOf> {
  const { run } = useRun();
  const waiting = steps.filter(({ status }) => status === 'waiting').map(({ key }) => key);
  const { data } = useQuery({
    queryKey: ['run', run.id, 'asks', waiting],
    enabled: steps.some(({ kind }) => kind === 'agent'),
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => questionsOf(run.id, {}, signal),
  });
  return useMemo(() => (data === undefined ? NO_ASKS : asksOf(data)), [data]);
}
