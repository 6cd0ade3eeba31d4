/**
 * The conversation of the run that is shown: its newest part first, older parts when they are asked for, and kept in step
 * with its events. At a moment of the past it is what had been said by then.
 */
import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { Refused } from '../../../api/client.ts';
import { useRun, type ShownRun } from '../../run-context.tsx';
import type { Entry } from './entries.ts';
import { joinPiece, knownThread, threadKey, type ThreadKey } from './known-thread.ts';
import { questionsOf } from '../../../api/queries.ts';
import { FIRST_PAGE, readBefore, readMissed } from './read-thread.ts';
import { ThreadReader } from './thread-reader.ts';
import { joined, threadOf, type KnownThread } from './thread.ts';

/** A read that failed for good is made again by itself. */
const AGAIN_MS = 3_000;
/** Moments of the past that lie so near each other share what was read. */
const STRIDE = 200;

export interface Older {
  /** There is something older than the first entry. */
  readonly isThere: boolean;
  readonly isReading: boolean;
  readonly error: unknown;
  readonly read: () => void;
}

interface Reading {
  readonly entries: readonly Entry[] | undefined;
  /** Entries from this `seq` on are here; 0: all. */
  readonly from: number;
  readonly older: Older;
  readonly error: unknown;
  readonly retry: () => void;
}

/** @param least the conversation is read back to this event at once */
export function useThread(least: number | undefined): Reading {
  const { run, following, at } = useRun();
  // The object is another one at each render.
  const { listen } = following;
  const queries = useQueryClient();
  const end = endOf(queries, run, at);
  const key = threadKey(run.id, end);
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => readOn(queries, key, end, signal),
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
    placeholderData: (before: KnownThread | undefined, query) =>
      query?.queryKey[1] === run.id ? before : undefined,
    refetchInterval: ({ state }) => state.data === undefined && isPassing(state.error) && AGAIN_MS,
  });
  useEffect(() => {
    const reader = new ThreadReader(queries, run.id);
    const stop = listen((event) => reader.take(event.type, event.data));
    return () => {
      stop();
      reader.stop();
    };
  }, [queries, run.id, listen]);
  const older = useOlder(run.id, key, data?.from ?? 0, least);
  const isKnown = data !== undefined && (at === undefined || data.from <= at);
  const shown = useMemo(
    () => (at === undefined ? data?.entries : data?.entries.filter(({ seq }) => seq <= at)),
    [data, at],
  );
  return {
    entries: isKnown ? shown : undefined,
    from: data?.from ?? 0,
    older,
    error,
    retry: () => void refetch(),
  };
}

/** Up to where it is read; undefined: it is the conversation of now, or a part of it. */
function endOf(queries: QueryClient, run: ShownRun['run'], at: number | undefined): number | undefined {
  if (at === undefined) return undefined;
  const now = knownThread(queries, threadKey(run.id, undefined));
  const end = Math.ceil(at / STRIDE) * STRIDE;
  return end >= run.last_seq || (now !== undefined && now.from <= at) ? undefined : end;
}

/** The newest part; where that is known already, what was missed. */
async function readOn(
  queries: QueryClient,
  key: ThreadKey,
  end: number | undefined,
  signal: AbortSignal,
): Promise<KnownThread> {
  const runId = key[1];
  const known = knownThread(queries, key);
  if (known !== undefined) {
    const missed = end === undefined ? await readMissed(runId, known) : {};
    return joined(knownThread(queries, key) ?? known, missed);
  }
  const [piece, questions] = await Promise.all([
    readBefore(runId, end === undefined ? undefined : end + 1, FIRST_PAGE, signal),
    questionsOf(runId, {}, signal),
  ]);
  return threadOf({ ...piece, questions });
}

function useOlder(runId: string, key: ThreadKey, from: number, least: number | undefined): Older {
  const queries = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: async (before: number) => joinPiece(queries, key, await readBefore(runId, before)),
  });
  useEffect(() => {
    if (least !== undefined && least < from && !isPending && error === null) mutate(from);
  }, [least, from, isPending, error, mutate]);
  return { isThere: from > 0, isReading: isPending, error, read: () => mutate(from) };
}

/** What was refused stays refused. */
function isPassing(error: unknown): boolean {
  return error !== null && !(error instanceof Refused && error.status < 500);
}
