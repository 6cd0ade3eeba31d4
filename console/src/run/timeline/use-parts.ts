/** Reads the turns and tool calls of opened steps, and of no others; again while a step is at work. */
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, dataOf } from '../../api/client.ts';
import type { ModelCall, RunEvent, Step } from '../../api/generated.ts';
import { eventPage } from '../../api/queries.ts';
import { partsOf, type Part } from './parts.ts';

const READ_EVERY_MS = 2_000;
const PAGE = 1_000;
/** Of a step; an agent that did more shows its beginning. */
const MOST_PAGES = 5;

interface Inside {
  readonly calls: readonly ModelCall[];
  readonly events: readonly RunEvent[];
}

/** By key; a step that is not there has not been read yet. @param isPast what is shown does not change any more */
export function useParts(
  runId: string,
  opened: readonly Step[],
  now: number,
  isPast: boolean,
): ReadonlyMap<string, readonly Part[]> {
  const read = useQueries({
    queries: opened.map(({ key, turns, status, attempt }) => ({
      queryKey: ['run', runId, 'parts', key, turns, status, attempt],
      placeholderData: keepPreviousData,
      refetchInterval: status === 'running' && !isPast ? READ_EVERY_MS : (false as const),
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => readInside(runId, key, signal),
    })),
    combine: (results) => results.map(({ data }) => data),
  });
  return useMemo(
    () =>
      new Map(
        opened.flatMap(({ key }, at) => {
          const inside = read[at];
          return inside === undefined ? [] : [[key, partsOf(inside.calls, inside.events, now)] as const];
        }),
      ),
    [opened, read, now],
  );
}

async function readInside(runId: string, step: string, signal: AbortSignal): Promise<Inside> {
  const [calls, events] = await Promise.all([readCalls(runId, step, signal), readTools(runId, step, signal)]);
  return { calls, events };
}

async function readCalls(runId: string, step: string, signal: AbortSignal): Promise<readonly ModelCall[]> {
  const calls: ModelCall[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = { step, limit: PAGE, ...(cursor !== null && { cursor }) };
    const params = { path: { id: runId }, query };
    const read: { readonly items: readonly ModelCall[]; readonly next_cursor: string | null } = await dataOf(
      api.GET('/api/v1/runs/{id}/calls', { params, signal }),
    );
    calls.push(...read.items);
    cursor = read.next_cursor;
    if (cursor === null) break;
  }
  return calls;
}

async function readTools(runId: string, step: string, signal: AbortSignal): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for (let page = 0; page < MOST_PAGES; page++) {
    const after = events.at(-1)?.seq ?? 0;
    const read = await eventPage(
      runId,
      { step, after, limit: PAGE, type: 'tool_call,tool_response' },
      signal,
    );
    events.push(...read.items);
    if (read.next_cursor === null) break;
  }
  return events;
}
