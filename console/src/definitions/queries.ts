/** What the pages of definitions read. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../api/client.ts';

const PAGE = 50;
/** How often figures are read anew while somebody looks. */
const AGAIN_MS = 10_000;

export interface DefinitionsFilter {
  readonly search: string | undefined;
  /** Only those, instead of those in use. */
  readonly archived: boolean;
}

/** Definitions by name, page by page, with how their last runs went. */
export const definitionsQuery = ({ search, archived }: DefinitionsFilter) =>
  infiniteQueryOptions({
    queryKey: ['definitions', 'list', search ?? '', archived],
    initialPageParam: '',
    queryFn: ({ pageParam: cursor, signal }) => {
      const query = {
        statistics: 'true' as const,
        archived: archived ? ('true' as const) : ('false' as const),
        limit: PAGE,
        ...(search !== undefined && { search }),
        ...(cursor !== '' && { cursor }),
      };
      return dataOf(api.GET('/api/v1/workflows', { params: { query }, signal }));
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: AGAIN_MS,
  });

/** Names and titles alone, for pickers and menus. */
export const namesQuery = (search: string, limit = 20) =>
  queryOptions({
    queryKey: ['definitions', 'names', search, limit],
    queryFn: async ({ signal }) => {
      const query = { limit, ...(search !== '' && { search }) };
      return (await dataOf(api.GET('/api/v1/workflows', { params: { query }, signal }))).items;
    },
  });

/** Whether there is a definition of that name, archived or not. */
export const existsQuery = (name: string) =>
  queryOptions({
    queryKey: ['definitions', 'exists', name],
    queryFn: async ({ signal }) => {
      const query = { search: name, archived: 'all' as const, limit: 200 };
      const { items } = await dataOf(api.GET('/api/v1/workflows', { params: { query }, signal }));
      return items.some((item) => item.name === name);
    },
  });

/** @param version undefined: the newest */
export const definitionQuery = (name: string, version: string | undefined) =>
  queryOptions({
    queryKey: ['definition', name, version ?? ''],
    queryFn: ({ signal }) => {
      const path = { name: version === undefined ? name : `${name}@${version}` };
      return dataOf(api.GET('/api/v1/workflows/{name}', { params: { path }, signal }));
    },
  });

export const statisticsQuery = (name: string, version: string | undefined) =>
  queryOptions({
    queryKey: ['definition', name, 'statistics', version ?? ''],
    queryFn: ({ signal }) => {
      const params = { path: { name }, query: version === undefined ? {} : { version } };
      return dataOf(api.GET('/api/v1/workflows/{name}/statistics', { params, signal }));
    },
    refetchInterval: AGAIN_MS,
  });

/** Newest first; the newest 200. */
export const versionsQuery = (name: string) =>
  queryOptions({
    queryKey: ['definition', name, 'versions'],
    queryFn: async ({ signal }) => {
      const params = { path: { name }, query: { limit: 200 } };
      return (await dataOf(api.GET('/api/v1/workflows/{name}/versions', { params, signal }))).items;
    },
  });

/** A version with its text and plan. It never changes. */
export const versionQuery = (name: string, version: string) =>
  queryOptions({
    queryKey: ['definition', name, 'version', version],
    staleTime: Infinity,
    queryFn: ({ signal }) => {
      const params = { path: { name, version } };
      return dataOf(api.GET('/api/v1/workflows/{name}/versions/{version}', { params, signal }));
    },
  });

/** Where each step of a version stands in its drawing. */
export const graphQuery = (name: string, version: string) =>
  queryOptions({
    queryKey: ['definition', name, 'graph', version],
    staleTime: Infinity,
    queryFn: ({ signal }) => {
      const params = { path: { name, version } };
      return dataOf(api.GET('/api/v1/workflows/{name}/versions/{version}/graph', { params, signal }));
    },
  });

export const recentRunsQuery = (name: string) =>
  queryOptions({
    queryKey: ['runs', 'of', name],
    queryFn: async ({ signal }) => {
      const params = { query: { workflow: name, limit: 10 } };
      return (await dataOf(api.GET('/api/v1/runs', { params, signal }))).items;
    },
    refetchInterval: 3_000,
  });
