/** All definitions: how their last runs went, and what can be started. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Plus, Search } from 'lucide-react';
import { Suspense, useDeferredValue, useRef } from 'react';
import { lazyPart } from '../api/part.ts';
import { useActions } from '../app/actions.ts';
import { useTitle } from '../app/attention.ts';
import { Button } from '../parts/button.tsx';
import { TextInput } from '../parts/field.tsx';
import { Empty, Fault, SkeletonRows } from '../parts/states.tsx';
import { NewDefinition } from './editor/new-definition.tsx';
import { DefinitionsList } from './list/definitions-list.tsx';
import { NoDefinitions } from './list/no-definitions.tsx';
import { definitionsQuery } from './queries.ts';

const StartDialog = lazyPart(() => import('./start/start-dialog.tsx'));

const route = getRouteApi('/definitions');

export function DefinitionsPage() {
  const { new: template } = route.useSearch();
  return template === undefined ? <Definitions /> : <NewDefinition template={template} />;
}

function Definitions() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/definitions' });
  const box = useRef<HTMLInputElement>(null);
  useTitle('Definitions');
  const change = (members: typeof search) =>
    void navigate({ search: (now) => ({ ...now, ...members }), replace: true });
  const isArchived = search.archived === 'true';
  useActions([
    {
      label: 'New definition',
      group: 'Definitions',
      keys: 'c',
      act: () => void navigate({ search: { new: 'blank' } }),
    },
    { label: 'Search definitions', group: 'Definitions', keys: '/', act: () => box.current?.focus() },
    {
      label: isArchived ? 'Show definitions in use' : 'Show archived definitions',
      group: 'Definitions',
      act: () => change({ archived: isArchived ? '' : 'true' }),
    },
  ]);
  return (
    <>
      <header className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-3">
        <h1 className="text-lg font-semibold">Definitions</h1>
        <div className="relative min-w-48 flex-1 narrow:order-last narrow:w-full narrow:flex-none">
          <Search className="pointer-events-none absolute top-2 left-2 size-4 text-quiet" aria-hidden />
          <TextInput
            ref={box}
            type="search"
            aria-label="Search definitions"
            placeholder="Name or title"
            className="max-w-sm pl-8 narrow:max-w-none"
            value={search.filter ?? ''}
            onChange={({ target }) => change({ filter: target.value })}
          />
        </div>
        <label className="flex items-center gap-1.5 text-sm">
          <input
            type="checkbox"
            className="size-4 accent-(--accent)"
            checked={isArchived}
            onChange={({ target }) => change({ archived: target.checked ? 'true' : '' })}
          />
          Archived
        </label>
        <Button kind="primary" shortcut="c" onClick={() => void navigate({ search: { new: 'blank' } })}>
          <Plus className="size-4" aria-hidden />
          New definition
        </Button>
      </header>
      <Found search={search.filter} archived={isArchived} onStart={(start) => change({ start })} />
      {search.start !== undefined && (
        <Suspense>
          <StartDialog
            workflow={search.start === 'any' ? undefined : search.start}
            onClose={() => change({ start: '' })}
          />
        </Suspense>
      )}
    </>
  );
}

interface FoundProps {
  readonly search: string | undefined;
  readonly archived: boolean;
  readonly onStart: (name: string) => void;
}

function Found({ search: text, archived, onStart }: FoundProps) {
  const search = useDeferredValue(text?.trim() === '' ? undefined : text?.trim());
  const { data, error, refetch, hasNextPage, isFetching, fetchNextPage } = useInfiniteQuery({
    ...definitionsQuery({ search, archived }),
    placeholderData: keepPreviousData,
  });
  const definitions = data?.pages.flatMap(({ items }) => items);
  if (definitions === undefined) {
    return error === null ? <SkeletonRows /> : <Fault error={error} retry={() => void refetch()} />;
  }
  if (definitions.length > 0) {
    const more = hasNextPage && !isFetching ? () => void fetchNextPage() : undefined;
    return <DefinitionsList definitions={definitions} more={more} onStart={onStart} />;
  }
  if (search !== undefined)
    return (
      <Empty title={`No definition is called “${search}”`}>Search for a part of its name or title.</Empty>
    );
  if (archived)
    return (
      <Empty title="None is archived">
        Archived definitions take no new runs; what runs of them goes on.
      </Empty>
    );
  return <NoDefinitions />;
}
