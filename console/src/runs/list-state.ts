/** What the list of runs shows, as it stands in the address: all of it, so that a link shows the same. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { columnsText, parseColumns, type Column, type SortField } from './columns/columns.ts';

export type RunSort = SortField | `-${SortField}`;
const SORTS: readonly string[] = ['created', 'updated', 'duration', 'cost', 'tokens'].flatMap((field) => [
  field,
  `-${field}`,
]);

export interface ListState {
  readonly filter: string;
  /** Undefined: the newest first. */
  readonly sort: RunSort | undefined;
  readonly columns: readonly Column[];
  /** The view that was chosen; `all`: none, though there is a default. */
  readonly view: string | undefined;
}

export type SetListState = (change: Partial<ListState>, how?: 'replace') => void;

export function useListState(): readonly [ListState, SetListState] {
  const { filter = '', sort, columns, view } = useSearch({ from: '/runs' });
  const navigate = useNavigate({ from: '/runs' });
  const state = useMemo<ListState>(
    () => ({
      filter,
      sort: sort !== undefined && sort !== '-created' && SORTS.includes(sort) ? (sort as RunSort) : undefined,
      columns: parseColumns(columns),
      view,
    }),
    [filter, sort, columns, view],
  );
  const set = useCallback<SetListState>(
    (change, how) => {
      const { columns: chosen, ...next } = { ...state, ...change };
      void navigate({
        search: searchOf({ ...next, columns: columnsText(chosen) }),
        replace: how === 'replace',
      });
    },
    [navigate, state],
  );
  return [state, set];
}

interface Written {
  readonly filter: string;
  readonly sort: string | undefined;
  readonly columns: string | undefined;
  readonly view: string | undefined;
}

function searchOf({ filter, sort, columns, view }: Written) {
  return {
    ...(view !== undefined && { view }),
    ...(filter.trim() !== '' && { filter: filter.trim() }),
    ...(sort !== undefined && { sort }),
    ...(columns !== undefined && { columns }),
  };
}
