/**
 * All runs: found by a filter, seen in a table (on a phone as cards), acted on together. What is shown stands in the
 * address; newer runs and other orders come when they are asked for.
 */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ArrowUp, Columns3 } from 'lucide-react';
import { Suspense, useEffect, useRef, useState } from 'react';
import { parseRunFilter } from '../../../src/protocol/filter/run-filter.ts';
import { lazyPart, loadSoon } from '../api/part.ts';
import { useActions } from '../app/actions.ts';
import { useTitle } from '../app/attention.ts';
import { usePreferences, zoneOf } from '../app/preferences.ts';
import { Button } from '../parts/button.tsx';
import { Echo } from '../parts/echo.tsx';
import { Empty, Fault, SkeletonRows } from '../parts/states.tsx';
import { useIsPhone } from '../parts/use-is-phone.ts';
import { counted } from '../words/figures.ts';
import type { BulkName } from './bulk/bulk-actions.ts';
import { FilterBar } from './filter/filter-bar.tsx';
import { RunsTable, type ListProps } from './list/runs-table.tsx';
import {
  EVERYTHING,
  isEmpty,
  NOTHING,
  rangeOf,
  sizeOf,
  toggled,
  withAll,
  type Selection,
} from './list/selection.ts';
import { useRunList } from './list/use-run-list.ts';
import { useListState, type ListState } from './list-state.ts';
import { countQuery } from './views/view-queries.ts';
import { ViewDialog, ViewTabs } from './views/view-tabs.tsx';

const BulkBar = lazyPart(() => import('./bulk/bulk-bar.tsx'));
const BulkDialog = lazyPart(() => import('./bulk/bulk-dialog.tsx'));
const ColumnsDialog = lazyPart(() => import('./columns/columns-dialog.tsx'));
const FirstRun = lazyPart(() => import('./first-run.tsx'));
const RunCards = lazyPart(() => import('./list/run-cards.tsx'));

/** What somebody is likely to ask for next. */
const SOON = [BulkBar, BulkDialog, ColumnsDialog, ViewDialog];

export function RunsPage() {
  useTitle('Runs');
  useEffect(() => loadSoon(SOON), []);
  const [state, set] = useListState();
  const zone = zoneOf(usePreferences());
  const { filter, sort } = state;
  const query = { filter, sort, zone };
  const isReadable = parseRunFilter(filter).faults.length === 0;
  const runs = useRunList(query, isReadable);
  const { data: total = null } = useQuery(countQuery(filter, zone, isReadable));
  const chosen = useChosen(runs.list.ids, `${filter} ${zone}`);
  const [dialog, setDialog] = useState<BulkName | 'columns'>();
  const input = useRef<HTMLInputElement>(null);
  const queries = useQueryClient();
  const showNew = () => {
    void runs.reload();
    void queries.invalidateQueries({ queryKey: ['runs', 'count'] });
  };
  const newer = runs.newer.length;
  const current = useCurrent(runs.list.ids, chosen.toggle);
  useActions([
    { label: 'Filter runs', group: 'Runs', keys: '/', act: () => input.current?.focus() },
    { label: 'Choose columns', group: 'Runs', act: () => setDialog('columns') },
    {
      label: 'Show new runs',
      group: 'Runs',
      keys: '.',
      why: newer === 0 ? 'There are none.' : undefined,
      act: showNew,
    },
  ]);
  const size = sizeOf(chosen.selection, total);
  const list: ListProps = {
    list: runs.list,
    state,
    set,
    selection: chosen.selection,
    current: current.id,
    total,
    initialScroll: runs.initialScroll,
    see: runs.see,
    choose: chosen.choose,
    chooseAll: () => (chosen.selection.all ? chosen.clear() : chosen.chooseAll()),
    makeCurrent: current.set,
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="flex flex-col gap-2 px-4 pt-3 pb-2 narrow:px-3">
        <div className="flex items-center gap-3">
          <h1 className="text-xl font-semibold">Runs</h1>
          <span role="status" className="tabular text-sm text-quiet">
            {total !== null && isReadable && counted(total, 'run')}
            {runs.lost && <span className="ml-2 text-need">Not up to date: Baton does not answer</span>}
          </span>
          <span className="flex-1" />
          {newer > 0 && (
            <Button size="small" kind="primary" onClick={showNew}>
              <ArrowUp className="size-3.5" aria-hidden />
              {newer >= 20 ? '20 or more new runs' : counted(newer, 'new run')}
            </Button>
          )}
          <Button kind="quiet" size="small" className="narrow:hidden" onClick={() => setDialog('columns')}>
            <Columns3 className="size-4" aria-hidden />
            Columns
          </Button>
          <ListEcho state={state} zone={zone} />
        </div>
        <ViewTabs state={state} set={set} />
        <FilterBar filter={filter} change={(next) => set({ filter: next })} input={input} />
      </header>
      <Body
        runs={runs}
        isReadable={isReadable}
        filter={filter}
        list={list}
        clear={() => set({ filter: '' })}
      />
      <Suspense>
        {!isEmpty(chosen.selection) && (
          <BulkBar
            count={size}
            isAll={chosen.selection.all}
            total={total}
            chooseAll={chosen.chooseAll}
            clear={chosen.clear}
            begin={setDialog}
          />
        )}
        {dialog === 'columns' && (
          <ColumnsDialog
            columns={state.columns}
            onClose={() => setDialog(undefined)}
            change={(columns) => set({ columns }, 'replace')}
          />
        )}
        {dialog !== undefined && dialog !== 'columns' && (
          <BulkDialog
            name={dialog}
            selection={chosen.selection}
            query={query}
            onClose={() => setDialog(undefined)}
            onDone={() => void runs.refresh()}
          />
        )}
      </Suspense>
    </div>
  );
}

