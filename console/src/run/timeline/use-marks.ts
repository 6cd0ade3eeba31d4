/** Reads what happened to the run as a whole; again when it has moved on. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { RunEvent } from '../../api/generated.ts';
import { eventPage } from '../../api/queries.ts';
import { useRun } from '../run-context.tsx';
import { marksOf, type Marks } from './marks.ts';

const PAGE = 1_000;
/** A run that changed its state more often shows the first of them. */
const MOST_PAGES = 5;
const NONE: readonly never[] = [];

/** @param now where what goes on ends; ms */
export function useMarks(now: number): Marks {
  const { run } = useRun();
  const { data = NONE } = useQuery({
    queryKey: ['run', run.id, 'marks', run.status, run.epoch, run.pause?.drained],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => readChanges(run.id, signal),
  });
  return useMemo(() => marksOf(data, now), [data, now]);
}

async function readChanges(runId: string, signal: AbortSignal): Promise<readonly RunEvent[]> {
  const changes: RunEvent[] = [];
  for (let page = 0; page < MOST_PAGES; page++) {
    const after = changes.at(-1)?.seq ?? 0;
    const query = { scope: 'run', after, limit: PAGE, type: 'status_change' } as const;
    const read = await eventPage(runId, query, signal);
    changes.push(...read.items);
    if (read.next_cursor === null) break;
  }
  return changes;
}
