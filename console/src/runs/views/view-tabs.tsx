/** Saved views as tabs with live counts: choose, save, rename, share, make the default, pin, remove. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ChevronDown, Lock, Plus, Star } from 'lucide-react';
import { Suspense, useEffect, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { lazyPart } from '../../api/part.ts';
import { author } from '../../api/commands.ts';
import type { SavedView, SavedViewContent } from '../../api/generated.ts';
import { usePreferences } from '../../app/preferences.ts';
import { Button } from '../../parts/button.tsx';
import { cn } from '../../parts/class-names.ts';
import { Menu, type MenuEntry } from '../../parts/menu.tsx';
import { faultWords } from '../../parts/states.tsx';
import { tell } from '../../parts/toasts.tsx';
import { countWords } from '../../words/figures.ts';
import { parseColumns } from '../columns/columns.ts';
import type { ListState, SetListState } from '../list-state.ts';
import { contentOf, isChanged, stateOf, viewsQuery } from './view-queries.ts';

export const ViewDialog = lazyPart(() => import('./view-dialog.tsx'));

interface ViewTabsProps {
  readonly state: ListState;
  readonly set: SetListState;
}

export function ViewTabs({ state, set }: ViewTabsProps) {
  const { name } = usePreferences();
  const { data: views } = useQuery(viewsQuery(name));
  const [dialog, setDialog] = useState<'new' | 'rename'>();
  const save = useSaveView(name);
  const active = views?.find(({ id }) => id === state.view);
  const open = (view: SavedView) => {
    const { columnsText: columns, ...shown } = stateOf(view);
    set({ ...shown, columns: parseColumns(columns ?? undefined), view: view.id });
  };
  useDefault(views, state, open);
  const change = (to: Partial<SavedViewContent>) => {
    if (active !== undefined) save.mutate({ id: active.id, content: { ...contentIn(active), ...to } });
  };
  const tabs = views?.filter((view) => view.pinned || view.id === state.view) ?? [];
  const others = views?.filter((view) => !tabs.includes(view)) ?? [];
  return (
    <nav aria-label="Views" className="flex items-center gap-1 overflow-x-auto">
      <Tab
        label="All"
        isActive={active === undefined}
        act={() => set({ view: 'all', filter: '', sort: undefined, columns: parseColumns(undefined) })}
      />
      {tabs.map((view) => (
        <Tab
          key={view.id}
          label={view.name}
          count={view.count}
          isPrivate={!view.shared}
          isDefault={view.is_default}
          isActive={view === active}
          act={() => open(view)}
        />
      ))}
      {others.length > 0 && (
        <Menu
          trigger={
            <Button kind="quiet" size="small">
              More
              <ChevronDown className="size-3.5" aria-hidden />
            </Button>
          }
          groups={[others.map((view) => ({ label: view.name, act: () => open(view) }))]}
        />
      )}
      {active !== undefined && isChanged(active, state) && (
        <Button size="small" onClick={() => change(contentOf(state))}>
          Save changes
        </Button>
      )}
      {active !== undefined && (
        <ViewMenu view={active} name={name} change={change} rename={() => setDialog('rename')} set={set} />
      )}
      <Button kind="quiet" size="small" onClick={() => setDialog('new')} label="Save view, as it is shown">
        <Plus className="size-3.5" aria-hidden />
        <span className="narrow:hidden">Save view</span>
      </Button>
      {dialog !== undefined && (
        <Suspense>
          <ViewDialog
            view={dialog === 'rename' ? active : undefined}
            person={name}
            fault={save.error === null ? undefined : faultWords(save.error)}
            onClose={() => {
              setDialog(undefined);
              save.reset();
            }}
            onSave={(content) =>
              save.mutate(
                dialog === 'rename' && active !== undefined
                  ? { id: active.id, content: { ...contentIn(active), ...content } }
                  : { content: { ...contentOf(state), ...content } },
                {
                  onSuccess: (view) => {
                    setDialog(undefined);
                    set({ view: view.id });
                  },
                },
              )
            }
          />
        </Suspense>
      )}
    </nav>
  );
}

/** An address that says nothing shows the default view. */
function useDefault(
  views: readonly SavedView[] | undefined,
  state: ListState,
  open: (view: SavedView) => void,
): void {
  const isBare = state.view === undefined && state.filter === '' && state.sort === undefined;
  const view = isBare
    ? (views?.find((one) => one.is_default && !one.shared) ?? views?.find((one) => one.is_default))
    : undefined;
  useEffect(() => {
    if (view !== undefined) open(view);
    // `open` is another one at each render.
    // eslint-disable-next-line react/exhaustive-deps
  }, [view?.id]);
}