interface BodyProps {
  readonly runs: ReturnType<typeof useRunList>;
  readonly isReadable: boolean;
  readonly filter: string;
  readonly list: ListProps;
  readonly clear: () => void;
}

function Body({ runs, isReadable, filter, list, clear }: BodyProps) {
  const isPhone = useIsPhone();
  if (!isReadable) {
    return (
      <Empty title="This filter cannot be read" actions={<Button onClick={clear}>Clear the filter</Button>}>
        What is wrong stands below it.
      </Empty>
    );
  }
  if (runs.phase === 'fault') return <Fault error={runs.error} retry={() => void runs.reload()} />;
  if (runs.phase === 'loading') return <SkeletonRows rows={12} />;
  if (runs.list.ids.length === 0) {
    if (filter === '')
      return (
        <Suspense>
          <FirstRun />
        </Suspense>
      );
    return (
      <Empty title="No run fits" actions={<Button onClick={clear}>Clear the filter</Button>}>
        No run is found by <code className="wrap-anywhere">{filter}</code>.
      </Empty>
    );
  }
  if (!isPhone) return <RunsTable {...list} />;
  return (
    <Suspense fallback={<SkeletonRows rows={12} />}>
      <RunCards {...list} />
    </Suspense>
  );
}

/** Which runs are chosen; another filter begins with none. */
function useChosen(ids: readonly string[], key: string) {
  const [held, setHeld] = useState<{ readonly key: string; readonly selection: Selection }>({
    key,
    selection: NOTHING,
  });
  const last = useRef<string>(null);
  const selection = held.key === key ? held.selection : NOTHING;
  const hold = (next: Selection) => setHeld({ key, selection: next });
  const newest = useRef({ ids, selection, hold });
  useEffect(() => void (newest.current = { ids, selection, hold }));
  const [acts] = useState(() => ({
    toggle: (id: string) => {
      last.current = id;
      newest.current.hold(toggled(newest.current.selection, id));
    },
    choose: (id: string, range: boolean) => {
      const now = newest.current;
      if (range) now.hold(withAll(now.selection, rangeOf(now.ids, last.current, id), true));
      else now.hold(toggled(now.selection, id));
      last.current = id;
    },
    chooseAll: () => newest.current.hold(EVERYTHING),
    clear: () => newest.current.hold(NOTHING),
  }));
  return { selection, ...acts };
}

/** The row that keys act on. */
function useCurrent(ids: readonly string[], toggle: (id: string) => void) {
  const [id, set] = useState<string | null>(null);
  const navigate = useNavigate();
  const at = id === null ? -1 : ids.indexOf(id);
  const move = (by: number) => {
    const next = ids[Math.min(ids.length - 1, Math.max(0, at + by))];
    if (next !== undefined) set(next);
  };
  const why = at < 0 ? 'No run is the current one: press j.' : undefined;
  useActions([
    { label: 'Next run', group: 'Runs', keys: 'j', act: () => move(1) },
    { label: 'Previous run', group: 'Runs', keys: 'k', act: () => move(-1) },
    { label: 'Next run in the list', group: 'Runs', keys: 'ArrowDown', act: () => move(1) },
    { label: 'Previous run in the list', group: 'Runs', keys: 'ArrowUp', act: () => move(-1) },
    {
      label: 'Open the run',
      group: 'Runs',
      keys: 'Enter',
      why,
      act: () => id !== null && void navigate({ to: '/runs/$id', params: { id } }),
    },
    { label: 'Choose the run', group: 'Runs', keys: 'x', why, act: () => id !== null && toggle(id) },
  ]);
  return { id: at < 0 ? null : id, set };
}

function ListEcho({ state: { filter, sort }, zone }: { readonly state: ListState; readonly zone: string }) {
  const query = new URLSearchParams({
    ...(filter !== '' && { filter, zone }),
    ...(sort !== undefined && { sort }),
  }).toString();
  return (
    <Echo
      request={{ method: 'GET', path: `/api/v1/runs${query === '' ? '' : `?${query}`}` }}
      command={['list', ...(filter === '' ? [] : [filter]), ...(sort === undefined ? [] : ['--sort', sort])]}
    />
  );
}
