/** The record of the run that is shown, read whole in pages and kept in step. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { RunEvent } from '../../api/generated.ts';
import { eventPage } from '../../api/queries.ts';
import { readAll } from '../../api/read-all.ts';
import { useRun } from '../run-context.tsx';

const PAGE = 1_000;
/** Of longer records the beginning of what is shown is the newest part. */
const MOST = 20_000;
const READ_EVERY_MS = 300;

export interface Record {
  readonly events: readonly RunEvent[];
  /** Events before the first one that are not here. */
  readonly left: number;
}

export function useRecord() {
  const { run, following, at } = useRun();
  // The object is another one at each render.
  const { listen } = following;
  const queries = useQueryClient();
  const queryKey = ['run', run.id, 'record'];
  const query = useQuery({
    queryKey,
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
    queryFn: ({ signal }) => readFrom(run.id, Math.max(0, run.last_seq - MOST), signal),
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      const key = ['run', run.id, 'record'];
      const known = queries.getQueryData<Record>(key);
      if (known !== undefined) {
        const { events } = await readFrom(run.id, known.events.at(-1)?.seq ?? 0);
        queries.setQueryData<Record>(key, { ...known, events: [...known.events, ...events] });
      }
      timer = undefined;
    };
    const stop = listen(() => {
      timer ??= setTimeout(() => void read().catch(() => (timer = undefined)), READ_EVERY_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [queries, run.id, listen]);
  const shown = at === undefined ? query.data?.events : query.data?.events.filter(({ seq }) => seq <= at);
  return { ...query, events: shown, left: query.data?.left ?? 0 };
}

async function readFrom(runId: string, after: number, signal?: AbortSignal): Promise<Record> {
  const events = await readAll(after, (from) => eventPage(runId, { after: from, limit: PAGE }, signal));
  return { events, left: after };
}