function contentIn({
  name,
  filter,
  columns,
  sort,
  owner,
  shared,
  pinned,
  is_default,
}: SavedView): SavedViewContent {
  return { name, filter, columns, sort, owner, shared, pinned, is_default };
}

interface Saving {
  /** Undefined: a new one. */
  readonly id?: string;
  readonly content: SavedViewContent;
}

function useSaveView(person: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, content }: Saving) => {
      const body = { ...content, ...author() };
      return dataOf(
        id === undefined
          ? api.POST('/api/v1/views', { body })
          : api.PUT('/api/v1/views/{view}', { params: { path: { view: id } }, body }),
      );
    },
    onSuccess: (view) => {
      tell('done', `Saved ${view.name}`);
      return queries.invalidateQueries({ queryKey: viewsQuery(person).queryKey });
    },
  });
}

interface TabProps {
  readonly label: string;
  readonly isActive: boolean;
  readonly count?: number | null;
  readonly isPrivate?: boolean;
  readonly isDefault?: boolean;
  readonly act: () => void;
}

function Tab({ label, count = null, isActive, isPrivate = false, isDefault = false, act }: TabProps) {
  return (
    <button
      type="button"
      aria-current={isActive ? 'page' : undefined}
      onClick={act}
      className={cn(
        'flex h-8 shrink-0 items-center gap-1.5 border-b-2 border-transparent px-2 text-sm text-quiet hover:text-ink',
        isActive && 'border-accent font-medium text-ink',
      )}
    >
      {isPrivate && <Lock className="size-3" aria-label="Only mine" />}
      {isDefault && <Star className="size-3" aria-label="Opens first" />}
      <span className="max-w-48 truncate">{label}</span>
      {count !== null && (
        <span className="tabular rounded-full bg-hover px-1.5 text-xs">{countWords(count)}</span>
      )}
    </button>
  );
}

interface ViewMenuProps {
  readonly view: SavedView;
  readonly name: string;
  readonly change: (to: Partial<SavedViewContent>) => void;
  readonly rename: () => void;
  readonly set: SetListState;
}

function ViewMenu({ view, name, change, rename, set }: ViewMenuProps) {
  const queries = useQueryClient();
  const remove = async () => {
    try {
      const { by } = author();
      await dataOf(
        api.DELETE('/api/v1/views/{view}', {
          params: { path: { view: view.id }, query: by === undefined ? {} : { by } },
        }),
      );
      set({ view: 'all' });
      tell('done', `Removed ${view.name}`);
    } catch (error) {
      tell('fault', `${view.name} was not removed`, faultWords(error));
    }
    await queries.invalidateQueries({ queryKey: ['views'] });
  };
  const share: MenuEntry = view.shared
    ? {
        label: 'Keep for myself',
        why: name === '' ? 'Say who you are in the preferences first.' : undefined,
        act: () => change({ shared: false, owner: name, is_default: false }),
      }
    : { label: 'Share with everybody', act: () => change({ shared: true, is_default: false }) };
  return (
    <Menu
      trigger={
        <Button kind="quiet" size="icon" className="size-7" label={`What can be done with ${view.name}`}>
          <ChevronDown className="size-4" aria-hidden />
        </Button>
      }
      groups={[
        [
          { label: 'Rename', act: rename },
          share,
          {
            label: view.is_default ? 'Do not open first' : 'Open first',
            act: () => change({ is_default: !view.is_default }),
          },
          {
            label: view.pinned ? 'Unpin from the tabs' : 'Pin to the tabs',
            act: () => change({ pinned: !view.pinned }),
          },
        ],
        [{ label: 'Remove', danger: true, act: () => void remove() }],
      ]}
    />
  );
}
