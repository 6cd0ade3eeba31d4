/** Saved views, and how many runs a filter finds. */
import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import type { SavedView } from '../../api/generated.ts';
import { columnsText } from '../columns/columns.ts';
import type { ListState } from '../list-state.ts';

/** @param owner who looks; empty: nobody has said */
export const viewsQuery = (owner: string) =>
  queryOptions({
    queryKey: ['views', owner],
    queryFn: async ({ signal }) => {
      const query = { counts: true, ...(owner !== '' && { owner }) };
      return (await dataOf(api.GET('/api/v1/views', { params: { query }, signal }))).items;
    },
    refetchInterval: 10_000,
  });

export const countQuery = (filter: string, zone: string, enabled: boolean) =>
  queryOptions({
    queryKey: ['runs', 'count', filter, zone],
    enabled,
    queryFn: async ({ signal }) => {
      const query = { zone, ...(filter !== '' && { filter }) };
      return (await dataOf(api.GET('/api/v1/runs/count', { params: { query }, signal }))).count;
    },
    refetchInterval: 10_000,
  });

/** What of a view a page shows. */
export function stateOf(
  view: SavedView,
): Pick<ListState, 'filter' | 'sort'> & { readonly columnsText: string | null } {
  return {
    filter: view.filter,
    sort: (view.sort ?? undefined) as ListState['sort'],
    columnsText: view.columns,
  };
}

/** What a view would have to be, to show this. */
export function contentOf({ filter, sort, columns }: ListState) {
  return { filter, sort: sort ?? null, columns: columnsText(columns) ?? null };
}

export function isChanged(view: SavedView, state: ListState): boolean {
  const now = contentOf(state);
  return now.filter !== view.filter || now.sort !== view.sort || now.columns !== view.columns;
}
