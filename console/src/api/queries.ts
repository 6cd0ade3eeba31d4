/**
 * What pages read, one query each: its key, how it is fetched. Pages share one cache, so that what one has read another
 * shows at once. Freshness comes from the live connection (`live.ts`) and from refetching when a tab wakes.
 */
import { QueryClient, queryOptions } from '@tanstack/react-query';
import { api, dataOf, Refused } from './client.ts';
import type { Question, RunEvent } from './generated.ts';

export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        refetchOnWindowFocus: 'always',
        // What was refused stays refused; a server that is away comes back.
        retry: (count, error) => !(error instanceof Refused && error.status < 500) && count < 3,
      },
    },
  });
}

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ['run', id],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/runs/{id}', { params: { path: { id } }, signal })),
  });

/** All of them: a run has at most 2,000. */
export const stepsQuery = (id: string) =>
  queryOptions({
    queryKey: ['run', id, 'steps'],
    queryFn: async ({ signal }) =>
      (await dataOf(api.GET('/api/v1/runs/{id}/steps', { params: { path: { id } }, signal }))).items,
  });

/** Where its steps are drawn; anew where the plan has other steps. */
export const runGraphQuery = (id: string, revision: number, steps: number) =>
  queryOptions({
    queryKey: ['run', id, 'graph', revision, steps],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/runs/{id}/graph', { params: { path: { id } }, signal })),
  });

export const stepQuery = (id: string, key: string) =>
  queryOptions({
    queryKey: ['run', id, 'step', key],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/runs/{id}/steps/{key}', { params: { path: { id, key } }, signal })),
  });

interface EventQuery {
  readonly after?: number;
  readonly before?: number;
  readonly order?: 'asc' | 'desc';
  readonly limit?: number;
  readonly type?: string;
  readonly step?: string;
  readonly scope?: 'run';
}

interface EventPage {
  readonly items: readonly RunEvent[];
  readonly next_cursor: string | null;
}

/** A page of a run's record. The same route streams to whoever asks for that; this asks for JSON. */
export async function eventPage(id: string, query: EventQuery, signal?: AbortSignal): Promise<EventPage> {
  const asked = { params: { path: { id }, query }, headers: { accept: 'application/json' } };
  return (await dataOf(
    api.GET('/api/v1/runs/{id}/events', { ...asked, ...(signal !== undefined && { signal }) }),
  )) as EventPage;
}

/** All that a run asks or has asked people, or only what is `open`. */
export async function questionsOf(
  id: string,
  wanted: { readonly status?: 'open' },
  signal?: AbortSignal,
): Promise<readonly Question[]> {
  const items: Question[] = [];
  for (let cursor: string | undefined; ;) {
    const query = { ...wanted, limit: 200, ...(cursor !== undefined && { cursor }) };
    const params = { path: { id }, query };
    const page = await dataOf(
      api.GET('/api/v1/runs/{id}/questions', { params, ...(signal !== undefined && { signal }) }),
    );
    items.push(...page.items);
    if (page.next_cursor === null) return items;
    cursor = page.next_cursor;
  }
}

/** The questions of all runs that wait for people. */
export const openQuestionsQuery = () =>
  queryOptions({
    queryKey: ['questions', 'open'],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/questions', { params: { query: { limit: 200 } }, signal })),
    refetchInterval: 5_000,
  });

/** Which Baton this is; it stays so while the page is open. */
export const aboutQuery = () =>
  queryOptions({
    queryKey: ['about'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/about', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });

export const readinessQuery = () =>
  queryOptions({
    queryKey: ['readiness'],
    queryFn: ({ signal }) => dataOf(api.GET('/health/ready', { signal })),
    refetchInterval: 15_000,
  });
